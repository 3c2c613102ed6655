"""Why a sequence that waits for ever does: from the missing token back to what never comes (rules 2, 31 and 32)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from xdsl.ir import Operation

from npubuild.check.machine import CoreProcess, DmaChannel, LockKey, Machine, Process, lock_key
from npubuild.check.stream import Wait
from npubuild.check.subject import Subject
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Direction, TileKind
from npubuild.hardware.limits import WORD_BYTES
from npubuild.mlir.dialect.aie import ObjectFifoAcquireOp


def explain_hang(subject: Subject, machine: Machine, wait: Wait) -> Iterator[Diagnostic]:
    """One finding for a wait whose token never comes although a task for it was pushed."""
    channel = next((channel for channel in wait.channels if not machine.tokens[channel]), None)
    if channel is None:
        return
    trail = _Trail(machine)
    trail.follow(machine.channel(channel))
    yield _Explanation(subject, machine, wait, machine.channel(channel), trail).finding()


@dataclass
class _Trail:
    """The processes that a process waits for, directly or not, each with those that it waits for."""

    machine: Machine
    waits_for: dict[Process, list[Process]] = field(default_factory=dict)

    def follow(self, process: Process) -> None:
        waiting = [process]
        while waiting:
            current = waiting.pop()
            if current not in self.waits_for:
                self.waits_for[current] = self._next(current)
                waiting += reversed(self.waits_for[current])

    def _next(self, process: Process) -> list[Process]:
        if isinstance(process, CoreProcess):
            step = process.pending
            return [] if step is None else self._givers(self.machine.key_of[step.lock], process)
        if process.blocked_on is not None:
            return self._givers(process.blocked_on, process)
        if not process.armed:
            return []
        if process.channel.direction is Direction.S2MM:
            return [self.machine.channel(source) for source in self.machine.sources[process.channel]]
        return [other for other in self.machine.destinations(process) if not other.armed]

    def _givers(self, key: LockKey, taker: Process) -> list[Process]:
        """Who could raise a lock."""
        name = self.machine.names.get(key)
        cores = [core for core in self.machine.cores if name in core.releases and core is not taker]
        channels = [
            channel
            for channel in self.machine.channels.values()
            if channel is not taker and any(key == released for released in _releases(channel))
        ]
        return [*cores, *channels]

    def circle(self) -> list[CoreProcess]:
        """Cores that wait for each other, in order; empty without a circle."""
        for start in self.waits_for:
            if isinstance(start, CoreProcess) and (path := self._path_back(start)):
                return [process for process in path if isinstance(process, CoreProcess)]
        return []

    def _path_back(self, start: Process) -> list[Process]:
        paths = [[start]]
        seen: set[Process] = set()
        while paths:
            path = paths.pop()
            for process in self.waits_for[path[-1]]:
                if process is start:
                    return path
                if process not in seen:
                    seen.add(process)
                    paths.append([*path, process])
        return []


def _releases(channel: DmaChannel) -> Iterator[LockKey]:
    for job in channel.unfinished():
        for descriptor in job.chain:
            if descriptor.release is not None:
                yield lock_key(channel.channel.tile, descriptor.release.lock)


@dataclass
class _Explanation:
    subject: Subject
    machine: Machine
    wait: Wait
    waited: DmaChannel
    trail: _Trail

    def finding(self) -> Diagnostic:
        return self._unbalanced() or self._starved() or self._ended() or self._circular() or self._plain()

    def _progress(self) -> str:
        """How far the awaited task has come."""
        job, text = self.waited.job, self.subject.channel_text(self.waited.channel)
        if job is None or job.push is None:
            return f"the task on {text} is still queued"
        verb = "takes" if self.waited.channel.direction is Direction.S2MM else "sends"
        return f"{text} {verb} {job.push.words * WORD_BYTES} bytes, but only {self.waited.moved * WORD_BYTES} come"

    def _origin(self) -> Operation:
        """The operation that pushed the awaited task, or the wait."""
        job = self.waited.job
        return job.push.origin if job is not None and job.push is not None else self.wait.origin

    def _dry_inputs(self) -> list[DmaChannel]:
        """Host inputs on the trail that have nothing left to send."""
        return [
            process
            for process in self.trail.waits_for
            if isinstance(process, DmaChannel)
            and process.channel.tile.kind is TileKind.SHIM
            and process.channel.direction is Direction.MM2S
            and not process.unfinished()
        ]

    def _starved(self) -> Diagnostic | None:
        dry = self._dry_inputs()
        if not dry:
            return None
        inputs = " and ".join(self._brought(channel) for channel in dry)
        hint = "make the lengths fit: as many objects in as the cores need for the objects out"
        message = f"{self._progress()}: {inputs}, and the cores wait for more"
        return self.subject.finding(self._origin(), "too-few-objects", message, hint)

    def _brought(self, channel: DmaChannel) -> str:
        words = self.machine.sent[channel.channel]
        text = self.subject.channel_text(channel.channel)
        return f"{text} brings {words * WORD_BYTES} bytes" if words else f"{text} brings nothing"

    def _unbalanced(self) -> Diagnostic | None:
        """A join that has some parts of the next object, and waits for another one that nobody sends."""
        if not self._dry_inputs():
            return None
        for process in self.trail.waits_for:
            if not isinstance(process, DmaChannel) or process.blocked_on is None or process.job is None:
                continue
            steps = [descriptor.acquire for descriptor in process.job.chain if descriptor.acquire is not None]
            parts = {lock_key(process.channel.tile, step.lock) for step in steps}
            if len(parts) > 1 and any(self.machine.locks[part] for part in parts - {process.blocked_on}):
                return self._join_finding(process)
        return None

    def _join_finding(self, process: DmaChannel) -> Diagnostic:
        assert process.blocked_on is not None
        assert self.subject.placement is not None
        missing = self.machine.names[process.blocked_on]
        dry = ", ".join(self._brought(channel) for channel in self._dry_inputs())
        joined = [ring.fifo for ring in self.subject.placement.rings if missing == ring.full and ring.consumer is not None]
        what = f"a part from @{joined[0]}" if joined else f"lock `{missing}`"
        message = f"{self._progress()}: the join waits for {what} while other parts are there ({dry})"
        return self.subject.finding(
            self._origin(), "unbalanced-join", message, "every input of a join brings one part for each joined object"
        )

    def _ended(self) -> Diagnostic | None:
        ended = [process for process in self.trail.waits_for if isinstance(process, CoreProcess) and process.ended]
        if not ended:
            return None
        message = f"{self._progress()}: the core on tile {ended[0].core.tile} has left its loop"
        return self.subject.finding(
            ended[0].core, "too-few-objects", message, "let the core's outer loop run for ever, or as often as objects come"
        )

    def _circular(self) -> Diagnostic | None:
        circle = self.trail.circle()
        if not circle:
            return None
        steps = [(process.core.tile, process.pending) for process in circle]
        told = [f"the core on tile {tile} waits for {_what(step.op)}" for tile, step in steps if step is not None]
        first = circle[0].pending
        assert first is not None
        hint = "let one of them produce before it consumes, or give the fifo between them initial values"
        return self.subject.finding(first.op, "cyclic-wait", f"{', '.join(told)}: each waits for the other", hint)

    def _plain(self) -> Diagnostic:
        hint = "`npubuild emulate` shows what every core and channel waits for"
        return self.subject.finding(self.wait.origin, "sequence-never-ends", self._progress(), hint)


def _what(op: object) -> str:
    return f"@{op.fifo} ({op.port})" if isinstance(op, ObjectFifoAcquireOp) else "a lock"
