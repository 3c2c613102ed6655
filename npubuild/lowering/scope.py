"""What the names and values of a runtime sequence stand for: channels, host arguments, buffers and locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.ir import Attribute, Block, Operation, SSAValue

from npubuild.hardware.devices import Channel, Tile
from npubuild.lowering.problems import Problem, RefusedError
from npubuild.mlir import memrefs
from npubuild.mlir.dialect.aie import BufferOp, DeviceOp, LockOp
from npubuild.placement.model import Allocation, Buffer, Lock, Placement

BYTE_BITS = 8


class HostMemory(NamedTuple):
    """A place in a host buffer: number of the sequence argument, and the bytes that subviews add."""

    argument: int
    offset: int


class TileMemory(NamedTuple):
    """A place in a buffer of a tile: the placed buffer, and the bytes that subviews add."""

    buffer: Buffer
    offset: int


class HostArgument(NamedTuple):
    """A value that is argument `number` of the sequence that the host calls."""

    number: int


class Scope(NamedTuple):
    """The device whose names hold in a sequence or chain, and what its block arguments are.

    An argument is bound to a host argument, or to a value of the scope that called it.
    """

    device: DeviceOp
    placement: Placement
    bindings: Mapping[SSAValue, HostArgument | tuple[SSAValue, Scope]]

    @classmethod
    def of_host(cls, device: DeviceOp, placement: Placement, block: Block) -> Scope:
        """The scope of a sequence whose arguments are the host's."""
        return cls(device, placement, {argument: HostArgument(argument.index) for argument in block.args})

    def calling(self, parameters: Sequence[SSAValue], arguments: Sequence[SSAValue]) -> Scope:
        """The scope of a chain or sequence of this device that is called with `arguments`."""
        if [value.type for value in arguments] != [value.type for value in parameters]:
            expected = ", ".join(str(value.type) for value in parameters)
            raise RefusedError(Problem("call-arguments", f"the arguments do not fit the parameters: ({expected})"))
        bindings = {parameter: (value, self) for parameter, value in zip(parameters, arguments, strict=True)}
        return Scope(self.device, self.placement, bindings)

    def allocation(self, symbol: str) -> Allocation:
        """The DMA channel behind the `metadata` of a transfer or the symbol of a wait (npu-facts.md, 3.2)."""
        found = self.placement.allocations.get(symbol)
        if found is None:
            known = ", ".join(f"@{name}" for name in self.placement.allocations) or "none"
            message = f"@{symbol} is neither an object fifo with an end on a shim tile nor a shim DMA allocation"
            raise RefusedError(Problem("unknown-allocation", message, f"there are: {known}"))
        return found

    def buffer(self, name: str) -> Buffer:
        """The placed buffer of that name."""
        found = next((buffer for buffer in self.placement.buffers if buffer.name == name), None)
        if found is None:
            named = [buffer.symbol for buffer in self.device.ops_of(BufferOp) if buffer.symbol]
            known = ", ".join(f"@{symbol}" for symbol in named) or "none"
            raise RefusedError(
                Problem("unknown-buffer", f"there is no buffer @{name} in this device", f"there are: {known}")
            )
        return found

    def lock(self, value: SSAValue) -> Lock:
        """The placed lock behind an operand."""
        name = self.placement.names.get(value)
        if name is None or not isinstance(value.owner, LockOp):
            raise RefusedError(Problem("unknown-lock", "the operand is not the result of an `aie.lock` of this device"))
        return self.placement.lock(name)

    def check_tile(self, col: int, row: int) -> Tile:
        """The tile at these coordinates; refused when the device has none there."""
        tile = Tile(col, row)
        if tile not in self.placement.device:
            device = self.placement.device
            size = f"{device.name} has columns 0 to {device.columns - 1} and rows 0 to {device.rows - 1}"
            raise RefusedError(Problem("tile-outside-device", f"there is no tile {tile}: {size}"))
        return tile

    def controller_id(self, channel: Channel) -> int | None:
        """The id with which the channel's tokens travel (npu-facts.md, 1.7), None for a tile that has none."""
        return self.placement.controller_ids.get(channel.tile)

    def trace(self, value: SSAValue) -> HostMemory | TileMemory:
        """The memory behind the operand of a transfer, through subviews, casts and calls (npu-facts.md, 3.4).

        The offset of a `reinterpret_cast` does not count, as in the compiler.
        """
        scope, offset = self, 0
        while True:
            bound = scope.bindings.get(value)
            if isinstance(bound, HostArgument):
                return HostMemory(bound.number, offset)
            if bound is not None:
                value, scope = bound
                continue
            if isinstance(value.owner, BufferOp) and value in scope.placement.names:
                return TileMemory(scope.buffer(scope.placement.names[value]), offset)
            value, added = _through_view(value.owner)
            offset += added


_UNTRACEABLE = Problem(
    "dma-operand",
    "the operand is neither an argument of the sequence, nor a static subview or cast of one, nor a named buffer",
    "subviews must have one dimension, step 1 and constant offset and size",
)


def _through_view(op: Operation | Block) -> tuple[SSAValue, int]:
    """What a view looks at, and the bytes that it adds; refused when `op` is none or not a static one."""
    from xdsl.dialects.memref import CastOp, ReinterpretCastOp, SubviewOp  # few designs need it

    if isinstance(op, CastOp | ReinterpretCastOp):
        return op.source, 0
    if not isinstance(op, SubviewOp):
        raise RefusedError(_UNTRACEABLE)
    offsets, steps, sizes = (list(part.get_values()) for part in (op.static_offsets, op.static_strides, op.static_sizes))
    ranks = {memref.get_num_dims() for memref in (op.source.type, op.result.type) if isinstance(memref, MemRefType)}
    if ranks != {1} or steps != [1] or DYNAMIC_INDEX in offsets + sizes:
        raise RefusedError(_UNTRACEABLE)
    return op.source, offsets[0] * element_bits(op.source.type) // BYTE_BITS


def element_bits(memref: Attribute) -> int:
    """Bits of one element of a ranked or unranked memref; refused where a DMA cannot move it."""
    bits = memrefs.element_bits(memref)
    if bits is None:
        raise RefusedError(Problem("dma-element-type", f"the elements of {memref} cannot be moved by a DMA"))
    return bits
