"""Checks that follow the data: what a sequence leaves unfinished, rewrites too early, or waits for in vain.

Every sequence is run on the reduced array of `machine.py`. A fault that shows there happens whatever the speed of things.
What depends on speed is asked in a second way: can the sequence get to this point while a certain task has not ended? If
it can, nothing but time keeps the task's descriptor or data from being touched too early.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from npubuild.check.core_steps import Budget, UnknownError
from npubuild.check.hangs import explain_hang
from npubuild.check.leftovers import find_leftovers
from npubuild.check.machine import Frozen, Machine
from npubuild.check.stream import DescriptorWrite, Event, Push, Reload, Wait
from npubuild.check.subject import SequenceOf, Subject
from npubuild.errors import Diagnostic, Severity
from npubuild.hardware.devices import TASK_QUEUE_DEPTH, Channel, Direction, Tile, TileKind
from npubuild.mlir.dialect.aiex import DmaFreeTaskOp, DmaStartTaskOp
from npubuild.placement.model import Placement

END = 1 << 62  # behind every event of a sequence
MOST_QUESTIONS = 64


def check(subject: Subject, *, clean: bool) -> Iterator[Diagnostic]:
    """All sequences of a device. Hangs and leftovers are only looked for when all else is `clean`."""
    placement = subject.placement
    if placement is None:
        return
    for sequence in subject.sequences:
        if sequence.lowered is None:
            continue
        check_one = _SequenceCheck(subject, sequence, placement)
        try:
            yield from check_one.findings(clean and len(subject.sequences) == 1)
        except UnknownError:
            yield from check_one.findings_without_running()


@dataclass
class Awaited:
    """How many tasks of each channel are known to have ended, by the waits so far: tokens come in the order of tasks."""

    tasks: defaultdict[Channel, int] = field(default_factory=lambda: defaultdict(int))
    _tokens: defaultdict[Channel, list[int]] = field(default_factory=lambda: defaultdict(list))

    def see(self, event: Event) -> None:
        if isinstance(event, Push) and event.token:
            self._tokens[event.channel].append(event.ordinal + 1)
        elif isinstance(event, Wait):
            for channel in event.channels:
                if self._tokens[channel]:
                    self.tasks[channel] = self._tokens[channel].pop(0)

    def covers(self, push: Push) -> bool:
        return push.ordinal < self.tasks[push.channel]


@dataclass
class _SequenceCheck:
    subject: Subject
    sequence: SequenceOf
    placement: Placement
    budget: Budget = field(default_factory=Budget)
    questions: int = 0

    def findings(self, clean: bool) -> Iterator[Diagnostic]:
        machine = Machine(self.placement, self.budget)
        found = [*self._walk(machine)]
        if machine.blocked is not None:
            if clean and not found:
                yield from explain_hang(self.subject, machine, machine.blocked)
        else:
            found += self._unawaited(machine.foreign)
            if clean and not found:
                yield from find_leftovers(self.subject, self.sequence.events, self.placement, self.budget)
        yield from found

    def _walk(self, machine: Machine) -> Iterator[Diagnostic]:
        """Descriptors that are written while a task uses them, and pushes onto full queues."""
        awaited, users = Awaited(), _Users()
        reported: set[tuple[str, Channel]] = set()
        for event in machine.play(self.sequence.events):
            if isinstance(event, DescriptorWrite):
                for push in users.of(event):
                    if ("descriptor", push.channel) in reported or awaited.covers(push):
                        continue
                    running = any(job.push is push for job in machine.channel(push.channel).unfinished())
                    if running or self._can_reach(event.index, push):
                        reported.add(("descriptor", push.channel))
                        yield self._rewritten(event, push, running)
            elif isinstance(event, Push):
                users.add(event)
                if ("queue", event.channel) not in reported and self._overflows(event, machine, awaited):
                    reported.add(("queue", event.channel))
                    certain = len(machine.channel(event.channel).unfinished()) == TASK_QUEUE_DEPTH
                    yield self._overflow(event, certain)
            awaited.see(event)

    def _overflows(self, event: Push, machine: Machine, awaited: Awaited) -> bool:
        if len(machine.channel(event.channel).unfinished()) == TASK_QUEUE_DEPTH:
            return True
        oldest = event.ordinal - TASK_QUEUE_DEPTH
        if oldest < awaited.tasks[event.channel]:
            return False
        return self._asks() and self._reaches(event.index, Frozen(event.channel, oldest))

    def _can_reach(self, index: int, push: Push) -> bool:
        """Whether the sequence can get to `index` although the task of `push` has not ended."""
        return self._asks() and self._reaches(index, Frozen(push.channel, push.ordinal))

    def _asks(self) -> bool:
        self.questions += 1
        return self.questions <= MOST_QUESTIONS

    def _reaches(self, index: int, frozen: Frozen) -> bool:
        machine = Machine(self.placement, self.budget, frozen)
        if any(event.index >= index for event in machine.play(self.sequence.events)):
            return True
        return machine.blocked is None

    def _unawaited(self, foreign: set[Channel]) -> Iterator[Diagnostic]:
        """Output tasks that may still run when the sequence has ended."""
        awaited = Awaited()
        for event in self.sequence.events:
            awaited.see(event)
        reported = set(foreign)
        for push in _outputs(self.sequence.events):
            if push.channel in reported or awaited.covers(push):
                continue
            if self._can_reach(END, push):
                reported.add(push.channel)
                yield self._unread(push, awaited.tasks[push.channel])

    # Without a machine -------------------------------------------------------------------------------------------------

    def findings_without_running(self) -> Iterator[Diagnostic]:
        """What can be said of a sequence on an array that cannot be followed: only where there is no wait at all between."""
        users = _Users()
        outstanding: dict[Channel, list[Push]] = defaultdict(list)
        for event in self.sequence.events:
            if isinstance(event, Wait | Reload):
                outstanding.clear()
            elif isinstance(event, Push):
                users.add(event)
                outstanding[event.channel].append(event)
                if len(outstanding[event.channel]) == TASK_QUEUE_DEPTH + 1:
                    yield self._overflow(event, certain=False)
            elif isinstance(event, DescriptorWrite):
                for push in users.of(event):
                    if push in outstanding[push.channel]:
                        yield self._rewritten(event, push, certain=False)
        left = {push for pushes in outstanding.values() for push in pushes}
        if not any(isinstance(event, Wait | Reload) for event in self.sequence.events):
            yield from (self._unread(push, 0) for push in _outputs(self.sequence.events) if push in left)

    # Findings ----------------------------------------------------------------------------------------------------------

    def _rewritten(self, event: DescriptorWrite, push: Push, certain: bool) -> Diagnostic:
        what = f"descriptor {event.number} of tile {event.tile}"
        channel = self.subject.channel_text(push.channel)
        freed = _free_of(push)
        state = "is still queued or at work" if certain else "may still be at work: no wait in between ensures its end"
        severity = Severity.ERROR if certain or self._changes_channel(event, push) else Severity.WARNING
        if freed is not None and not _is_memcpy(event):
            message = f"{what} is freed for reuse, but the task on {channel} that it belongs to {state}"
            hint = "free a task after awaiting it, or after awaiting a task that needs its data"
            return self.subject.finding(freed, "freed-before-completion", message, hint, severity)
        message = f"{what} is written again, but the task on {channel} that uses it {state}"
        hint = "use another number, or wait for the earlier transfer first"
        return self.subject.finding(event.origin, "bd-rewritten-while-in-use", message, hint, severity)

    def _changes_channel(self, event: DescriptorWrite, push: Push) -> bool:
        """Whether the new contents are for another channel than that of the earlier task."""
        later = (other for other in self.sequence.events if isinstance(other, Push) and other.index > event.index)
        used = (other for other in later if other.channel.tile == event.tile and event.number in other.numbers)
        following = next(used, None)
        return following is not None and following.channel != push.channel

    def _overflow(self, event: Push, certain: bool) -> Diagnostic:
        message = (
            f"this is task {event.ordinal + 1} on {self.subject.channel_text(event.channel)} while"
            f" {TASK_QUEUE_DEPTH} {'are' if certain else 'may be'} unfinished: the queue holds {TASK_QUEUE_DEPTH}, and"
            " drops one more without a word"
        )
        hint = f"wait for an earlier task of the channel before giving it more than {TASK_QUEUE_DEPTH}"
        severity = Severity.ERROR if certain else Severity.WARNING
        return self.subject.finding(event.origin, "task-queue-overflow", message, hint, severity)

    def _unread(self, push: Push, awaited: int) -> Diagnostic:
        channel = self.subject.channel_text(push.channel)
        if not awaited:
            message = f"the sequence ends without a wait for {channel}: the host may read before the data is there"
            return self.subject.finding(push.origin, "no-wait-on-output", message, "wait for the output at the end")
        message = f"the waits for {channel} cover {awaited} of its tasks, not this one, which is number {push.ordinal + 1}"
        hint = "one wait takes one token: wait once for every task"
        return self.subject.finding(push.origin, "fewer-waits-than-tokens", message, hint)


@dataclass
class _Users:
    """The last task of each channel that uses a descriptor, by tile and number."""

    pushes: dict[tuple[Tile, int], dict[Channel, Push]] = field(default_factory=dict)

    def add(self, push: Push) -> None:
        if push.loop is None:
            for number in push.numbers:
                self.pushes.setdefault((push.channel.tile, number), {})[push.channel] = push

    def of(self, event: DescriptorWrite) -> list[Push]:
        return list(self.pushes.get((event.tile, event.number), {}).values())


def _outputs(events: tuple[Event, ...]) -> Iterator[Push]:
    """The tasks that write to the host and end."""
    for event in events:
        if isinstance(event, Push) and event.loop is None and event.channel.tile.kind is TileKind.SHIM:
            host = any(descriptor.host is not None for descriptor in event.chain)
            if event.channel.direction is Direction.S2MM and host:
                yield event


def _free_of(push: Push) -> DmaFreeTaskOp | None:
    """The `dma_free_task` of a task that `dma_start_task` pushed."""
    if not isinstance(push.origin, DmaStartTaskOp):
        return None
    return next((use.operation for use in push.origin.task.uses if isinstance(use.operation, DmaFreeTaskOp)), None)


def _is_memcpy(event: DescriptorWrite) -> bool:
    return event.origin.name == "aiex.npu.dma_memcpy_nd"
