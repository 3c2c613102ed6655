"""Events of a run: noted while they happen (`Recorder`), or gone through again without their effects (`Rerun`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from npubuild.emulator.core_process import CoreProcess
from npubuild.emulator.kernel_call import KernelCall
from npubuild.emulator.pattern import Pattern
from npubuild.emulator.process import Step, Words

if TYPE_CHECKING:
    from npubuild.emulator.array import Array
    from npubuild.emulator.dma import DmaChannel

MOST_EVENTS = 20_000  # of a recorded run: some megabytes


class Side(NamedTuple):
    """Where words lie: in host buffer `argument` or in `memory`, from `position` of the pattern laid at word `base`."""

    argument: int | None
    memory: Words | None
    base: int
    pattern: Pattern | None
    position: int

    def memory_of(self, array: Array) -> Words:
        return self.memory if self.memory is not None else array.host.buffers[self.argument or 0].words


class Move(NamedTuple):
    source: Side
    sink: Side
    words: int


class Write(NamedTuple):
    """The sequence writes a word of data memory."""

    memory: Words
    word: int
    value: int


class Steps(NamedTuple):
    """A core does these steps."""

    core: CoreProcess
    steps: list[Step]


class Finish(NamedTuple):
    """The oldest kernel call ends."""


Event: TypeAlias = Move | Write | Steps | Finish


class Recorder:
    """Notes the events of a run while they happen. `spoiled`: something happened that a replay does not model."""

    def __init__(self, array: Array) -> None:
        self.array = array
        self.events: list[Event] = []
        self.spoiled = False
        for core in array.cores.values():
            core.send = partial(self._step, core, core.send)

    def close(self) -> None:
        for core in self.array.cores.values():
            core.send = core.generator.send

    def spoil(self) -> None:
        """Give up: the run goes on unwatched."""
        self.spoiled = True
        self.events.clear()
        self.array.scheduler.log = None
        self.close()

    def _add(self, event: Event) -> None:
        if len(self.events) >= MOST_EVENTS:
            self.spoil()
        elif not self.spoiled:
            self.events.append(event)

    def move(self, source: DmaChannel, sink: DmaChannel, count: int) -> None:
        sides = _side(source), _side(sink)
        if sides[0] is None or sides[1] is None:
            self.spoil()
        else:
            self._add(Move(sides[0], sides[1], count))
        sink.put(source.take(count))

    def write(self, memory: Words, index: int, value: int) -> None:
        self._add(Write(memory, index, value))
        memory[index] = value

    def called(self, call: KernelCall) -> KernelCall:
        return call

    def finished(self) -> None:
        self._add(Finish())

    def _step(self, core: CoreProcess, send: Callable[[Any], Step], result: Any) -> Step:
        step = send(result)
        last = self.events[-1] if self.events else None
        if isinstance(last, Steps) and last.core is core:
            last.steps.append(step)
        else:
            self._add(Steps(core, [step]))
        return step


class Rerun:
    """Lets the array repeat what a replay has done already, without its effects, and then go on for real."""

    def __init__(
        self,
        array: Array,
        done: Sequence[Event],
        strayed: CoreProcess,
        steps: Sequence[Step | BaseException],
        issued: Sequence[KernelCall],
    ) -> None:
        self.moves = sum(isinstance(event, Move) for event in done)
        self.writes = sum(isinstance(event, Write) for event in done)
        self.calls = deque(issued)
        for core in array.cores.values():
            before = [step for event in done if isinstance(event, Steps) and event.core is core for step in event.steps]
            backlog: deque[Any] = deque([*before, *(steps if strayed is core else ())])
            core.send = partial(_from_backlog, backlog, core.generator.send)

    def spoil(self) -> None:
        """Nothing is recorded."""

    def move(self, source: DmaChannel, sink: DmaChannel, count: int) -> None:
        if not self.moves:
            sink.put(source.take(count))
            return
        self.moves -= 1
        for channel in (source, sink):
            channel.position += count
            channel.remaining -= count

    def write(self, memory: Words, index: int, value: int) -> None:
        if self.writes:
            self.writes -= 1
        else:
            memory[index] = value

    def called(self, call: KernelCall) -> KernelCall:
        if self.calls:
            old = self.calls.popleft()
            return KernelCall(call.name, old.obtain, (), call.finish)
        return call

    def finished(self) -> None:
        """Results are taken from the calls themselves."""


def _from_backlog(backlog: deque[Any], send: Callable[[Any], Step], result: Any) -> Step:
    if not backlog:
        return send(result)
    step: Step | BaseException = backlog.popleft()
    if isinstance(step, BaseException):
        raise step
    return step


def _side(channel: DmaChannel) -> Side | None:
    """Where the channel's next words lie; None where they are not in memory as they are."""
    plan = channel.plan
    if plan is None or channel.clipped or plan.padding or plan.packet_id is not None:
        return None
    if plan.memory is None:
        return Side(channel.argument, None, channel.base, channel.pattern, channel.position)
    return Side(None, channel.memory, channel.base, channel.pattern, channel.position)
