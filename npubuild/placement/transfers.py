"""The DMA programs of object fifos: which pieces of which ring every end sends or fills (npu-facts.md, 5.2 to 5.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from npubuild.hardware.devices import Channel, Direction
from npubuild.mlir.memrefs import elements
from npubuild.placement.fifos import End
from npubuild.placement.links import Link, LinkKind, Part
from npubuild.placement.model import Lock
from npubuild.placement.programs import Program, Transfer
from npubuild.placement.rings import Pool


def append_end(program: Program, end: End, pool: Pool, channel: Channel, link: Link | None) -> None:
    """Add the chain of one end to the program of its tile; an end without objects (a shim) adds nothing."""
    transfers = list(_transfers(end, pool, channel, link))
    if transfers:
        program.append(channel, transfers, None if end.passes is None else end.passes - 1)


def _transfers(end: End, pool: Pool, channel: Channel, link: Link | None) -> Iterator[Transfer]:
    """Object by object of the ring: every piece of it, and all of them `repeat` times over."""
    pieces = _pieces(end, pool, link)
    consumes_link = link is not None and end.fifo in link.inputs
    amount = link.repeat if link is not None and consumes_link else 1
    for name in pool.object_names:
        for _ in range(1 if consumes_link else end.repeat):
            for index, part in pieces:
                acquire, release = _locks(pool, index, channel.direction)
                yield Transfer(
                    end.op,
                    channel,
                    name,
                    pool.element,
                    part.offset,
                    part.length,
                    dims=end.dims,
                    pads=end.padding,
                    acquire=None if acquire is None else (acquire, -amount),
                    release=None if release is None else (release, amount),
                )


def _pieces(end: End, pool: Pool, link: Link | None) -> list[tuple[int, Part]]:
    """The pieces of an object that one pass moves, each with the number of the lock pair that counts it."""
    whole = Part(0, elements(pool.element))
    if link is None or link.kind is LinkKind.FORWARD:
        return [(0, whole)]
    if link.is_big(end.fifo):
        return list(enumerate(link.parts))
    index = link.part_index(end.fifo)
    return [(index, link.parts[index])]


def _locks(pool: Pool, index: int, direction: Direction) -> tuple[Lock | None, Lock | None]:
    """What a descriptor acquires and releases: a receiving one takes a free object and leaves a full one."""
    if not pool.pairs:
        return None, None
    pair = pool.pairs[index]
    return (pair.free, pair.full) if direction is Direction.S2MM else (pair.full, pair.free)


def link_of(end: End, links: Mapping[str, Link]) -> Link | None:
    """The link that this end takes part in: the consumer's end on the link tile, or the producer's end there."""
    link = links.get(end.fifo)
    if link is None or end.tile != link.tile:
        return None
    consuming = end.consumer is not None
    return link if end.fifo in (link.inputs if consuming else link.outputs) else None
