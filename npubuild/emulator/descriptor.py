"""A buffer descriptor as a channel runs it: registers decoded once, memory and locks already looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from npubuild.emulator.lock import Lock
from npubuild.emulator.pattern import Pattern, pattern, unpadded_counts
from npubuild.emulator.process import Words
from npubuild.emulator.stream import header
from npubuild.hardware.descriptors import BufferDescriptor, Dimension, Padding, decode
from npubuild.hardware.devices import RESOURCES, Direction, TileKind
from npubuild.hardware.limits import LOCAL_CHANNELS_FROM, ODD_CHANNELS_FROM

if TYPE_CHECKING:
    from npubuild.emulator.tile import TileState


class Slot:
    """The registers of one descriptor. `iteration` counts its executions; writing a word starts the count again."""

    __slots__ = ("iteration", "plan", "words")

    def __init__(self, count: int) -> None:
        self.words = [0] * count
        self.plan: Plan | None = None
        self.iteration = 0


class Plan:
    """What a channel needs to run a descriptor.

    `memory` is None on a shim, where `address` is looked up in the host's memory at each execution; else the descriptor
    begins at its word `base`. `pattern` covers the words in memory, `length` is what the stream carries (zeros of
    `padding` included). `strided` is the pattern, or None where the words lie one after the other. A `simple` descriptor
    lies in a tile's memory, in the same place at each execution, and carries nothing but what is there. `problem` says why
    no channel can run it.
    """

    __slots__ = (
        "acquire", "acquire_value", "address", "base", "dimensions", "header", "iteration_step", "iteration_wrap", "length",
        "memory", "next", "packet_id", "padding", "pattern", "problem", "release", "release_value", "remote",
        "simple", "strided",
    )  # fmt: skip

    def __init__(self, tile: TileState, words: Sequence[int]) -> None:
        bd = decode(words, tile.kind)
        self.problem = "" if bd.valid else "is not valid"
        self.length = bd.length
        self.next = bd.next_bd
        self.iteration_wrap, self.iteration_step = bd.iteration
        self.packet_id = bd.packet.id if bd.packet else None
        self.header = header(tile.tile, bd.packet.type, bd.packet.id) if bd.packet else 0
        self.remote = False
        self._set_pattern(bd)
        self._set_memory(tile, bd)
        self._set_locks(tile, bd)
        self.strided = None if self.pattern.contiguous else self.pattern
        self.simple = (
            self.memory is not None
            and bd.iteration.wrap == 1
            and not bd.iteration_current
            and not bd.padding
            and not bd.packet
            and self.base + self.pattern.extent <= self.memory.size
        )
        if bd.tlast_suppress and bd.packet:
            self.problem = (
                self.problem or "joins several descriptors into one packet (TLAST suppressed), which is not modelled"
            )

    def _set_pattern(self, bd: BufferDescriptor) -> None:
        self.padding: tuple[Padding, ...] = bd.padding
        self.dimensions: tuple[Dimension, ...] = bd.dimensions
        self.pattern: Pattern = pattern(self.length, bd.dimensions)
        if bd.padding:
            counts = unpadded_counts(self.length, bd.dimensions, bd.padding)
            loops = tuple(Dimension(count, loop.step) for count, loop in zip(counts, bd.dimensions, strict=False))
            total = 1
            for count in counts:
                total *= count
            self.pattern = pattern(total, loops)

    def _set_memory(self, tile: TileState, bd: BufferDescriptor) -> None:
        self.memory: Words | None = None
        self.base = 0
        self.address = bd.address
        if tile.kind is TileKind.SHIM:
            return
        owner, offset = tile.window(bd.address)
        if owner is None:
            self.problem = self.problem or f"has address {bd.address:#x}, where this tile's DMA reaches no memory"
            return
        self.remote |= owner is not tile
        self.memory = owner.memory.words
        self.base = offset // 4

    def _set_locks(self, tile: TileState, bd: BufferDescriptor) -> None:
        self.acquire: Lock | None = None
        self.release: Lock | None = None
        self.acquire_value = self.release_value = 0
        if bd.acquire:
            self.acquire, self.acquire_value = self._lock(tile, bd.acquire.lock), bd.acquire.value
        if bd.release and bd.release.value:
            self.release, self.release_value = self._lock(tile, bd.release.lock), bd.release.value

    def _lock(self, tile: TileState, number: int) -> Lock | None:
        owner, local = tile.lock_window(number)
        if owner is None:
            self.problem = self.problem or f"names lock {number}, which this tile's DMA does not reach"
            return None
        self.remote |= owner is not tile
        return owner.locks[local]

    def refusal(self, kind: TileKind, direction: Direction, channel: int, bd: int) -> str:
        """Why this channel in particular cannot run it; empty when it can."""
        if self.problem:
            return self.problem
        if kind is TileKind.MEM:
            if (bd < ODD_CHANNELS_FROM) != (channel % 2 == 0):
                return f"is out of reach: descriptors {_half(channel)} belong to this channel of a memory tile"
            if self.remote and channel >= LOCAL_CHANNELS_FROM:
                return "uses a neighbour's memory or lock, which channels 4 and 5 of a memory tile do not reach"
        if self.padding and direction is Direction.S2MM:
            return "has zero padding, which only the sending side of a memory tile can do"
        return ""


def _half(channel: int) -> str:
    last = RESOURCES[TileKind.MEM].descriptors - 1
    return f"{ODD_CHANNELS_FROM} to {last}" if channel % 2 else f"0 to {ODD_CHANNELS_FROM - 1}"
