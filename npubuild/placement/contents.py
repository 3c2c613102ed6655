"""Initial contents of buffers."""

from __future__ import annotations

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, MemRefType

from npubuild.mlir.memrefs import byte_count


def initial_bytes(value: DenseIntOrFPElementsAttr, memref: MemRefType) -> bytes:
    """The `byte_count(memref)` bytes that `value` puts into a buffer, little-endian; a splat is spread out."""
    data, size = value.data.data, byte_count(memref)
    return data * (size // len(data)) if data and len(data) < size else data
