"""`dma_memcpy_nd`: everything its verifier checks, before and after fifos have become allocations (npu-facts.md, 3.10)."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from xdsl.dialects.builtin import MemRefType

from npubuild.hardware.devices import Device, devices
from npubuild.hardware.limits import BURSTS, WORD_BITS
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.dialect.aiex import NpuDmaMemcpyNdOp, constant_value
from npubuild.mlir.memrefs import element_bits
from npubuild.mlir.structure import Problem
from npubuild.mlir.verifier.array import packet_problems

MAX_WRAP = 1023  # of the two inner dimensions, in words and in steps
MAX_ITERATION = 64  # as the verifier has it; the field holds 63 (section 3.10)
MAX_STEP = 1 << 20
Numbers = tuple[int, ...]
"""Sizes or strides, innermost first, as the verifier's messages count them."""


def transfer_problems(device: DeviceOp) -> Iterator[Problem]:
    array = devices()[device.device_name]
    for op in device.block.walk():
        if isinstance(op, NpuDmaMemcpyNdOp):
            yield from _memcpy(op, array)


def _memcpy(op: NpuDmaMemcpyNdOp, array: Device) -> Iterator[Problem]:
    yield from _fields(op, array)
    bits = element_bits(op.memref.type)
    if bits is None:
        yield Problem(op, f"a transfer needs a memref of numbers, not {op.memref.type}", "dma-element-type")
        return
    if bits > WORD_BITS:
        message = f"elements of {bits} bits: a transfer takes at most {WORD_BITS}"
        yield Problem(op, message, "dma-element-width", "view the buffer as twice as many i32")
        return
    lists = [[entry if isinstance(entry, int) else constant_value(entry) for entry in op.mixed(name)] for name in _LISTS]
    for name, entries in zip(_LISTS, lists, strict=True):
        if None in entries:
            yield Problem(op, f"the {name} must be constants", "dma-constant-lists", "use `arith.constant`")
            return
    offsets, sizes, strides = (tuple(reversed([entry for entry in entries if entry is not None])) for entries in lists)
    yield from _offset(op, bits, offsets, strides)
    if any(size < 1 for size in sizes):
        at = next(index for index, size in enumerate(sizes) if size < 1)
        yield Problem(op, f"size {at} must be at least 1, not {sizes[at]} (0 is the innermost)", "dma-size-positive")
        return
    yield from _words(op, bits, sizes, strides)
    yield from _ranges(op, bits, sizes, strides)


_LISTS = ("offsets", "sizes", "strides")


def _fields(op: NpuDmaMemcpyNdOp, array: Device) -> Iterator[Problem]:
    legal = BURSTS[array.architecture]
    if op.burst and op.burst not in legal:
        known = ", ".join(map(str, legal))
        yield Problem(op, f"burst length {op.burst} is not one of `{array.name}`", "dma-burst-length", f"one of: {known}")
    if op.packet is not None:
        yield from packet_problems(op, op.packet.type, op.packet.id)


def _offset(op: NpuDmaMemcpyNdOp, bits: int, offsets: Numbers, strides: Numbers) -> Iterator[Problem]:
    memref = op.memref.type
    if isinstance(memref, MemRefType) and memref.has_static_shape() and prod(memref.get_shape()) * bits < WORD_BITS:
        yield Problem(op, "a host buffer of less than 4 bytes", "dma-buffer-size")
    offset = sum(offset * stride for offset, stride in zip(offsets, strides, strict=True)) * bits
    if offset % WORD_BITS:
        yield Problem(op, f"the offset of {offset // 8} bytes is not a multiple of 4", "dma-offset-alignment")


def _words(op: NpuDmaMemcpyNdOp, bits: int, sizes: Numbers, strides: Numbers) -> Iterator[Problem]:
    """A DMA moves words of 4 bytes, so rows and steps are whole words; an inner stride of 1 element is a plain row."""
    if sizes[0] * bits % WORD_BITS:
        message = f"the innermost size of {sizes[0]} elements is {sizes[0] * bits // 8} bytes, not a multiple of 4"
        yield Problem(op, message, "dma-size-alignment")
    for index, stride in enumerate(strides):
        if stride < (0 if index == 3 else 1) and sizes[index] > 1:
            message = f"stride {index} must be at least {0 if index == 3 else 1}, not {stride} (0 is the innermost)"
            yield Problem(op, message, "dma-stride-positive")
        elif stride * bits % WORD_BITS and not (index == 0 and stride == 1):
            message = f"stride {index} of {stride} elements is {stride * bits // 8} bytes, not a multiple of 4"
            yield Problem(op, message, "dma-stride-alignment")


def _ranges(op: NpuDmaMemcpyNdOp, bits: int, sizes: Numbers, strides: Numbers) -> Iterator[Problem]:
    """The fields of the descriptor; a transfer in one piece uses none of them and may have any length."""
    words = sizes[0] * bits // WORD_BITS
    contiguous = sizes[1:3] == (1, 1) and strides[:3] == (1, 0, 0)
    if words > MAX_WRAP and not contiguous:
        message = f"the innermost size of {words} words exceeds {MAX_WRAP}"
        hint = "split it in two dimensions, or make it one piece: sizes 1 and strides 0 around it"
        yield Problem(op, message, "dma-size-range", hint)
    if sizes[1] > MAX_WRAP:
        yield Problem(op, f"size 1 of {sizes[1]} exceeds {MAX_WRAP} (0 is the innermost)", "dma-size-range")
    if sizes[3] - 1 > MAX_ITERATION:
        yield Problem(op, f"the outermost size of {sizes[3]} exceeds {MAX_ITERATION}", "dma-iteration-range")
    for index, stride in enumerate(strides):
        if sizes[index] > 1 and stride * bits // WORD_BITS - 1 > MAX_STEP:
            yield Problem(op, f"stride {index} of {stride} elements exceeds {MAX_STEP} words", "dma-stride-range")
