"""`aiex.npu.dma_memcpy_nd` and `aiex.npu.dma_wait` (npu-facts.md, 3.4, 3.6 and 3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from xdsl.dialects.builtin import DYNAMIC_INDEX, MemRefType
from xdsl.utils.exceptions import VerifyException

from npubuild.hardware.devices import Architecture, Channel, Direction, TileKind
from npubuild.hardware.limits import WORD_BITS, WORD_BYTES
from npubuild.hardware.registers import Push, bd_address
from npubuild.lowering import txn
from npubuild.lowering.descriptor_fields import burst_problems, descriptor_words, packet_problems, shim_fields
from npubuild.lowering.problems import Problem, RefusedError
from npubuild.lowering.program import Program
from npubuild.lowering.scope import BYTE_BITS, HostMemory, Scope, element_bits
from npubuild.lowering.transfers import AccessPattern, pattern_fields, pattern_problems
from npubuild.mlir.dialect.aiex import NpuDmaMemcpyNdOp, NpuDmaWaitOp

ADDRESS_WORD = 4  # bytes from the start of a shim descriptor to the word that the firmware patches


def lower_memcpy(op: NpuDmaMemcpyNdOp, scope: Scope, program: Program) -> None:
    """Write the descriptor, bind its address to the host argument, push it."""
    channel = scope.allocation(op.metadata).channel
    if channel.tile.kind is not TileKind.SHIM:
        raise RefusedError(Problem("dma-needs-shim", f"@{op.metadata} is on {channel.tile}, which is not a shim tile"))
    pattern = _pattern(op)
    memory = scope.trace(op.memref)
    if not isinstance(memory, HostMemory):
        raise RefusedError(Problem("dma-operand", "a shim transfer needs a buffer of the host, not one of a tile"))
    offset = memory.offset + byte_offset(op, pattern.element_bits)
    architecture = scope.placement.device.architecture
    problems = [*_problems(op, pattern, architecture), *offset_problems(offset)]
    if not program.check(op, problems):
        return
    address = bd_address(channel.tile, op.id)
    words = descriptor_words(_fields(op, pattern, architecture), TileKind.SHIM)
    program.emit(op, txn.BlockWrite(address, words))
    program.emit(op, txn.AddressPatch(address + ADDRESS_WORD, memory.argument, offset))
    program.emit_push(op, scope, channel, Push(op.id, pattern.hardware().wraps[3], _gives_token(op, channel)))


def _pattern(op: NpuDmaMemcpyNdOp) -> AccessPattern:
    try:
        return AccessPattern.outermost_first(op.sizes, op.strides, element_bits(op.memref.type))
    except VerifyException as error:
        raise RefusedError(Problem("dma-constant-lists", str(error), "loops over transfers must be unrolled")) from error


def byte_offset(op: NpuDmaMemcpyNdOp, bits: int) -> int:
    """Offsets count in units of the operation's own strides: in a dimension of stride 0 they vanish (3.4)."""
    elements = sum(offset * stride for offset, stride in zip(op.offsets, op.strides, strict=True))
    return elements * bits // BYTE_BITS


def offset_problems(offset: int) -> Iterator[Problem]:
    """Byte offsets into a host buffer that a descriptor cannot have."""
    if offset % WORD_BYTES:
        yield Problem("dma-offset-alignment", f"the offset of {offset} bytes is not a multiple of {WORD_BYTES}")
    if not 0 <= offset <= txn.WORD:
        yield Problem("dma-offset-range", f"the offset of {offset} bytes lies outside of any buffer")


def _gives_token(op: NpuDmaMemcpyNdOp, channel: Channel) -> bool:
    return op.issue_token or channel.direction is Direction.S2MM


def _fields(op: NpuDmaMemcpyNdOp, pattern: AccessPattern, architecture: Architecture) -> dict[str, int]:
    fields = {"length": pattern.words, "valid": 1} | pattern_fields(pattern, pattern.contiguous)
    if op.packet is not None:
        fields |= {"packet_enable": 1, "packet_type": op.packet.type, "packet_id": op.packet.id}
    return fields | shim_fields(architecture, op.burst)


def _problems(op: NpuDmaMemcpyNdOp, pattern: AccessPattern, architecture: Architecture) -> Iterator[Problem]:
    bits = pattern.element_bits
    if bits > WORD_BITS:
        hint = "view the buffer as 32-bit elements"
        yield Problem(
            "dma-element-width", f"elements of {bits} bits: dma_memcpy_nd moves at most {WORD_BITS}-bit ones", hint
        )
        return
    memref = op.memref.type
    shape = memref.get_shape() if isinstance(memref, MemRefType) else (DYNAMIC_INDEX,)
    if DYNAMIC_INDEX in shape:
        yield Problem("dma-operand", "the host buffer must have a static shape")
    elif prod(shape) * bits < WORD_BITS:
        yield Problem("dma-buffer-size", f"the host buffer is smaller than the {WORD_BYTES} bytes that a DMA moves at least")
    yield from burst_problems(architecture, TileKind.SHIM, op.burst)
    if op.packet is not None:
        yield from packet_problems(op.packet.type, op.packet.id)
    yield from pattern_problems(pattern, TileKind.SHIM, pattern.contiguous)
    if any(op.zero_padding):
        hint = "pad in a memory tile, or in the host's buffer"
        yield Problem("dma-padding-on-shim", "a shim's descriptor cannot pad with zeros", hint)


def lower_wait(op: NpuDmaWaitOp, scope: Scope, program: Program) -> None:
    program.emit_sync(op, scope.allocation(op.symbol).channel)
