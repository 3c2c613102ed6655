"""What a sequence leaves in the array when it has ended: objects that the next run finds first (rules 1 and 2)."""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.check.core_steps import Budget
from npubuild.check.machine import Machine
from npubuild.check.stream import Event, Push
from npubuild.check.subject import Subject, count_text
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Channel, Direction, TileKind
from npubuild.hardware.limits import WORD_BYTES
from npubuild.placement.model import Placement, Ring

HINT = "bring as many objects as the cores take, and fetch as many as they make"


def find_leftovers(
    subject: Subject, events: tuple[Event, ...], placement: Placement, budget: Budget
) -> Iterator[Diagnostic]:
    """Run the sequence twice on one array: what is left over and becomes more is lost in some later run."""
    machine = Machine(placement, budget)
    counts = [_objects(machine, placement)]
    pushes = [event for event in events if isinstance(event, Push)]
    endless = any(push.loop is not None for push in pushes)
    for _ in range(2):
        for _event in machine.play(events):
            pass
        if machine.blocked is None and len(counts) == 1:
            stuck = list(_stuck(subject, machine))
            if stuck or endless:
                yield from stuck
                return
        counts.append(_objects(machine, placement))
    if any(core.ended and core.releases for core in machine.cores):
        return
    for ring, *numbers in zip(placement.rings, *counts, strict=True):
        configured, once, twice = numbers
        if once > configured and (twice > once or machine.blocked is not None):
            yield _left_in(subject, ring, once - configured, pushes)
            return


def _stuck(subject: Subject, machine: Machine) -> Iterator[Diagnostic]:
    """Input tasks that have not ended: nobody takes the rest of their data."""
    for channel in machine.channels.values():
        job = channel.job
        is_input = channel.channel.tile.kind is TileKind.SHIM and channel.channel.direction is Direction.MM2S
        if job is None or job.push is None or job.loop is not None or not is_input:
            continue
        message = (
            f"{subject.channel_text(channel.channel)} brings {job.push.words * WORD_BYTES} bytes, of which"
            f" {channel.moved * WORD_BYTES} are taken: the rest blocks the channel and gets into the next run"
        )
        yield subject.finding(job.push.origin, "objects-left-over", message, HINT)


def _objects(machine: Machine, placement: Placement) -> list[int]:
    """The filled objects of every ring: those that its lock counts, and the one that a channel has begun to send."""
    counts = []
    for ring in placement.rings:
        key = machine.key_of.get(ring.full)
        sending = (
            channel.armed and channel.left and channel.acquires() == key
            for channel in machine.channels.values()
            if channel.channel.direction is Direction.MM2S
        )
        counts.append(0 if key is None else machine.locks[key] + sum(map(bool, sending)))
    return counts


def _left_in(subject: Subject, ring: Ring, count: int, pushes: list[Push]) -> Diagnostic:
    objects = count_text(count, "object")
    name = f"@{ring.fifo}"
    transfer = _last_transfer(subject, ring.fifo, pushes)
    where = subject.fifos[ring.fifo] if transfer is None else transfer.origin
    if transfer is not None and transfer.channel.direction is Direction.S2MM:
        what = f"the sequence fetches {objects} of {name} less than the cores make"
    elif transfer is not None:
        what = f"the sequence brings {objects} of {name} more than the cores take"
    else:
        what = f"{objects} of {name} stay in the array"
    return subject.finding(where, "objects-left-over", f"{what}: the next run finds them first", HINT)


def _last_transfer(subject: Subject, fifo: str, pushes: list[Push]) -> Push | None:
    channels: set[Channel] = {channel for channel, name in subject.symbols.items() if name == fifo}
    return next((push for push in reversed(pushes) if push.channel in channels), None)
