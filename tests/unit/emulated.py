"""Small placements made by hand, for the tests of the emulator."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from xdsl.dialects.builtin import MemRefType, i32

from npubuild.hardware.descriptors import BufferDescriptor, Dimension, LockStep, encode
from npubuild.hardware.devices import Channel, Direction, Tile, devices
from npubuild.hardware.registers import Push, bd_address, push_word, task_queue
from npubuild.lowering.txn import AddressPatch, BlockWrite, Header, Operation, Stream, Sync, Write
from npubuild.placement.model import Buffer, Flow, Lock, Placement, Port, Task

SHIM, MEM, CORE = Tile(0, 0), Tile(0, 1), Tile(0, 2)
S2MM, MM2S = Direction.S2MM, Direction.MM2S


def dma(tile: Tile, channel: int = 0) -> Port:
    return Port(tile, "DMA", channel)


def buffer(name: str, tile: Tile, address: int, words: int, initial: Iterable[int] | None = None) -> Buffer:
    contents = None if initial is None else np.array(list(initial), np.uint32).tobytes()
    return Buffer(name, tile, address, 4 * words, MemRefType(i32, [words]), contents)


def stream(*operations: Operation | Iterable[Operation], device: str = "npu1") -> Stream:
    """Operations, or lists of them, in one stream."""
    flat = [one for item in operations for one in (item if isinstance(item, list) else [item])]
    return Stream(Header.of(devices()[device]), tuple(flat))


def transfer(
    direction: Direction,
    argument: int,
    words: int,
    *,
    bd: int = 0,
    channel: int = 0,
    offset: int = 0,
    token: bool | None = None,
    repeat: int = 0,
    col: int = 0,
    dimensions: tuple[Dimension, ...] = (),
    **fields: object,
) -> list[Operation]:
    """What a dma_memcpy_nd becomes: write the descriptor, patch its address, push it."""
    tile = Tile(col, 0)
    descriptor = BufferDescriptor(words, dimensions=dimensions or (Dimension(0, 1),) * 3, **fields)  # type: ignore[arg-type]
    push = Push(bd, repeat, direction is S2MM if token is None else token)
    return [
        BlockWrite(bd_address(tile, bd), encode(descriptor, tile.kind)),
        AddressPatch(bd_address(tile, bd) + 4, argument, offset),
        Write(task_queue(Channel(tile, direction, channel)), push_word(push)),
    ]


def wait(direction: Direction = S2MM, channel: int = 0, col: int = 0, row: int = 0) -> Sync:
    return Sync(col, row, int(direction), channel)


def relay(depth: int = 1, words: int = 8, tile: Tile = CORE, device: str = "npu1") -> Placement:
    """Shim to `tile` and back through a ring of `depth` objects, without a core."""
    base = 0x80000 if tile.row == 1 else 0
    own = 64 if tile.row == 1 else 0
    free, full = LockStep(own, 1), LockStep(own + 1, 1)
    descriptors = {}
    for n in range(depth):
        where = base + 0x1000 + 4 * words * n
        descriptors[tile, n] = BufferDescriptor(
            words, where, next_bd=(n + 1) % depth, acquire=LockStep(free.lock, -1), release=full
        )
        descriptors[tile, depth + n] = BufferDescriptor(
            words, where, next_bd=depth + (n + 1) % depth, acquire=LockStep(full.lock, -1), release=free
        )
    return Placement(
        devices()[device],
        "main",
        buffers=tuple(buffer(f"ring_{n}", tile, 0x1000 + 4 * words * n, words) for n in range(depth)),
        locks=(Lock("free", tile, 0, depth), Lock("full", tile, 1, 0)),
        descriptors=descriptors,
        tasks=(Task(Channel(tile, S2MM, 0), 0), Task(Channel(tile, MM2S, 0), depth)),
        flows=(Flow(dma(SHIM), dma(tile)), Flow(dma(tile), dma(SHIM))),
    )


def words(*values: int) -> np.ndarray:
    return np.array(values, np.uint32).view(np.uint8)


def blank(count: int) -> np.ndarray:
    return np.full(4 * count, 0xA5, np.uint8)
