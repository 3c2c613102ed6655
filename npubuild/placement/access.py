"""Which ring a core finds behind a port of a fifo, and what the rings are called in messages."""

from __future__ import annotations

from collections.abc import Mapping

from npubuild.hardware.devices import TileKind
from npubuild.mlir.dialect.aie import CoreOp, DeviceOp
from npubuild.placement.cores import CONSUME, accesses_of
from npubuild.placement.fifos import End, Fifo
from npubuild.placement.links import Link
from npubuild.placement.model import Access, Ring
from npubuild.placement.rings import PoolBuilder


def describe_rings(fifos: Mapping[str, Fifo], links: Mapping[str, Link], builder: PoolBuilder) -> dict[End, Ring]:
    """A ring for every end of every fifo, in the order in which the compiler creates them; linked ends name each other."""
    return {end: _ring(end, links.get(end.fifo), builder) for fifo in fifos.values() for end in fifo.ends}


def _ring(end: End, link: Link | None, builder: PoolBuilder) -> Ring:
    pool = builder.pool_of.get(end)
    linked = link if link is not None and end in builder.link_ends(link).values() else None
    free = full = ""
    if pool is not None and pool.pairs and end.tile.kind is not TileKind.SHIM:
        pair = pool.pairs[linked.part_index(end.fifo) if linked is not None else 0]
        free, full = pair.free.name, pair.full.name
    return Ring(
        fifo=end.fifo,
        consumer=end.consumer,
        tile=end.tile if pool is None else pool.tile,
        buffers=() if pool is None else tuple(data.name for data in pool.objects),
        free=free,
        full=full,
        repeat=end.repeat,
        shares=tuple(name for name in linked.fifos if name != end.fifo) if linked is not None else (),
    )


def accesses_by_core(device: DeviceOp, fifos: Mapping[str, Fifo], rings: Mapping[End, Ring]) -> dict[Access, Ring]:
    """The ring behind every port that a core uses."""
    found: dict[Access, Ring] = {}
    for core in device.ops_of(CoreOp):
        for op in accesses_of(core):
            end = fifos[op.fifo].end_at(core.tile, consuming=op.port == CONSUME)
            found[Access(core.tile, op.fifo, op.port)] = rings[end]
    return found
