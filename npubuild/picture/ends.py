"""Which DMA channel serves which end of an object fifo: what the placement says in descriptors and locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from npubuild.hardware.devices import Channel, Direction, Tile, TileKind
from npubuild.mlir.dialect.aie import ObjectFifoOp
from npubuild.placement.model import Flow, Placement, Port, Ring

DMA = "DMA"
OWN_LOCKS = {TileKind.MEM: 64}  # a memory tile's DMA numbers its own locks from here (npu-facts.md, 1.4)

Channels = Mapping[tuple[str, int | None], Channel]
"""By fifo and position in its consumer list (None: the producer)."""


def fifo_channels(fifos: Iterable[ObjectFifoOp], placement: Placement | None) -> Channels:
    """The channels of all ends that are served by one: those whose task runs on the locks of the end's ring.

    An end without locks, or whose ring lies on another tile, is found as the other end of a flow.
    """
    if placement is None:
        return {}
    found: dict[tuple[str, int | None], Channel] = {}
    for ring in placement.rings:
        channel = _by_locks(ring, placement)
        if channel is not None:
            found[ring.fifo, ring.consumer] = channel
    for fifo in fifos:
        allocation = placement.allocations.get(fifo.symbol)
        if allocation is not None:
            tiles: list[tuple[int | None, Tile]] = [(None, fifo.producer), *enumerate(fifo.consumers)]
            number = next((number for number, tile in tiles if tile == allocation.channel.tile), None)
            found[fifo.symbol, number] = allocation.channel
    for fifo in fifos:
        _follow_flows(fifo, placement.flows, found)
    return found


def _by_locks(ring: Ring, placement: Placement) -> Channel | None:
    direction = Direction.MM2S if ring.consumer is None else Direction.S2MM
    wanted = ring.full if ring.consumer is None else ring.free
    locks = [lock for lock in placement.locks if lock.name == wanted and lock.tile == ring.tile]
    if not locks:
        return None
    number = locks[0].id + OWN_LOCKS.get(ring.tile.kind, 0)
    for task in placement.tasks:
        descriptor = placement.descriptors.get((task.channel.tile, task.first_bd))
        if task.channel.tile != ring.tile or task.channel.direction is not direction or descriptor is None:
            continue
        if descriptor.acquire is not None and descriptor.acquire.lock == number:
            return task.channel
    return None


def _follow_flows(fifo: ObjectFifoOp, flows: Iterable[Flow], found: dict[tuple[str, int | None], Channel]) -> None:
    """The missing end of each of the fifo's flows of which one end is known."""
    for number, consumer in enumerate(fifo.consumers):
        source, destination = found.get((fifo.symbol, None)), found.get((fifo.symbol, number))
        for flow in flows:
            if (flow.source.bundle, flow.destination.bundle) != (DMA, DMA):
                continue
            sent, received = channel_at(flow.source, Direction.MM2S), channel_at(flow.destination, Direction.S2MM)
            if destination is None and sent == source and received.tile == consumer and received not in found.values():
                found[fifo.symbol, number] = destination = received
            elif source is None and received == destination and sent.tile == fifo.producer:
                found[fifo.symbol, None] = source = sent


def channel_at(port: Port, direction: Direction) -> Channel:
    """The DMA channel that a flow's end names."""
    return Channel(port.tile, direction, port.channel)
