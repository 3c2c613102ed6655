"""The NPU arrays and their tiles (npu-facts.md, sections 1.1, 1.2, 1.4, 1.5).

Columns count from the start of the partition; row 0 is the shim, row 1 the memory tiles, rows 2 to 5 the cores.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple


class Architecture(enum.Enum):
    AIE2 = "aie2"
    AIE2P = "aie2p"


class Direction(enum.IntEnum):
    """Direction codes, as in the sync operation and in channel numbers."""

    S2MM = 0
    MM2S = 1


class TileKind(enum.Enum):
    SHIM = "shim"
    MEM = "mem"
    CORE = "core"


class Tile(NamedTuple):
    """The coordinates of one tile."""

    col: int
    row: int

    @property
    def kind(self) -> TileKind:
        return (TileKind.SHIM, TileKind.MEM)[self.row] if self.row < FIRST_CORE_ROW else TileKind.CORE

    def __str__(self) -> str:
        return f"({self.col}, {self.row})"


class Channel(NamedTuple):
    """One DMA channel of one tile."""

    tile: Tile
    direction: Direction
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody needs

    def __str__(self) -> str:
        return f"{self.tile.col} {self.tile.row} {self.direction.name} {self.index}"


FIRST_CORE_ROW = 2
ROWS = 6
TASK_QUEUE_DEPTH = 4


@dataclass(frozen=True)
class TileResources:
    """What one kind of tile has; sizes in bytes."""

    data_memory: int
    banks: int
    channels: int  # per direction
    descriptors: int
    descriptor_words: int
    dimensions: int  # of a buffer descriptor, without the iteration
    locks: int


RESOURCES = {
    TileKind.SHIM: TileResources(
        data_memory=0, banks=0, channels=2, descriptors=16, descriptor_words=8, dimensions=3, locks=16
    ),
    TileKind.MEM: TileResources(
        data_memory=0x80000, banks=8, channels=6, descriptors=48, descriptor_words=8, dimensions=4, locks=64
    ),
    TileKind.CORE: TileResources(
        data_memory=0x10000, banks=4, channels=2, descriptors=16, descriptor_words=6, dimensions=3, locks=16
    ),
}
PROGRAM_MEMORY = 0x4000  # bytes of a core tile
DEFAULT_STACK = 1024  # bytes, of an `aie.core` that names no stack_size


@dataclass(frozen=True)
class Device:
    """One legal argument of `aie.device`."""

    name: str
    architecture: Architecture
    columns: int
    rows: int = ROWS

    @property
    def generation(self) -> int:
        """The device generation in the header of an instruction stream (section 4.1)."""
        return 3 if self.architecture is Architecture.AIE2 else 4

    def __contains__(self, tile: object) -> bool:
        return isinstance(tile, Tile) and 0 <= tile.col < self.columns and 0 <= tile.row < self.rows


@cache
def devices() -> dict[str, Device]:
    """Every device by name, in the order in which a message should list them."""
    found = [Device("npu1", Architecture.AIE2, 4)]
    found += [Device(f"npu1_{n}col", Architecture.AIE2, n) for n in range(1, 4)]
    found += [Device("npu2", Architecture.AIE2P, 8)]
    found += [Device(f"npu2_{n}col", Architecture.AIE2P, n) for n in range(1, 8)]
    return {device.name: device for device in found}


def shares_memory(accessor: Tile, owner: Tile) -> bool:
    """Whether the core (or the memory tile's DMA) on `accessor` reaches the data memory of `owner` directly.

    A core reaches its own, its south, north and west neighbours (section 1.5); a memory tile its own, west and east.
    """
    if accessor.kind is not owner.kind or accessor.kind is TileKind.SHIM:
        return False
    step = (owner.col - accessor.col, owner.row - accessor.row)
    if accessor.kind is TileKind.CORE:
        return step in {(0, 0), (0, -1), (0, 1), (-1, 0)}
    return step in {(0, 0), (-1, 0), (1, 0)}
