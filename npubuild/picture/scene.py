"""What a picture of a design shows, before anything has a place on the page."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Channel, Tile


class Kind(enum.Enum):
    """How objects or words get from tile to tile."""

    CIRCUIT = "stream"
    PACKET = "packet-switched stream"
    SHARED = "shared memory"
    CASCADE = "cascade"


class End(NamedTuple):
    """Where a net leaves (`sends`) or enters a tile."""

    net: str
    tile: Tile
    sends: bool


@dataclass(frozen=True)
class Net:
    """One fifo, flow or cascade: from one or more sources to one or more destinations. `label` is what the design calls it.

    `size` says what is moved, like `1024 B x 2`: the bytes of an object and how many there are at the source.
    """

    name: str
    label: str
    kind: Kind
    sources: tuple[End, ...]
    destinations: tuple[End, ...]

    @property
    def ends(self) -> tuple[End, ...]:
        return (*self.sources, *self.destinations)


@dataclass(frozen=True)
class Port:
    """The line that a tile has for one end of a net."""

    end: End
    label: str
    size: str
    channel: Channel | None
    transfers: tuple[str, ...] = ()
    """On a shim: what the runtime sequence moves through it, like `arg 0 %in: 4096 B`."""


@dataclass(frozen=True)
class Region:
    """A piece of a tile's data memory; `kind` is stack, fifo, constant or buffer. `net` names the fifo, if it is one's."""

    label: str
    kind: str
    pieces: tuple[tuple[int, int], ...]
    """(address, bytes) of each object."""
    net: str = ""

    @property
    def nbytes(self) -> int:
        return sum(size for _, size in self.pieces)


@dataclass(frozen=True)
class TileView:
    """All that is shown of one tile. `memory` is the size of its data memory in bytes, 0 where it is not shown."""

    tile: Tile
    lines: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    regions: tuple[Region, ...] = ()
    memory: int = 0

    @property
    def used(self) -> bool:
        return bool(self.lines or self.ports or self.regions or self.links)


@dataclass(frozen=True)
class Mark:
    """A numbered remark: a finding of the checks (`severity` error, warning, note), or where a run stands (`stands`).

    It is shown at `tile` (None: at the title), beside the end of `net` there if it names one.
    """

    number: int
    severity: str
    tile: Tile | None = None
    net: str = ""


@dataclass(frozen=True)
class Remark:
    """The text of a mark, below the picture."""

    number: int
    severity: str
    text: str


@dataclass(frozen=True)
class Scene:
    """One device of a design."""

    title: str
    subtitle: str
    tiles: Mapping[Tile, TileView]
    nets: tuple[Net, ...]
    marks: tuple[Mark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    findings: tuple[Diagnostic, ...] = field(default=(), repr=False)

    @property
    def columns(self) -> range:
        return range(min(tile.col for tile in self.tiles), max(tile.col for tile in self.tiles) + 1)

    @property
    def rows(self) -> range:
        """From the shim to the highest row in use."""
        return range(max(tile.row for tile in self.tiles) + 1)
