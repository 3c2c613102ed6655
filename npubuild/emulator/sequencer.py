"""Executes an instruction stream on an array, operation by operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from npubuild.emulator.array import Array
from npubuild.emulator.tile import RefusedError
from npubuild.hardware.devices import RESOURCES, Channel, Direction, Tile
from npubuild.hardware.registers import identify
from npubuild.lowering.txn import AddressPatch, BlockWrite, LoadPdi, MaskWrite, Operation, Preempt, Stream, Sync, Write

Action: TypeAlias = Callable[[], object]
"""One operation, ready to be carried out; a sync answers with False as long as it has to wait."""


class Sequencer:
    """One run of a stream. `position` is the index of the next operation; `waiting` the channel whose token it waits for.

    `ended`: there is no next one, be it because the next one was `refused`.
    """

    __slots__ = ("actions", "array", "ended", "position", "refused", "stream", "waiting")

    def __init__(self, array: Array, stream: Stream) -> None:
        self.array = array
        self.stream = stream
        self.actions = [self._action(operation) for operation in stream.operations]
        self.waiting: Channel | None = None
        self.begin()

    def begin(self) -> None:
        """Start from the first operation."""
        self.position = 0
        self.ended = not self.actions
        self.refused = False
        self.waiting = None

    def advance(self) -> bool:
        """Execute operations until something else can run; False when the next has to wait, or there is none."""
        try:
            while not self.ended and self.actions[self.position]() is not False:
                self.position += 1
                self.ended = self.position == len(self.actions)
                if not self.array.scheduler.idle:
                    return True
        except RefusedError as refused:
            self._refuse(str(refused))
        return False

    def _action(self, operation: Operation) -> Action:
        array = self.array
        if isinstance(operation, Sync):
            return self._sync(operation)
        if isinstance(operation, Write):
            return array.prepare_write(operation.address, operation.value)
        if isinstance(operation, BlockWrite):
            return array.prepare_block(operation.address, operation.words)
        if isinstance(operation, MaskWrite):
            return partial(array.write_masked, operation.address, operation.value, operation.mask)
        if isinstance(operation, AddressPatch):
            return self._patch(operation)
        return array.load_next if isinstance(operation, LoadPdi) else _nothing

    def _patch(self, operation: AddressPatch) -> Action:
        array, number = self.array, operation.argument
        write = array.prepare_patch(operation.address, array.host.address(number) + operation.offset)

        def patch() -> None:
            if number >= len(array.host.buffers):
                count = len(array.host.buffers)
                raise RefusedError(f"the sequence uses argument {number}, but only {count} buffers were passed")
            write()

        return patch

    def _sync(self, sync: Sync) -> Action:
        """Takes one token from each tile of the rectangle, once all of them are there."""
        names = [
            Channel(Tile(column, row), Direction(sync.direction & 1), sync.channel)
            for column in range(sync.column, sync.column + max(sync.columns, 1))
            for row in range(sync.row, sync.row + max(sync.rows, 1))
        ]
        for name in names:
            if name.tile not in self.array.device:
                return partial(_refuse, f"{self.array.device.name} has no tile {name.tile}")
            if sync.direction > 1 or sync.channel >= RESOURCES[name.tile.kind].channels:
                return partial(_refuse, f"tile {name.tile} has no DMA channel {sync.channel} of direction {sync.direction}")

        def take() -> bool:
            channels = [self.array.channel(name) for name in names]
            for channel in channels:
                if not channel.tokens:
                    self.waiting = channel.channel
                    return False
            self.waiting = None
            for channel in channels:
                channel.covered = max(channel.covered, channel.tokens.popleft())
            return True

        return take

    def _refuse(self, reason: str) -> None:
        """The sequence ends at an operation that the emulator does not carry out."""
        self.ended = self.refused = True
        operation = self.stream.operations[self.position]
        text = f"operation {self.position} of the instruction stream ({describe(operation)}) is refused: {reason}"
        self.array.findings.fault(f"op {self.position} {type(operation).__name__}", "operation-refused", text)


def describe(operation: Operation) -> str:
    """An operation in a few words."""
    if isinstance(operation, Sync):
        return f"sync column {operation.column} row {operation.row} channel {operation.channel}"
    if isinstance(operation, (Preempt, LoadPdi)):
        return type(operation).__name__
    register = identify(operation.address)
    kind = f"{register.kind.value} register of tile {register.tile}, offset {register.offset:#x}"
    return f"{type(operation).__name__} to {operation.address:#x}, {kind}"


def _nothing() -> None:
    """A preemption point has no effect here."""


def _refuse(reason: str) -> None:
    raise RefusedError(reason)
