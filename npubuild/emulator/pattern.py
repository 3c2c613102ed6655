"""The order in which a buffer descriptor visits memory, as NumPy views: no word is ever moved by Python itself.

Dimension d makes `wrap` steps of `step` words before the next one takes a step; a wrap of 0 never wraps, so what follows it
is not used. The number of words is the descriptor's length, whatever the wraps say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from npubuild.emulator.process import Words
from npubuild.hardware.descriptors import Dimension, Padding
from npubuild.hardware.limits import WORD_BYTES

REMEMBERED = 1024  # pieces of one pattern whose place is kept: a ring visits the same ones over and over
REMEMBERED_INDICES = 1 << 17  # in all index arrays that one pattern keeps

Indices = npt.NDArray[np.int64]


class View(NamedTuple):
    """A piece of a pattern that NumPy can address: `offset` in words, `strides` in bytes, outermost dimension first."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int


class Pattern:
    """The addresses of `length` words, relative to the first; `extent` is the highest relative word address plus one."""

    __slots__ = ("_distinct", "_pieces", "_room", "contiguous", "counts", "extent", "length", "steps")

    def __init__(self, length: int, dimensions: tuple[Dimension, ...]) -> None:
        self.length = length
        loops = _loops(length, dimensions)
        self.counts = tuple(loop.wrap for loop in loops)
        self.steps = tuple(loop.step for loop in loops)
        self.contiguous = self.steps in {(), (1,)}
        self.extent = _extent(length, loops)
        self._distinct = _distinct(loops)
        self._pieces: dict[tuple[int, int], View | Indices] = {}
        self._room = REMEMBERED_INDICES

    def read(self, memory: Words, base: int, start: int, count: int) -> Words:
        """Words `start` to `start + count` of the pattern laid over `memory` at word `base`: a view where there is one."""
        piece = self._piece(start, count)
        if isinstance(piece, View):
            view: Words = np.ndarray(piece.shape, np.uint32, memory.data, WORD_BYTES * (base + piece.offset), piece.strides)
            return view
        gathered: Words = memory[piece + base]
        return gathered

    def write(self, memory: Words, base: int, start: int, words: Words) -> None:
        """Put `words` (any shape, in order) where `read` would find them; the last word wins a place visited twice."""
        # NumPy goes through a view in an order of its own, through indices in theirs.
        piece = self._piece(start, words.size) if self._distinct else self.indices(start, words.size)
        if isinstance(piece, View):
            view: Words = np.ndarray(piece.shape, np.uint32, memory.data, WORD_BYTES * (base + piece.offset), piece.strides)
            view[...] = words.reshape(piece.shape)
        else:
            memory[piece + base] = words.reshape(-1)

    def indices(self, start: int, count: int) -> Indices:
        """The relative word addresses of a piece."""
        position = np.arange(start, start + count, dtype=np.int64)
        address = np.zeros(count, np.int64)
        for number, (wrap, step) in enumerate(zip(self.counts, self.steps, strict=True)):
            if number + 1 < len(self.counts):
                position, place = np.divmod(position, wrap)
            else:
                place = position
            address += place * step
        return address

    def _piece(self, start: int, count: int) -> View | Indices:
        key = (start, count)
        piece = self._pieces.get(key)
        if piece is None:
            piece = self._view(start, count)
            room = REMEMBERED_INDICES
            if piece is None:
                piece = self.indices(start, count)
                room = self._room = self._room - count
            if len(self._pieces) < REMEMBERED and room >= 0:
                self._pieces[key] = piece
        return piece

    def _view(self, start: int, count: int) -> View | None:
        """The piece as whole rows of one dimension, if it is that."""
        block = 1
        last = len(self.counts) - 1
        for number, (wrap, step) in enumerate(zip(self.counts, self.steps, strict=True)):
            first, within = divmod(start, block)
            rows, rest = divmod(count, block)
            if within or rest:
                return None
            if number == last or first % wrap + rows <= wrap:
                shape = (rows, *reversed(self.counts[:number]))
                strides = tuple(WORD_BYTES * stride for stride in (step, *reversed(self.steps[:number])))
                return View(shape, strides, self._address(start))
            block *= wrap
        return View((count,), (WORD_BYTES,), start)

    def _address(self, position: int) -> int:
        address = 0
        for wrap, step in zip(self.counts[:-1], self.steps[:-1], strict=True):
            position, place = divmod(position, wrap)
            address += place * step
        return address + position * self.steps[-1]


@lru_cache(maxsize=4096)
def pattern(length: int, dimensions: tuple[Dimension, ...]) -> Pattern:
    """The pattern of a descriptor (dimensions innermost first)."""
    return Pattern(length, dimensions)


def _loops(length: int, dimensions: tuple[Dimension, ...]) -> list[Dimension]:
    """The dimensions that are really used, with their counts; neighbours that continue one another become one."""
    loops: list[Dimension] = []
    block = 1
    for number, (wrap, step) in enumerate(dimensions):
        needed = -(-length // block)
        endless = wrap == 0 or number == len(dimensions) - 1
        count = needed if endless else min(wrap, needed)
        if count > 1:
            if loops and loops[-1].wrap * loops[-1].step == step:
                loops[-1] = Dimension(loops[-1].wrap * count, loops[-1].step)
            else:
                loops.append(Dimension(count, step))
        block *= max(count, 1)
        if endless:
            break
    return loops


def _distinct(loops: list[Dimension]) -> bool:
    """Whether no address comes twice, as far as one can tell from each step being longer than all shorter ones together."""
    reach = 0
    for wrap, step in sorted(loops, key=lambda loop: loop.step):
        if step <= reach:
            return False
        reach += (wrap - 1) * step
    return True


def _extent(length: int, loops: list[Dimension]) -> int:
    """One more than the highest relative address; the last row of each dimension may be incomplete."""
    if length <= 1 or not loops:
        return length
    *inner, outer = loops
    block = 1
    for loop in inner:
        block *= loop.wrap
    full, rest = divmod(length, block)
    highest = 0
    if full:
        highest = (full - 1) * outer.step + _extent(block, inner)
    if rest:
        highest = max(highest, full * outer.step + _extent(rest, inner))
    return highest


def pad(words: Words, length: int, dimensions: tuple[Dimension, ...], padding: tuple[Padding, ...]) -> Words:
    """Zeros around each dimension (memory tile MM2S): the `length` words of the stream, zeros counted.

    `words` are the data without the zeros, as many as `unpadded_counts` says.
    """
    counts = unpadded_counts(length, dimensions, padding)
    shaped = words.reshape(tuple(reversed(counts)))
    around = [(0, 0)] * (len(counts) - len(padding)) + [(edge.before, edge.after) for edge in reversed(padding)]
    padded: Words = np.pad(shaped, around).reshape(-1)[:length]
    return padded


def unpadded_counts(length: int, dimensions: tuple[Dimension, ...], padding: tuple[Padding, ...]) -> tuple[int, ...]:
    """How many steps each dimension (innermost first) makes in memory, so that with the zeros `length` words come out."""
    counts: list[int] = []
    block = 1
    for number in range(max(len(dimensions), len(padding))):
        wrap = dimensions[number].wrap if number < len(dimensions) else 0
        edges = sum(padding[number]) if number < len(padding) else 0
        total = -(-length // block)
        count = max(min(wrap, total) if wrap else total - edges, 1)
        counts.append(count)
        block *= count + edges
    return tuple(counts)
