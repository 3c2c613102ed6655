"""Buffers before they have addresses: those that the design declares, and those that cores need besides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xdsl.dialects.builtin import MemRefType, i32
from xdsl.ir import Operation

from npubuild.hardware.devices import Tile, TileKind
from npubuild.mlir.dialect.aie import BufferOp, CoreOp, DeviceOp, ObjectFifoAcquireOp
from npubuild.mlir.memrefs import byte_count, storable
from npubuild.placement.contents import initial_bytes
from npubuild.placement.findings import Findings


@dataclass(eq=False)
class Data:
    """A buffer that still needs an address. `address` and `bank` are what the design asks for; sizes in bytes."""

    op: Operation
    name: str
    tile: Tile
    memref: MemRefType
    initial: bytes | None = None
    address: int | None = None
    bank: int | None = None

    @property
    def size(self) -> int:
        return byte_count(self.memref)


def own_data(device: DeviceOp, findings: Findings) -> dict[Operation, Data]:
    """The buffers that the design declares or whose cores need one, by the operation at whose place they stand."""
    found: dict[Operation, Data] = {}
    for op in device.block.ops:
        if isinstance(op, BufferOp) and _can_lie(op, findings):
            initial = None if op.initial_value is None else initial_bytes(op.initial_value, op.memref)
            found[op] = Data(op, op.symbol or "", op.tile, op.memref, initial, op.address_value, op.mem_bank)
        elif isinstance(op, CoreOp) and op.dynamic and (ports := _ports(op)):
            found[op] = Data(op, "", op.tile, MemRefType(i32, [ports]))
    return found


def _ports(core: CoreOp) -> int:
    """The fifo ports that a core acquires from: with dynamic lowering each has its position counted in a buffer."""
    return len({(op.fifo, op.port) for op in core.walk() if isinstance(op, ObjectFifoAcquireOp)})


def _can_lie(op: BufferOp, findings: Findings) -> bool:
    if not storable(op.memref):
        findings.error(
            op,
            "buffer-type",
            f"a buffer of type {op.memref}, whose size is not known",
            "use a memref of a static shape, with integer or float elements",
        )
        return False
    if op.tile.kind is TileKind.SHIM:
        findings.error(op, "buffer-on-shim", f"a buffer on shim tile {op.tile}", "shim tiles have no memory")
        return False
    return True


def name_anonymous(data: Iterable[Data]) -> None:
    """Number the buffers without a name in the order of the compiled design, as the real compiler does."""
    for number, item in enumerate([item for item in data if not item.name]):
        item.name = f"_anonymous{number}"
