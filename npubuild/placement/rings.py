"""Rings of objects and their locks, in the order and under the names that the real compiler gives them (5.2, 5.4, 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from xdsl.dialects.builtin import MemRefType

from npubuild.hardware.devices import RESOURCES, Device, Tile, TileKind, shares_memory
from npubuild.mlir.memrefs import byte_count, elements
from npubuild.placement.contents import initial_bytes
from npubuild.placement.data import Data
from npubuild.placement.fifos import End, Fifo
from npubuild.placement.findings import Findings
from npubuild.placement.links import Link, LinkKind
from npubuild.placement.locks import LockIds
from npubuild.placement.model import Lock


class LockPair(NamedTuple):
    free: Lock
    full: Lock


@dataclass(eq=False)
class Pool:
    """The objects of one ring, with one pair of locks, or one for each part of a distribute or join.

    `owner` is the end after which buffers and locks are named. `host` names external buffers of a shim end.
    """

    owner: End
    tile: Tile
    objects: list[Data] = field(default_factory=list)
    pairs: list[LockPair] = field(default_factory=list)

    @property
    def element(self) -> MemRefType:
        return self.owner.element

    @property
    def object_names(self) -> list[str | None]:
        """The name of each object; None for one in host memory."""
        return [data.name for data in self.objects] or [None for _ in self.owner.external]

    @property
    def is_spilled(self) -> bool:
        return any(data.tile != self.tile for data in self.objects)


class PoolBuilder:
    """Creates the rings of all fifo ends, in the real compiler's order."""

    def __init__(
        self,
        device: Device,
        fifos: Mapping[str, Fifo],
        links: Mapping[str, Link],
        lock_ids: LockIds,
        findings: Findings,
    ) -> None:
        self._device = device
        self._findings = findings
        self._fifos = fifos
        self._links = links
        self._lock_ids = lock_ids
        self._used: dict[Tile, int] = {}
        self.created: list[Pool] = []
        self.pool_of: dict[End, Pool] = {}

    def build(self) -> None:
        """Fill `created` (in the order of creation) and `pool_of` (linked ends share one pool)."""
        owners = {end: self._owner(end) for fifo in self._fifos.values() for end in fifo.ends}
        pools: dict[End, Pool] = {}
        for end, owner in owners.items():
            if end is owner and not end.streams:
                pools[end] = self._create(end)
        self.pool_of = {end: pools[owner] for end, owner in owners.items() if owner in pools}

    def _owner(self, end: End) -> End:
        """The end whose objects `end` uses: its own, or those of the big side of its link."""
        link = self._links.get(end.fifo)
        if link is None or end not in (ends := self.link_ends(link)).values():
            return end
        if link.kind is not LinkKind.FORWARD:
            return next(other for fifo, other in ends.items() if link.is_big(fifo))
        source, target = ends[link.inputs[0]], ends[link.outputs[0]]
        return target if target.initial or elements(source.element) < elements(target.element) else source

    def link_ends(self, link: Link) -> dict[str, End]:
        """The end that each fifo of a link has on the link tile, by the fifo's name."""
        ends = {name: self._fifos[name].end_at(link.tile, consuming=True) for name in link.inputs}
        return ends | {name: self._fifos[name].end_at(link.tile, consuming=False) for name in link.outputs}

    def _create(self, end: End) -> Pool:
        link = self._links.get(end.fifo)
        linked = link is not None and end in self.link_ends(link).values()
        pool = Pool(end, end.tile)
        if end.tile.kind is not TileKind.SHIM and self._can_hold(end):
            pool.objects = [self._data(end, index) for index in range(end.depth)]
        if end.synchronized:
            pairs = len(link.parts) or 1 if link is not None and linked else 1
            repeat = link.repeat if link is not None and linked else end.repeat
            pool.pairs = [pair for index in range(pairs) if (pair := self._locks(end, index, repeat)) is not None]
        self.created.append(pool)
        return pool

    def _can_hold(self, end: End) -> bool:
        """Whether the ring could lie in an empty tile and its neighbours: keeps absurd depths out."""
        size, memory = byte_count(end.element), RESOURCES[end.tile.kind].data_memory
        if end.depth * size <= memory * (3 if end.tile.kind is TileKind.MEM else 1):
            return True
        self._findings.error(
            end.op,
            "memory-exceeded",
            f"{end.depth} objects of {size} bytes of @{end.fifo} on tile {end.tile}, which has {memory} bytes",
            "lower the depth (or the number of objects that the core acquires at once), or use smaller objects",
        )
        return False

    def _data(self, end: End, index: int) -> Data:
        initial = initial_bytes(end.initial[index], end.element) if end.initial else None
        size = byte_count(end.element)
        tile = self._memory_for(size, end.tile)
        self._used[tile] = self._used.get(tile, 0) + size
        return Data(end.op, f"{end.name}_buff_{index}", tile, end.element, initial)

    def _memory_for(self, size: int, tile: Tile) -> Tile:
        """The tile that takes an object: a full memory tile lends from its emptier neighbour, west before east."""
        if tile.kind is not TileKind.MEM or self._free(tile) >= size:
            return tile
        neighbours = [Tile(tile.col + step, tile.row) for step in (-1, 1)]
        reachable = [other for other in neighbours if other in self._device and shares_memory(tile, other)]
        candidates = [other for other in reachable if self._free(other) >= size]
        return max(candidates, key=self._free, default=tile)

    def _free(self, tile: Tile) -> int:
        """The bytes of a tile that fifos left; buffers of the design itself are not counted, as in the real compiler."""
        return RESOURCES[tile.kind].data_memory - self._used.get(tile, 0)

    def _locks(self, end: End, index: int, repeat: int) -> LockPair | None:
        """One pair: `free` counts the empty objects, `full` the filled ones."""
        objects = len(end.external) if end.tile.kind is TileKind.SHIM else end.depth
        names = (f"{end.name}_prod_lock_{index}", f"{end.name}_cons_lock_{index}")
        values = ((objects - len(end.initial)) * repeat, len(end.initial) * repeat)
        locks: list[Lock] = []
        for name, value in zip(names, values, strict=True):
            number = self._lock_ids.take(end.op, end.tile, name)
            if number is None:
                return None
            locks.append(Lock(name, end.tile, number, value))
        return LockPair(*locks)
