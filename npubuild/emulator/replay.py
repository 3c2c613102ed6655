"""Short cuts: a run that begins in a state known from an earlier run of the same stream does what that one did.

The array is deterministic: the same control state (locks, descriptors, channels) and the same stream lead to the same moves
of data, kernel calls and steps of the cores, as long as the cores' programs do not decide otherwise. So one run is recorded
as a list of these events, and later ones go through the list: data moves, kernels and cores compute, but nothing is decoded,
queued, acquired or scheduled again. A core that takes another step than it did ends the replay, and the run is carried on
from that very point by the array itself (`Rerun`). Nothing but time tells the two apart.

Recorded are runs that ended without findings and left nothing over, in which words went straight from memory to memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from npubuild.emulator.control_state import ControlState, Restoration, capture
from npubuild.emulator.core_process import CoreProcess
from npubuild.emulator.events import Event, Finish, Move, Recorder, Rerun, Side, Steps, Write
from npubuild.emulator.kernel_call import KernelCall
from npubuild.emulator.outcome import COMPLETED, Outcome
from npubuild.emulator.process import CallKernel, CoreFault, Step, Words
from npubuild.lowering.txn import Stream

if TYPE_CHECKING:
    from npubuild.emulator.array import Array

MOST_RECORDINGS = 12  # without one replay in between, after which an array is taken for one that never repeats itself
WARM_UP = 2  # runs of a stream before one is recorded

Action: TypeAlias = Callable[[Any, Any], object]


class Trace:
    """What one run did from one state to another. `bound` are the actions for the host buffers `buffers`."""

    __slots__ = ("bound", "buffers", "end", "events", "outcome", "restoration", "stream")

    def __init__(self, stream: Stream, events: list[Event], outcome: Outcome, end: State, restoration: Restoration) -> None:
        self.stream = stream
        self.events = events
        self.outcome = outcome
        self.end = end
        self.restoration = restoration
        self.buffers: tuple[Any, ...] = ()
        self.bound: list[tuple[Action, Any, Any]] = []


class State:
    """A control state in which runs have begun or ended, and what each stream does from there (by stream and sizes)."""

    __slots__ = ("control", "traces")

    def __init__(self, control: ControlState) -> None:
        self.control = control
        self.traces: dict[tuple[int, tuple[int, ...]], Trace] = {}


class Diverged(Exception):  # noqa: N818 (no error: the run goes on in another way)
    """A core did not do what it did before: `steps` are what it has done of this event, or what it raised at its end."""

    def __init__(self, steps: list[Step | BaseException]) -> None:
        self.steps = steps
        super().__init__()


class Memo:
    """What one array remembers: the states it has met, and the one it is in now (None: not known).

    `replays` counts the runs that were repeated from a recording, `recordings` those recorded since the last of them.
    """

    __slots__ = ("current", "recordings", "replays", "runs", "states")

    def __init__(self) -> None:
        self.states: dict[ControlState, State] = {}
        self.current: State | None = None
        self.runs: dict[int, int] = {}
        self.recordings = 0
        self.replays = 0

    def worth_recording(self, stream: Stream) -> bool:
        """Whether a run of the stream should be recorded; counts the runs."""
        count = self.runs[id(stream)] = self.runs.get(id(stream), 0) + 1
        return count > WARM_UP and self.recordings < MOST_RECORDINGS

    def know(self, control: ControlState | None) -> State | None:
        if control is None:
            return None
        return self.states.setdefault(control, State(control))


# Recording ------------------------------------------------------------------------------------------------------------


def record(array: Array, stream: Stream, carry_out: Callable[[], Outcome]) -> Outcome:
    """Carry out a run and remember it, if it can be remembered."""
    memo = array.memo
    memo.recordings += 1
    start = memo.current or memo.know(capture(array))
    if start is None:
        return carry_out()
    recorder = Recorder(array)
    array.scheduler.log = recorder
    try:
        outcome = carry_out()
    finally:
        recorder.close()
        array.scheduler.log = None
    clean = outcome.status == COMPLETED and not (outcome.leftovers or outcome.findings or outcome.races)
    end = memo.know(capture(array)) if clean and not recorder.spoiled else None
    memo.current = end
    if end is not None:
        restoration = Restoration.between(array, start.control, end.control)
        start.traces[id(stream), _sizes(array)] = Trace(stream, recorder.events, outcome, end, restoration)
    return outcome


def _sizes(array: Array) -> tuple[int, ...]:
    return tuple([buffer.nbytes for buffer in array.host.buffers])


# Replaying ------------------------------------------------------------------------------------------------------------


def replay(array: Array, stream: Stream, carry_out: Callable[[], Outcome]) -> Outcome | None:
    """Repeat a recorded run with the host buffers of this one; None when there is none for the state of the array."""
    memo = array.memo
    state = memo.current
    trace = state.traces.get((id(stream), _sizes(array))) if state is not None else None
    if state is None or trace is None or trace.stream is not stream:
        return None
    memo.recordings = 0
    issued: list[KernelCall] = []
    position = 0
    try:
        for action, first, second in _bind(array, trace):
            if action is _advance:
                _advance(first, second, issued)
            else:
                action(first, second)
            position += 1
    except Diverged as diverged:
        del state.traces[id(stream), _sizes(array)]
        _take_up(array, trace, position, diverged, issued)
        try:
            return carry_out()
        finally:
            array.scheduler.log = None
            for core in array.cores.values():
                core.send = core.generator.send
    memo.replays += 1
    trace.restoration.apply()
    memo.current = trace.end
    return trace.outcome


def _take_up(array: Array, trace: Trace, position: int, diverged: Diverged, issued: Sequence[KernelCall]) -> None:
    """A core has left the trail at event `position`: the array itself will follow it up to there, and go on."""
    array.scheduler.abandon_calls()
    array.memo.current = None
    event = trace.events[position]
    assert isinstance(event, Steps)
    array.scheduler.log = Rerun(array, trace.events[:position], event.core, diverged.steps, issued)


def _bind(array: Array, trace: Trace) -> list[tuple[Action, Any, Any]]:
    """The events as actions on the host buffers of this run; kept for runs with the same buffers."""
    buffers = tuple(array.host.arrays)
    if (
        len(buffers) != len(trace.buffers)
        or not trace.bound
        or any(a is not b for a, b in zip(buffers, trace.buffers, strict=True))
    ):
        trace.bound = [_action(array, event) for event in trace.events]
        trace.buffers = buffers
    return trace.bound


def _action(array: Array, event: Event) -> tuple[Action, Any, Any]:
    if isinstance(event, Steps):
        return _advance, event.core, event.steps
    if isinstance(event, Finish):
        return _finish, array, None
    if isinstance(event, Write):
        return event.memory.__setitem__, event.word, event.value
    source, sink = event.source.memory_of(array), event.sink.memory_of(array)
    if event.source.pattern is None and event.sink.pattern is None:
        return np.copyto, _piece(sink, event.sink, event.words), _piece(source, event.source, event.words)
    return partial(_move, event, source, sink), None, None


def _piece(memory: Words, side: Side, count: int) -> Words:
    first = side.base + side.position
    return memory[first : first + count]


def _move(event: Move, source: Words, sink: Words, *_: object) -> None:
    side = event.source
    if side.pattern is None:
        words = _piece(source, side, event.words)
    else:
        words = side.pattern.read(source, side.base, side.position, event.words)
    side = event.sink
    if side.pattern is None:
        _piece(sink, side, event.words).reshape(words.shape)[...] = words
    else:
        side.pattern.write(sink, side.base, side.position, words)


def _finish(array: Array, _: object) -> None:
    array.scheduler.finish_call()


def _advance(core: CoreProcess, expected: Sequence[Step], issued: list[KernelCall] | None = None) -> None:
    """Let the core do the steps that it did before; kernel calls may differ in what they are given."""
    result, core.result = core.result, None
    send = core.generator.send
    for number, before in enumerate(expected):
        try:
            step = send(result)
        except (StopIteration, CoreFault) as end:
            raise Diverged([*expected[:number], end]) from None
        result = None
        if step is before:
            continue
        if not isinstance(step, CallKernel):
            if isinstance(before, CallKernel) or step != before:
                raise Diverged([*expected[:number], step])
        elif isinstance(before, CallKernel) and issued is not None:
            call = KernelCall(step.name, step.function, step.arguments, core.keep)
            issued.append(call)
            core.array.scheduler.call(call)
        else:
            raise Diverged([*expected[:number], step])
