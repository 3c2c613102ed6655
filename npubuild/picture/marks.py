"""Where findings of the checks, and the places at which a run stands, sit in the picture."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from xdsl.ir import Operation

from npubuild.errors import Diagnostic, Place
from npubuild.hardware.devices import Channel, Direction, Tile
from npubuild.mlir.dialect.aie import (
    BufferOp,
    CoreOp,
    DeviceOp,
    LockOp,
    MemOp,
    MemTileDmaOp,
    ObjectFifoAcquireOp,
    ObjectFifoLinkOp,
    ObjectFifoOp,
    ObjectFifoReleaseOp,
    ShimDmaOp,
    TileOp,
)
from npubuild.mlir.dialect.aiex import (
    DmaAwaitTaskOp,
    DmaConfigureTaskForOp,
    DmaConfigureTaskOp,
    DmaFreeTaskOp,
    DmaStartBdChainForOp,
    DmaStartBdChainOp,
    DmaStartTaskOp,
    NpuDmaMemcpyNdOp,
    NpuDmaWaitOp,
    NpuPushQueueOp,
    NpuSyncOp,
    NpuWriteBdOp,
)
from npubuild.mlir.source import Design
from npubuild.picture.scene import Mark, Remark
from npubuild.placement.model import Placement

STANDS = "stands"
_TILED = (BufferOp, CoreOp, DmaConfigureTaskOp, DmaStartBdChainOp, LockOp, MemOp, MemTileDmaOp, ShimDmaOp, TileOp)
_PARTY = re.compile(r"(?:core|dma|queue|sync col|token) (\d+) (?:row )?(\d+)(?: (S2MM|MM2S) (\d+))?")
_FIFO = re.compile(r"fifo @(\S+)(?: (?:producer|consumer) (\d+) (\d+))?")


class Spot(NamedTuple):
    """A place in the picture: a tile, and the end of a net there."""

    tile: Tile | None
    net: str = ""


def marks_of(
    design: Design, device: DeviceOp, placement: Placement | None, findings: Sequence[Diagnostic]
) -> tuple[tuple[Mark, ...], tuple[Remark, ...]]:
    """A numbered mark and its text for each finding."""
    inside = {op for op in device.walk() if op in design.offsets}
    ops = {design.place(op): op for op in design.offsets if op in inside}
    marks, remarks = [], []
    for number, finding in enumerate(findings, 1):
        spot = _spot(ops.get(finding.place or Place("")), device, placement)
        marks.append(Mark(number, finding.severity.value, spot.tile, spot.net))
        rule = f" [{finding.rule}]" if finding.rule else ""
        line = f"line {finding.place.line}: " if finding.place and finding.place.line else ""
        remarks.append(Remark(number, finding.severity.value, f"{line}{finding.message}{rule}"))
    return tuple(marks), tuple(remarks)


def standing_marks(phrases: Iterable[tuple[str, str]], first: int) -> tuple[tuple[Mark, ...], tuple[Remark, ...]]:
    """Marks for what a run that hangs waits for: (short phrase, text) of each, numbered from `first`."""
    marks, remarks = [], []
    for number, (phrase, text) in enumerate(phrases, first):
        spot = _spot_of_phrase(phrase)
        marks.append(Mark(number, STANDS, spot.tile, spot.net))
        remarks.append(Remark(number, STANDS, text))
    return tuple(marks), tuple(remarks)


def channel_net(channel: Channel) -> str:
    """The name under which a mark asks for whatever net uses a channel of its tile."""
    return f"channel {channel}"


def _spot(op: Operation | None, device: DeviceOp, placement: Placement | None) -> Spot:
    for at in _outwards(op):
        if isinstance(at, ObjectFifoOp):
            return Spot(at.producer, at.symbol)
        if isinstance(at, ObjectFifoLinkOp):
            producers = {fifo.symbol: fifo.producer for fifo in device.ops_of(ObjectFifoOp)}
            return Spot(producers.get(at.outputs[0]), at.outputs[0])
        if isinstance(at, _TILED):
            fifo = op.fifo if isinstance(op, ObjectFifoAcquireOp | ObjectFifoReleaseOp) else ""
            return Spot(at.tile, fifo)
        if isinstance(at, NpuSyncOp):
            return Spot(Tile(at.column, at.row), channel_net(_synced(at)))
        if isinstance(at, NpuPushQueueOp | NpuWriteBdOp):
            return Spot(Tile(at.column, at.row))
        symbol = _symbol(at)
        if symbol and placement is not None and symbol in placement.allocations:
            channel = placement.allocations[symbol].channel
            return Spot(channel.tile, channel_net(channel))
    return Spot(None)


def _outwards(op: Operation | None) -> Iterator[Operation]:
    """The operation and those around it; a use of a task stands for the task."""
    while op is not None:
        if isinstance(op, DmaAwaitTaskOp | DmaFreeTaskOp | DmaStartTaskOp) and isinstance(op.task.owner, Operation):
            op = op.task.owner
        yield op
        op = op.parent_op()


def _symbol(op: Operation) -> str:
    if isinstance(op, NpuDmaMemcpyNdOp):
        return op.metadata
    return op.symbol if isinstance(op, NpuDmaWaitOp | DmaConfigureTaskForOp | DmaStartBdChainForOp) else ""


def _synced(op: NpuSyncOp) -> Channel:
    return Channel(Tile(op.column, op.row), Direction(op.direction & 1), op.channel)


def _spot_of_phrase(phrase: str) -> Spot:
    party = _PARTY.match(phrase)
    if party is not None:
        tile = Tile(int(party[1]), int(party[2]))
        fifo = re.search(r"acquire @(\S+)", phrase)
        if party[3]:
            return Spot(tile, channel_net(Channel(tile, Direction[party[3]], int(party[4]))))
        return Spot(tile, fifo[1] if fifo else "")
    fifo = _FIFO.match(phrase)
    if fifo is not None and fifo[2]:
        return Spot(Tile(int(fifo[2]), int(fifo[3])), fifo[1])
    return Spot(None, fifo[1] if fifo else "")
