"""Access patterns of DMA transfers, and the descriptor fields that encode them (npu-facts.md, 3.3, 3.4, 3.7 and 3.10).

Sizes and strides count elements and stand innermost first here; the source spells them outermost first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from npubuild.hardware.descriptors import FIELDS
from npubuild.hardware.devices import TileKind
from npubuild.hardware.limits import WORD_BITS, WORD_BYTES
from npubuild.lowering.problems import Problem

DIMENSIONS = 4
MAX_ITERATIONS = 64

Quad = tuple[int, int, int, int]


class Steps(NamedTuple):
    """A pattern as the hardware counts it, innermost first.

    `wraps`: words, then repetitions; the last one is stored minus one. `steps`: words, stored minus one.
    """

    wraps: Quad
    steps: Quad


class AccessPattern(NamedTuple):
    """Four nested loops over the elements of a buffer, innermost first; the outermost one is the iteration."""

    sizes: Quad
    strides: Quad
    element_bits: int

    @classmethod
    def outermost_first(cls, sizes: Sequence[int], strides: Sequence[int], element_bits: int) -> AccessPattern:
        """From lists of at most four entries as in the source; missing outer dimensions have size 1 and stride 0."""
        missing = DIMENSIONS - len(sizes)
        s0, s1, s2, s3 = [*reversed(sizes), *([1] * missing)]
        t0, t1, t2, t3 = [*reversed(strides), *([0] * missing)]
        return cls((s0, s1, s2, s3), (t0, t1, t2, t3), element_bits)

    @property
    def one_dimensional(self) -> bool:
        """No loop between the innermost one and the iteration: the test of tasks for a contiguous transfer."""
        return self.sizes[1] == 1 and self.sizes[2] == 1

    @property
    def contiguous(self) -> bool:
        """The stricter test of `dma_memcpy_nd` for a contiguous transfer, which then may have any length."""
        return self.one_dimensional and self.strides[:3] == (1, 0, 0)

    @property
    def words(self) -> int:
        """Words of one execution of the descriptor: the iteration does not count."""
        return self.in_words(self.sizes[0]) * self.sizes[1] * self.sizes[2]

    def in_words(self, elements: int) -> int:
        return elements * self.element_bits // WORD_BITS

    def hardware(self) -> Steps:
        """The counts of the hardware, rounded down where the pattern does not consist of whole words."""
        s0, s1, s2, s3 = self.sizes
        t0, t1, t2, t3 = map(self.in_words, self.strides)
        sub_word = self.strides[0] * self.element_bits < WORD_BITS or self.element_bits > WORD_BITS
        return Steps(
            wraps=(self.in_words(s0), s1, s2, s3 - 1 if s3 > 1 else 0),
            steps=(
                0 if sub_word else t0 - 1,
                t1 - 1 if s1 > 1 else 0,
                t2 - 1 if s2 > 1 else 0,
                t3 - 1 if s3 > 1 and self.strides[3] > 0 else 0,
            ),
        )


def pattern_fields(pattern: AccessPattern, contiguous: bool) -> dict[str, int]:
    """The descriptor fields of a pattern: dimensions (none when `contiguous`) and iteration, without the length.

    An outermost stride of 0 sends the same data again: that is a matter of the queue's repeat count alone.
    """
    wraps, steps = pattern.hardware()
    fields: dict[str, int] = {}
    if not contiguous:
        fields |= {"d0_wrap": wraps[0], "d1_wrap": wraps[1]}
        fields |= {"d0_step": steps[0], "d1_step": steps[1], "d2_step": steps[2]}
    if pattern.sizes[3] > 1 and pattern.strides[3] > 0:
        fields |= {"iteration_wrap": wraps[3], "iteration_step": steps[3]}
    return fields


def pattern_problems(pattern: AccessPattern, kind: TileKind, contiguous: bool) -> Iterator[Problem]:
    """What the compiler refuses about a pattern (npu-facts.md, 3.10); `contiguous` transfers may have any length."""
    unusable = list(_size_problems(pattern))
    yield from unusable or [*_alignment_problems(pattern), *_range_problems(pattern, kind, contiguous)]


def _size_problems(pattern: AccessPattern) -> Iterator[Problem]:
    for d, (size, stride) in enumerate(zip(pattern.sizes, pattern.strides, strict=True)):
        if size < 1:
            yield Problem("dma-size-positive", f"size {d} is {size}, it must be at least 1")
        elif size > 1 and stride < (0 if d == DIMENSIONS - 1 else 1):
            least = "0" if d == DIMENSIONS - 1 else "1"
            hint = "to send the same data again, use the outermost dimension" if stride == 0 else ""
            yield Problem(
                "dma-stride-positive", f"stride {d} is {stride}, it must be at least {least} for a size of {size}", hint
            )


def _alignment_problems(pattern: AccessPattern) -> Iterator[Problem]:
    bits = pattern.element_bits
    if pattern.sizes[0] * bits % WORD_BITS:
        size = f"{pattern.sizes[0]} elements of {bits} bits"
        yield Problem("dma-size-alignment", f"the innermost size, {size}, is not a multiple of {WORD_BYTES} bytes")
    for d, stride in enumerate(pattern.strides):
        if not (d == 0 and stride == 1) and stride * bits % WORD_BITS:
            message = f"stride {d}, {stride} elements of {bits} bits, is not a multiple of {WORD_BYTES} bytes"
            yield Problem("dma-stride-alignment", message)


def _range_problems(pattern: AccessPattern, kind: TileKind, contiguous: bool) -> Iterator[Problem]:
    wraps, steps = pattern.hardware()
    most_words, most_steps = FIELDS[kind]["d0_wrap"].mask, FIELDS[kind]["d0_step"].mask + 1
    if wraps[0] > most_words and not contiguous:
        hint = "split it over two dimensions, or use strides 0, 0, 0, 1 for one contiguous transfer"
        yield Problem("dma-size-range", f"size 0 is {wraps[0]} words, more than {most_words}", hint)
    if wraps[1] > most_words:
        yield Problem("dma-size-range", f"size 1 is {wraps[1]}, more than {most_words}")
    # One too many passes, as in the compiler: what follows of it is another check's to say (npu-facts.md, rule 23).
    if wraps[3] > MAX_ITERATIONS:
        yield Problem("dma-iteration-range", f"size 3 is {wraps[3] + 1}, more than {MAX_ITERATIONS}")
    for d, step in enumerate(steps):
        if step > most_steps:
            yield Problem("dma-stride-range", f"stride {d} is {step + 1} words, more than {most_steps}")
