"""Tiles, cores, locks, channels and DMA programs: what the hardware has of each."""

from __future__ import annotations

from collections.abc import Iterator

from xdsl.ir import Operation

from npubuild.hardware.devices import RESOURCES, Tile, TileKind
from npubuild.hardware.limits import HIGHEST_LOCK, MOST_PACKET_ID, MOST_PACKET_TYPE
from npubuild.mlir.dialect.aie import (
    CoreOp,
    DeviceOp,
    DmaBdOp,
    DmaBdPacketOp,
    DmaOp,
    DmaStartOp,
    EndOp,
    FlowOp,
    LockOp,
    MemOp,
    MemTileDmaOp,
    PacketFlowOp,
    ShimDmaAllocationOp,
    ShimDmaOp,
)
from npubuild.mlir.dialect.aiex import DmaConfigureTaskOp, DmaStartBdChainOp, SetLockOp
from npubuild.mlir.structure import Problem

_PLACES: dict[type[Operation], TileKind] = {
    CoreOp: TileKind.CORE,
    MemOp: TileKind.CORE,
    MemTileDmaOp: TileKind.MEM,
    ShimDmaOp: TileKind.SHIM,
}
_KIND_NAMES = {TileKind.CORE: "a core tile", TileKind.MEM: "a memory tile", TileKind.SHIM: "a shim tile"}


def array_problems(device: DeviceOp) -> Iterator[Problem]:
    for op in device.block.walk():
        yield from _tile_kind(op)
        yield from _locks(op)
        yield from _channels(op)
        yield from _packets(op)
        if isinstance(op, CoreOp):
            yield from _core(op)
        if isinstance(op, MemOp | MemTileDmaOp | ShimDmaOp):
            yield from _program(op)


def _tile_kind(op: Operation) -> Iterator[Problem]:
    wanted = _PLACES.get(type(op))
    if wanted is not None and isinstance(op, CoreOp | MemOp | MemTileDmaOp | ShimDmaOp) and op.tile.kind is not wanted:
        message = f"`{op.name}` needs {_KIND_NAMES[wanted]}, but {op.tile} is {_KIND_NAMES[op.tile.kind]}"
        yield Problem(op, message, "tile-kind")


def _core(op: CoreOp) -> Iterator[Problem]:
    only_end = len(op.body.blocks) == 1 and isinstance(op.body.block.first_op, EndOp)
    if op.elf is not None and not only_end:
        hint = "use `link_with` for objects; `elf_file` is for finished cores"
        yield Problem(op, "a core with `elf_file` must have an empty body", "core-elf-body", hint)


def _locks(op: Operation) -> Iterator[Problem]:
    if isinstance(op, LockOp):
        available = RESOURCES[op.tile.kind].locks
        if op.id_value is not None and not 0 <= op.id_value < available:
            message = f"lock {op.id_value} does not exist: tile {op.tile} has locks 0 to {available - 1}"
            yield Problem(op, message, "lock-id-range")
        if not 0 <= op.init_value <= HIGHEST_LOCK:
            yield Problem(op, f"a lock holds 0 to {HIGHEST_LOCK}, not {op.init_value}", "lock-value-range")
    if isinstance(op, SetLockOp) and not 0 <= op.value <= HIGHEST_LOCK:
        yield Problem(op, f"a lock holds 0 to {HIGHEST_LOCK}, not {op.value}", "lock-value-range")


def _channels(op: Operation) -> Iterator[Problem]:
    for tile, index in _channels_of(op):
        available = RESOURCES[tile.kind].channels
        if not 0 <= index < available:
            message = f"DMA channel {index} does not exist: tile {tile} has channels 0 to {available - 1}"
            yield Problem(op, message, "channel-range")


def _channels_of(op: Operation) -> list[tuple[Tile, int]]:
    match op:
        case DmaStartOp() | DmaOp():
            program = op.parent_op()
            known = isinstance(program, MemOp | MemTileDmaOp | ShimDmaOp)
            return [(program.tile, op.channel_index)] if known else []  # type: ignore[union-attr]
        case ShimDmaAllocationOp() | DmaConfigureTaskOp() | DmaStartBdChainOp():
            return [(op.tile, op.channel_index)]
        case FlowOp():
            return [(tile, index) for tile, bundle, index in (op.source, op.destination) if bundle == "DMA"]
        case PacketFlowOp():
            ports = (*op.sources, *op.destinations)
            return [(tile, index) for tile, bundle, index in ports if bundle == "DMA"]
        case _:
            return []


def _packets(op: Operation) -> Iterator[Problem]:
    if isinstance(op, PacketFlowOp):
        yield from packet_problems(op, 0, op.id)
    elif isinstance(op, DmaBdPacketOp):
        yield from packet_problems(op, op.packet_type, op.packet_id)
    elif isinstance(op, DmaBdOp | ShimDmaAllocationOp | DmaConfigureTaskOp) and op.packet is not None:
        yield from packet_problems(op, op.packet.type, op.packet.id)


def packet_problems(op: Operation, packet_type: int, packet_id: int) -> Iterator[Problem]:
    """A packet header has five bits for the id and three for the type."""
    if not 0 <= packet_id <= MOST_PACKET_ID:
        yield Problem(op, f"packet id {packet_id} does not fit its five bits (0 to {MOST_PACKET_ID})", "packet-id-range")
    if not 0 <= packet_type <= MOST_PACKET_TYPE:
        yield Problem(
            op, f"packet type {packet_type} does not fit its three bits (0 to {MOST_PACKET_TYPE})", "packet-type-range"
        )


def _program(program: MemOp | MemTileDmaOp | ShimDmaOp) -> Iterator[Problem]:
    """Buffer descriptors of the static DMA programs: one to a block, with as many dimensions as the tile's DMA counts."""
    allowed = RESOURCES[program.tile.kind].dimensions
    for op in program.walk():
        if not isinstance(op, DmaBdOp):
            continue
        if op.dims is not None and len(op.dims) > allowed:
            message = f"{len(op.dims)} dimensions, but the DMA of tile {program.tile} counts only {allowed}"
            yield Problem(op, message, "dma-dimensions")
        if any(isinstance(other, DmaBdOp) for other in _before(op)):
            yield Problem(
                op, "a second buffer descriptor in one block", "dma-bd-per-block", "end the block with `aie.next_bd`"
            )


def _before(op: Operation) -> Iterator[Operation]:
    at = op.prev_op
    while at is not None:
        yield at
        at = at.prev_op
