"""Waits and the tokens that satisfy them (rules 3, 5 and 36 of npu-facts.md, section 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from npubuild.check.stream import Push, Wait
from npubuild.check.subject import SequenceOf, Subject, count_text
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Channel, TileKind
from npubuild.placement.model import Placement

CONTROLLER = "TileControl"


def check(subject: Subject) -> Iterator[Diagnostic]:
    if subject.placement is None:
        return
    for sequence in subject.sequences:
        yield from _unsatisfied(subject, sequence)
        yield from _not_routed(subject, sequence, subject.placement)


def _unsatisfied(subject: Subject, sequence: SequenceOf) -> Iterator[Diagnostic]:
    """Waits for which no task has promised a token; the first one of each channel, the others follow from it."""
    tasks: Counter[Channel] = Counter()
    tokens: Counter[Channel] = Counter()
    waits: Counter[Channel] = Counter()
    reported: set[Channel] = set()
    for event in sequence.events:
        if isinstance(event, Push):
            tasks[event.channel] += 1
            tokens[event.channel] += event.token
        elif isinstance(event, Wait):
            for channel in event.channels:
                waits[channel] += 1
                if waits[channel] > tokens[channel] and channel not in reported:
                    reported.add(channel)
                    yield _finding(subject, event, channel, tasks[channel], tokens[channel])


def _finding(subject: Subject, wait: Wait, channel: Channel, tasks: int, tokens: int) -> Diagnostic:
    text = subject.channel_text(channel)
    if tokens:
        message = f"this is wait {tokens + 1} for {text}, which gives {count_text(tokens, 'token')} only: it never ends"
        hint = "one transfer gives one token: wait once for each"
        return subject.finding(wait.origin, "more-waits-than-tokens", message, hint)
    if tasks:
        message = f"a wait for {text}, none of whose tasks so far ({tasks}) gives a token: it never ends"
        hint = "add `issue_token = true` to the transfer, or leave the wait out"
    else:
        message = f"a wait for {text}, to which no transfer was given before: it never ends"
        hint = "wait after the transfer"
    return subject.finding(wait.origin, "wait-without-token", message, hint)


def _not_routed(subject: Subject, sequence: SequenceOf, placement: Placement) -> Iterator[Diagnostic]:
    """Waits for tiles whose tokens do not reach the controller (npu-facts.md, 1.7)."""
    routed = {port.tile for flow in placement.packet_flows for port in flow.sources if port.bundle == CONTROLLER}
    for event in sequence.events:
        for channel in event.channels if isinstance(event, Wait) else ():
            if channel.tile.kind is not TileKind.SHIM and channel.tile not in routed:
                message = (
                    f"a wait for {subject.channel_text(channel)}: the tokens of a {channel.tile.kind.value} tile do not"
                    " reach the controller, so it never ends"
                )
                hint = f"wait for the shim transfer that gets the data, or add a packet flow from {CONTROLLER} of the tile"
                yield subject.finding(event.origin, "token-not-routed", message, hint)
