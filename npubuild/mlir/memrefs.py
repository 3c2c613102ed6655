"""What memref types mean in elements, bits and bytes."""

from __future__ import annotations

import math

from xdsl.dialects.builtin import FixedBitwidthType, IndexType, MemRefType, UnrankedMemRefType
from xdsl.ir import Attribute

from npubuild.mlir.elements import BITS

INDEX_BITS = BITS["index"]  # as in the real compiler's data layout


def element_bits(memref: Attribute) -> int | None:
    """The width of one element in bits; None for what the array does not store (vectors, nested memrefs) and no memref."""
    element = memref.element_type if isinstance(memref, MemRefType | UnrankedMemRefType) else None
    if isinstance(element, IndexType):
        return INDEX_BITS
    return element.bitwidth if isinstance(element, FixedBitwidthType) else None


def elements(memref: MemRefType) -> int:
    """The number of elements of a static shape."""
    return math.prod(memref.get_shape())


def storable(memref: MemRefType) -> bool:
    """Whether the type has a static shape and elements of a known width."""
    return element_bits(memref) is not None and all(size >= 0 for size in memref.get_shape())


def byte_count(memref: MemRefType) -> int:
    """The bytes that a storable type occupies: every element takes whole bytes, without padding between them."""
    return elements(memref) * (-(-(element_bits(memref) or 0) // 8))


def known_byte_count(type_: Attribute) -> int | None:
    """The bytes of any type that is storable, None for every other."""
    return byte_count(type_) if isinstance(type_, MemRefType) and storable(type_) else None
