"""Which shim DMA a symbol of a runtime sequence stands for, as far as a rewrite needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from xdsl.ir import Operation

from npubuild.errors import UserError
from npubuild.hardware.devices import Direction, Tile, TileKind
from npubuild.mlir.dialect.aie import DeviceOp, ObjectFifoOp, ShimDmaAllocationOp
from npubuild.mlir.dialect.attributes import PacketInfoAttr
from npubuild.mlir.dialect.objectfifo import ALLOCATION_SUFFIX
from npubuild.mlir.source import Design


@dataclass(frozen=True)
class ShimEnd:
    """The host's end of a fifo, or an explicit allocation. `key` tells channels apart; a packet comes from an allocation."""

    symbol: str
    tile: Tile
    direction: Direction
    key: str
    packet: PacketInfoAttr | None = None


class ShimEnds:
    """All symbols of one device that a transfer may name."""

    def __init__(self, design: Design, device: DeviceOp) -> None:
        self._design = design
        self._ends: dict[str, ShimEnd] = {}
        for fifo in device.ops_of(ObjectFifoOp):
            self._add_fifo(fifo)
        for allocation in device.ops_of(ShimDmaAllocationOp):
            self._add_allocation(allocation)

    def _add_fifo(self, fifo: ObjectFifoOp) -> None:
        tiles = [(fifo.producer, Direction.MM2S), *((tile, Direction.S2MM) for tile in fifo.consumers)]
        for tile, direction in tiles:
            if tile.kind is TileKind.SHIM:
                end = ShimEnd(fifo.symbol, tile, direction, f"@{fifo.symbol}")
                self._ends[fifo.symbol] = self._ends[fifo.symbol + ALLOCATION_SUFFIX] = end

    def _add_allocation(self, allocation: ShimDmaAllocationOp) -> None:
        key = f"{allocation.tile} {allocation.direction.name} {allocation.channel_index}"
        self._ends[allocation.symbol] = ShimEnd(
            allocation.symbol, allocation.tile, allocation.direction, key, allocation.packet
        )

    def named(self, symbol: str, op: Operation) -> ShimEnd:
        """The end behind `symbol`; UserError at `op` where there is none on a shim tile."""
        if symbol not in self._ends:
            raise UserError.at(
                self._design.place(op),
                f"@{symbol} is no fifo with an end on a shim tile and no shim allocation",
                rule="unknown-allocation",
            )
        return self._ends[symbol]

    def at(self, tile: Tile, direction: Direction, channel: int) -> ShimEnd | None:
        """The explicit allocation of a channel, if the design has one."""
        key = f"{tile} {direction.name} {channel}"
        return next((end for end in self._ends.values() if end.key == key), None)
