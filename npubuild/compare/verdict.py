"""What most likely makes the broken design fail, in order, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from npubuild.check.stream import Push
from npubuild.check.subject import count_text
from npubuild.compare.facts import Facts
from npubuild.compare.streams import StreamComparison
from npubuild.errors import Diagnostic, Severity
from npubuild.hardware.devices import DEFAULT_STACK, Direction

_FIRST = ("too-many-arguments", "transfer-outside-argument")
"""Rules whose fault shows whatever the rest of the design does: the host cannot even pass its buffers."""


@dataclass(frozen=True)
class Verdict:
    """`causes`: most likely first. `cleared`: what differs and is not the cause. `unseen`: what no design file shows."""

    causes: tuple[str, ...]
    cleared: tuple[str, ...]
    unseen: tuple[str, ...]


def judge(working: Facts, broken: Facts, streams: StreamComparison) -> Verdict:
    causes = [
        *_findings(working, broken, Severity.ERROR),
        *_stacks(working, broken),
        *_findings(working, broken, Severity.WARNING),
    ]
    return Verdict(tuple(causes), tuple(_cleared(working, broken, streams)), tuple(_unseen(broken)))


def _findings(working: Facts, broken: Facts, severity: Severity) -> Iterator[str]:
    """What the checks find in the broken design; what they find in the working one too is no cause."""
    shared = {finding.rule for finding in working.findings}
    found = [finding for finding in broken.findings if finding.severity is severity and finding.rule not in shared]
    for finding in sorted(found, key=_rank):
        place = f" (line {finding.place.line})" if finding.place else ""
        yield f"{finding.rule}{place}: {finding.message}. {finding.hint[:1].upper()}{finding.hint[1:]}."


def _rank(finding: Diagnostic) -> int:
    return _FIRST.index(finding.rule) if finding.rule in _FIRST else len(_FIRST)


def _stacks(working: Facts, broken: Facts) -> Iterator[str]:
    """Cores that call external functions on the default stack, which holds no array of any size (rule 26)."""
    calling = [core for core in broken.cores if core.functions and core.stack <= DEFAULT_STACK]
    largest = max((core.stack for core in working.cores if core.functions), default=0)
    if calling:
        tiles = ", ".join(core.where for core in calling)
        beside = f" (the working design has {largest})" if largest > DEFAULT_STACK else ""
        yield (
            f"stack: {count_text(len(calling), 'core')} ({tiles}) call external functions with a stack of"
            f" {min(core.stack for core in calling)} bytes{beside}. A larger frame overwrites the buffers above it without"
            " a word: compare with the kernel's frames (compile it with -fstack-usage)."
        )


def _cleared(working: Facts, broken: Facts, streams: StreamComparison) -> Iterator[str]:
    if streams.api_is_cleared:
        yield (
            f"the DMA API ({working.api.value} against {broken.api.value}): rewritten in the working design's API, the"
            " broken design makes an instruction stream of the same meaning."
        )
    elif working.api is broken.api:
        yield f"the DMA API: both use {working.api.value}."
    if working.subject.device.device_name == broken.subject.device.device_name:
        yield f"the device: both are made for {broken.subject.device.device_name}."
    if not any(finding.severity is Severity.ERROR for finding in broken.findings):
        yield "transfers, tokens, fifos and core loops, as far as they can be checked without running: no error was found."


def _unseen(broken: Facts) -> Iterator[str]:
    functions = dict.fromkeys(name for core in broken.cores for name in core.functions)
    if functions:
        named = ", ".join(f"@{name}" for name in functions)
        objects = ", ".join(dict.fromkeys(name for core in broken.cores for name in core.objects))
        yield f"what {named} computes, its stack frames, and whether {objects or 'its object file'} is of the current build."
    numbers = _written(broken)
    result = f"reads its results from argument {', '.join(map(str, numbers))}" if numbers else "reads the right buffer"
    yield f"the host program: whether it passes the opcode first, binds every buffer in order, {result}, checks each wait."


def _written(facts: Facts) -> list[int]:
    """The arguments that the sequence writes."""
    pushes = [event for event in facts.sequence.events if isinstance(event, Push)]
    hosts = [bd.host for push in pushes if push.channel.direction is Direction.S2MM for bd in push.chain]
    return sorted({host.argument for host in hosts if host is not None})
