"""The control state of an array between two runs: all but what lies in memories and inside the cores' programs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from npubuild.emulator.core_process import CoreProcess
from npubuild.emulator.descriptor import Slot
from npubuild.emulator.dma import DmaChannel, State
from npubuild.emulator.lock import Lock
from npubuild.emulator.process import AcquireLock

if TYPE_CHECKING:
    from npubuild.emulator.array import Array

ControlState: TypeAlias = tuple[tuple[Any, ...], ...]
"""One tuple for every lock, descriptor, channel and core, in the order in which the array holds them."""


def capture(array: Array) -> ControlState | None:
    """The state; None when something is under way that a run could not be repeated from."""
    if not array.scheduler.at_rest or not all(map(_rests, array.channels)):
        return None
    if any(core.waiting is None and not core.ended for core in array.cores.values()):
        return None
    return tuple(_contents(part) for part in _parts(array))


def _parts(array: Array) -> list[Lock | Slot | DmaChannel | CoreProcess]:
    parts: list[Lock | Slot | DmaChannel | CoreProcess] = []
    for tile in array.tiles.values():
        parts += tile.locks
        parts += tile.slots
    return [*parts, *array.channels, *array.cores.values()]


def _rests(channel: DmaChannel) -> bool:
    """Whether the channel is where all it will do is told by its fields: idle, or in a plain descriptor of its own loop."""
    if channel.tokens or (channel.receiver is not None and channel.receiver.count):
        return False
    if channel.state is State.IDLE:
        return True
    plan = channel.plan
    return (
        channel.state in {State.LOCK, State.STREAM}
        and plan is not None
        and plan.simple
        and not any(task.number for task in channel.queue)
    )


def _contents(part: Lock | Slot | DmaChannel | CoreProcess) -> tuple[Any, ...]:
    if isinstance(part, Lock):
        return part.value, part.written, tuple(part.waiters)
    if isinstance(part, Slot):
        return part.iteration, tuple(part.words)
    if isinstance(part, CoreProcess):
        waiting = part.waiting
        return part.ended, part.enabled, part.granted, waiting if isinstance(waiting, AcquireLock) else None
    where = part.bd, part.passes, part.plan, part.route, part.position, part.remaining
    return part.state, *where, part.granted, tuple(part.queue)


class Restoration(NamedTuple):
    """What brings an array from one state into another: functions, and what they are to put."""

    changes: tuple[tuple[Callable[[Any, tuple[Any, ...]], None], Any, tuple[Any, ...]], ...]

    @classmethod
    def between(cls, array: Array, start: ControlState, end: ControlState) -> Restoration:
        parts = _parts(array)
        new = len(parts) - len(start)  # channels that the run itself brought into being have no state at its start
        if new:
            return cls(tuple((_SETTERS[type(part)], part, after) for part, after in zip(parts, end, strict=True)))
        return cls(
            tuple(
                (_SETTERS[type(part)], part, after)
                for part, before, after in zip(parts, start, end, strict=True)
                if before != after
            )
        )

    def apply(self) -> None:
        for put, part, contents in self.changes:
            put(part, contents)


def _put_lock(lock: Lock, contents: tuple[Any, ...]) -> None:
    lock.value, lock.written, waiters = contents
    lock.waiters = list(waiters)


def _put_slot(slot: Slot, contents: tuple[Any, ...]) -> None:
    slot.iteration, words = contents
    slot.words = list(words)
    slot.plan = None


def _put_core(core: CoreProcess, contents: tuple[Any, ...]) -> None:
    core.ended, core.enabled, core.granted, core.waiting = contents


def _put_channel(channel: DmaChannel, contents: tuple[Any, ...]) -> None:
    channel.state, *where, channel.granted, queue = contents
    channel.bd, channel.passes, channel.plan, channel.route, channel.position, channel.remaining = where
    channel.queue = deque(queue)
    plan = channel.plan
    if plan is not None and plan.memory is not None:
        channel.memory, channel.base, channel.pattern, channel.clipped = plan.memory, plan.base, plan.strided, False


_SETTERS: dict[type, Callable[[Any, tuple[Any, ...]], None]] = {
    Lock: _put_lock,
    Slot: _put_slot,
    CoreProcess: _put_core,
    DmaChannel: _put_channel,
}
