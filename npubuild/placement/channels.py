"""DMA channel numbers of fifo ends: the lowest free one, in program order (npu-facts.md, 5.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from npubuild.hardware.devices import RESOURCES, Channel, Direction, TileKind
from npubuild.hardware.limits import LOCAL_CHANNELS_FROM
from npubuild.mlir.dialect.aie import DeviceOp, DmaStartOp
from npubuild.placement.fifos import End, Fifo
from npubuild.placement.findings import Findings
from npubuild.placement.programs import program_ops


def direction_of(end: End) -> Direction:
    """A producer's end sends, a consumer's end receives."""
    return Direction.MM2S if end.consumer is None else Direction.S2MM


def explicit_channels(device: DeviceOp) -> set[Channel]:
    """The channels that `dma_start` takes in the DMA programs of the design.

    Flows, shim allocations and the `aie.dma` form are not looked at, as in the real compiler: a design that mixes them
    with fifos on one channel books it twice.
    """
    return {
        Channel(program.tile, op.direction, op.channel_index)
        for program in program_ops(device)
        for block in program.body.blocks
        for op in block.ops
        if isinstance(op, DmaStartOp)
    }


def assign_channels(
    device: DeviceOp, fifos: Iterable[Fifo], spilled: Collection[End], findings: Findings
) -> Mapping[End, Channel]:
    """A channel for every end of every split fifo; ends whose buffers `spilled` to a neighbour choose first."""
    taken = explicit_channels(device)
    ends = [end for fifo in fifos if fifo.is_split for end in (fifo.producer, *fifo.consumers) if not end.streams]
    chosen: dict[End, Channel] = {}
    for end in sorted(ends, key=lambda end: end not in spilled):
        available = LOCAL_CHANNELS_FROM if end in spilled else RESOURCES[end.tile.kind].channels
        candidates = (Channel(end.tile, direction_of(end), index) for index in range(available))
        channel = next((channel for channel in candidates if channel not in taken), None)
        if channel is None:
            _report(end, available, [other for other in chosen if other.tile == end.tile], findings)
            continue
        taken.add(channel)
        chosen[end] = channel
    return chosen


def _report(end: End, available: int, others: Iterable[End], findings: Findings) -> None:
    direction = direction_of(end)
    users = [f"@{other.fifo}" for other in others if direction_of(other) is direction]
    where = {
        TileKind.SHIM: "move this fifo to a shim tile of another column, or carry several streams in one fifo and split them"
        " on a memory tile",
        TileKind.MEM: "move this fifo to the memory tile of another column",
        TileKind.CORE: "join or distribute on a memory tile, so that the core needs fewer fifos",
    }[end.tile.kind]
    findings.error(
        end.op,
        "channels-exhausted",
        f"no {direction.name} channel left on tile {end.tile} for @{end.fifo}: it has {available}"
        + (f", taken by {', '.join(users)}" if users else ", taken by DMA programs of the design"),
        where,
    )
