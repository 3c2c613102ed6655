"""The memories: data memory of the tiles, and the host's buffers as the shim's DMA addresses them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from npubuild.emulator.process import Bytes, Words
from npubuild.hardware.devices import RESOURCES, Tile

POISON = 0xA5  # what undefined memory holds, so that bytes which nothing wrote can be seen
POISON_WORD = 0xA5A5A5A5
GUARD = 4096  # bytes before and behind each tile's memory, where a kernel that runs off its end leaves traces
ALIGNMENT = 4096

ARGUMENT_BITS = 40  # of the host address space given to one argument: far apart, so that no overrun reaches a neighbour


class TileMemory:
    """The data memory of one tile: `bytes` and `words` view the same storage, poisoned, with guard zones around it."""

    __slots__ = ("bytes", "storage", "words")

    def __init__(self, tile: Tile) -> None:
        size = RESOURCES[tile.kind].data_memory
        raw = np.full(size + 2 * GUARD + ALIGNMENT, POISON, np.uint8)
        first = -raw.ctypes.data % ALIGNMENT
        self.storage: Bytes = raw[first : first + size + 2 * GUARD]
        self.bytes: Bytes = self.storage[GUARD : GUARD + size]
        self.words: Words = self.bytes.view(np.uint32)


class HostBuffer:
    """One argument of the sequence: its bytes, and its whole words as the shim's DMA moves them."""

    __slots__ = ("nbytes", "words")

    def __init__(self, data: Bytes) -> None:
        if data.dtype != np.uint8 or data.ndim != 1 or not data.flags.c_contiguous:
            raise ValueError("a host buffer is a contiguous one-dimensional array of uint8")
        self.nbytes = data.size
        self.words: Words = data[: data.size // 4 * 4].view(np.uint32)


class HostMemory:
    """The host's address space: argument i begins at (i + 1) << 40, and what lies between the arguments is nobody's."""

    __slots__ = ("arrays", "buffers")

    def __init__(self, buffers: Sequence[Bytes] = ()) -> None:
        self.arrays = buffers
        self.buffers = [HostBuffer(buffer) for buffer in buffers]

    def address(self, argument: int) -> int:
        """The host address of an argument's first byte."""
        return (argument + 1) << ARGUMENT_BITS

    def find(self, address: int) -> tuple[int, int] | None:
        """The argument that owns an address, and the byte offset from its start (beyond its end too); None for nobody's."""
        argument = (address >> ARGUMENT_BITS) - 1
        if not 0 <= argument < len(self.buffers):
            return None
        return argument, address & ((1 << ARGUMENT_BITS) - 1)
