"""`overlap-transfers`: columns that are started and awaited one after the other are all started, then all awaited.

A sequence is cut behind each group of waits. Neighbouring pieces become one as long as they use different channels and
different descriptor numbers, and do nothing but transfers; whether they may run side by side is proven on the stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from xdsl.ir import Operation, SSAValue

from npubuild.hardware.devices import Tile
from npubuild.mlir.dialect.aie import DeviceOp, RuntimeSequenceOp
from npubuild.mlir.dialect.aiex import (
    DmaAwaitTaskOp,
    DmaConfigureTaskForOp,
    DmaConfigureTaskOp,
    DmaFreeTaskOp,
    DmaStartTaskOp,
    NpuDmaMemcpyNdOp,
    NpuDmaWaitOp,
)
from npubuild.mlir.patch import Effect
from npubuild.mlir.patch._shim_ends import ShimEnds
from npubuild.mlir.source import Design

WAITS = (NpuDmaWaitOp, DmaAwaitTaskOp)


def rewrite(design: Design) -> Effect:
    for device in design.devices():
        for sequence in design.sequences(device):
            _reorder(sequence, _merged(_Cutter(design, device).pieces(sequence)))
    return Effect(waits_move=True)


@dataclass
class _Piece:
    """Operations up to and including a group of waits: `starts`, then `waits`, then the frees behind them."""

    starts: list[Operation] = field(default_factory=list)
    waits: list[Operation] = field(default_factory=list)
    frees: list[Operation] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    numbers: set[tuple[Tile, int]] = field(default_factory=set)
    only_transfers: bool = True

    def can_join(self, other: _Piece) -> bool:
        free_standing = self.only_transfers and other.only_transfers
        return free_standing and not self.channels & other.channels and not self.numbers & other.numbers

    def join(self, other: _Piece) -> None:
        self.starts += other.starts
        self.waits += other.waits
        self.frees += other.frees
        self.channels |= other.channels
        self.numbers |= other.numbers


class _Cutter:
    def __init__(self, design: Design, device: DeviceOp) -> None:
        self._ends = ShimEnds(design, device)
        self._channel_of: dict[SSAValue, str] = {}

    def pieces(self, sequence: RuntimeSequenceOp) -> list[_Piece]:
        pieces = [_Piece()]
        for op in sequence.block.ops:
            piece = pieces[-1]
            if isinstance(op, WAITS):
                piece.waits.append(op)
            elif isinstance(op, DmaFreeTaskOp):
                piece.frees.append(op)
            else:
                if piece.waits:
                    piece = _Piece()
                    pieces.append(piece)
                # A free that is not behind the waits keeps its place before what follows it.
                piece.starts += [*piece.frees, op]
                piece.frees.clear()
                self._note(op, piece)
        return pieces

    def _note(self, op: Operation, piece: _Piece) -> None:
        if isinstance(op, NpuDmaMemcpyNdOp):
            end = self._ends.named(op.metadata, op)
            piece.channels.add(end.key)
            piece.numbers.add((end.tile, op.id))
        elif isinstance(op, DmaConfigureTaskForOp):
            self._channel_of[op.task] = self._ends.named(op.symbol, op).key
        elif isinstance(op, DmaConfigureTaskOp):
            self._channel_of[op.task] = f"{op.tile} {op.direction.name} {op.channel_index}"
        elif isinstance(op, DmaStartTaskOp):
            piece.channels.add(self._channel_of.get(op.task, ""))
        elif op.name != "arith.constant":
            piece.only_transfers = False


def _merged(pieces: list[_Piece]) -> list[_Piece]:
    merged = pieces[:1]
    for piece in pieces[1:]:
        if merged[-1].can_join(piece):
            merged[-1].join(piece)
        else:
            merged.append(piece)
    return merged


def _reorder(sequence: RuntimeSequenceOp, pieces: list[_Piece]) -> None:
    ordered = [op for piece in pieces for op in (*piece.starts, *piece.waits, *piece.frees)]
    block = sequence.block
    for op in ordered:
        op.detach()
    block.add_ops(ordered)
