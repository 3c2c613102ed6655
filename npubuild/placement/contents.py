"""Sizes and initial contents of buffers: what a memref type means in bytes."""

from __future__ import annotations

import math

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, FixedBitwidthType, IndexType, MemRefType

INDEX_BITS = 64  # an `index` in a data memory takes eight bytes, as in the real compiler's data layout


def element_bits(memref: MemRefType) -> int | None:
    """The width of one element in bits; None for an element that the array does not store (vectors, nested memrefs)."""
    if isinstance(memref.element_type, IndexType):
        return INDEX_BITS
    if isinstance(memref.element_type, FixedBitwidthType):
        return memref.element_type.bitwidth
    return None


def elements(memref: MemRefType) -> int:
    """The number of elements of a static shape."""
    return math.prod(memref.get_shape())


def storable(memref: MemRefType) -> bool:
    """Whether the type has a static shape and elements of a known width."""
    return element_bits(memref) is not None and all(size >= 0 for size in memref.get_shape())


def byte_count(memref: MemRefType) -> int:
    """The bytes that a storable type occupies: every element takes whole bytes, without padding between them."""
    return elements(memref) * (-(-(element_bits(memref) or 0) // 8))


def initial_bytes(value: DenseIntOrFPElementsAttr, memref: MemRefType) -> bytes:
    """The `byte_count(memref)` bytes that `value` puts into a buffer, little-endian; a splat is spread out."""
    data, size = value.data.data, byte_count(memref)
    return data * (size // len(data)) if data and len(data) < size else data
