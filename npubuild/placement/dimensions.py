"""Access patterns of static buffer descriptors: from (size, stride) in elements to dimensions in words.

The quirks of the real compiler's static path are kept (npu-facts.md, 5.3): the inner size is scaled to words and the outer
strides are too, rounded down, 0 becoming 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from npubuild.hardware.descriptors import Dimension, Padding
from npubuild.hardware.devices import RESOURCES, Direction, TileKind
from npubuild.hardware.limits import WORD_BITS
from npubuild.mlir.memrefs import element_bits, elements
from npubuild.placement.findings import Findings
from npubuild.placement.programs import Transfer

MAX_SIZE = 512  # the compiler's own limit, although its message names 1023
MAX_STRIDE = 1 << 19
WRAP_LIMITS = {
    TileKind.SHIM: (1023, 1023, 0),
    TileKind.CORE: (255, 255, 0),
    TileKind.MEM: (1023, 1023, 1023, 0),
}
"""The largest wrap that the fields of each dimension hold, innermost first (npu-facts.md, 3.4 and 3.9); 0: no field."""


def words(count: int, bits: int) -> int:
    """`count` elements of `bits` in whole words, rounded down."""
    return count * bits // WORD_BITS


def dimensions_in_words(dims: Sequence[tuple[int, int]], bits: int, kind: TileKind) -> tuple[Dimension, ...]:
    """The dimensions of a descriptor, innermost first; unused ones have the reset values (no wrap, step of one word).

    The innermost stride is taken as it is for elements of a word or more, and is 1 for smaller ones.
    """
    found: list[Dimension] = []
    limits = WRAP_LIMITS[kind]
    for position, (size, stride) in enumerate(reversed(dims)):
        wrap = words(size, bits) if position == 0 else size
        step = max(1, stride if position == 0 else words(stride, bits))
        found.append(Dimension(wrap & limits[position], step))
    found += [Dimension(0, 1)] * (RESOURCES[kind].dimensions - len(found))
    return tuple(found)


def padding_in_words(pads: Sequence[tuple[int, int]], bits: int) -> tuple[Padding, ...]:
    """Zeros before and after each dimension, innermost first: words inside, repetitions of the inner ones further out."""
    found = [Padding(before, after) for before, after in reversed(pads)]
    if found:
        found[0] = Padding(words(found[0].before, bits), words(found[0].after, bits))
    return tuple(found)


def check_pattern(transfer: Transfer, findings: Findings) -> None:
    """Report what the verifier of `aie.dma_bd` refuses about the dimensions and the padding of a transfer."""
    kind, dims = transfer.channel.tile.kind, transfer.dims
    most = RESOURCES[kind].dimensions
    if len(dims) > most:
        findings.error(
            transfer.op,
            "dma-dimensions",
            f"{len(dims)} dimensions; a buffer descriptor of a {kind.value} tile has {most}",
            "merge dimensions that follow each other in memory" + (", or use a memory tile (4)" if most < 4 else ""),
        )
        return
    for size, stride in dims:
        if not 1 <= size <= MAX_SIZE:
            hint = f"sizes are 1 to {MAX_SIZE}: split the dimension"
            findings.error(transfer.op, "dims-size", f"a dimension of size {size}", hint)
        if not 0 <= stride < MAX_STRIDE:
            findings.error(transfer.op, "dims-stride", f"a stride of {stride} elements", f"strides are below {MAX_STRIDE}")
    bits = element_bits(transfer.memref) or WORD_BITS
    if dims and bits != WORD_BITS and dims[-1][1] != 1:
        findings.error(
            transfer.op,
            "dims-inner-stride",
            f"an inner stride of {dims[-1][1]} with elements of {bits} bits",
            "the DMA moves 32-bit words: only 32-bit elements can be picked one by one, so keep the inner stride 1 and"
            " reorder single elements in a core",
        )
    furthest = sum(stride * (size - 1) for size, stride in dims)
    if furthest >= elements(transfer.memref):
        findings.error(
            transfer.op,
            "dims-out-of-bounds",
            f"the access pattern reaches element {furthest} of a buffer of {elements(transfer.memref)}",
            "the last element of the pattern, the sum of stride * (size - 1), has to lie in the buffer",
        )
    _check_wraps(transfer, bits, kind, findings)
    if transfer.pads:
        _check_padding(transfer, bits, findings)


def _check_wraps(transfer: Transfer, bits: int, kind: TileKind, findings: Findings) -> None:
    """Report sizes that the wrap fields would cut; the outermost one may be lost, because the length implies it."""
    for position, (size, _) in enumerate(reversed(transfer.dims)):
        wrap, limit = words(size, bits) if position == 0 else size, WRAP_LIMITS[kind][position]
        if wrap <= limit or (position == len(transfer.dims) - 1 and wrap & limit == 0):
            continue
        findings.error(
            transfer.op,
            "dims-wrap",
            f"dimension {position} (from the inside) wraps after {wrap}, and its field on a {kind.value} tile holds {limit}",
            "split the dimension into two, or let a memory tile do the reordering",
        )


def _check_padding(transfer: Transfer, bits: int, findings: Findings) -> None:
    """The length of a padding transfer counts the zeros."""
    dims, pads = transfer.dims, transfer.pads
    tile, direction, _ = transfer.channel
    if tile.kind is not TileKind.MEM or direction is not Direction.MM2S:
        findings.error(
            transfer.op,
            "padding-needs-memory-tile",
            f"padding on {direction.name} of {tile.kind.value} tile {tile}",
            "only the MM2S channels of memory tiles pad with zeros: send the data through one",
        )
    if len(dims) != len(pads):
        findings.error(
            transfer.op,
            "padding-dimensions",
            f"{len(pads)} paddings for {len(dims)} dimensions",
            "padding needs dimensions, and one pair of numbers for each of them",
        )
        return
    total = prod(before + size + after for (size, _), (before, after) in zip(dims, pads, strict=True))
    if total > transfer.length:
        findings.error(
            transfer.op,
            "padding-length",
            f"data and zeros are {total} elements, the transfer is {transfer.length} long",
            "the length of a padding descriptor counts the zeros",
        )
    if any(count * bits % WORD_BITS for count in pads[-1]):
        findings.error(
            transfer.op,
            "padding-words",
            f"inner padding of {pads[-1][0]} and {pads[-1][1]} elements of {bits} bits",
            "zeros are added in whole 32-bit words",
        )
