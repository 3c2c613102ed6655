"""What a design asks of one core tile: its stack, its buffers, and the functions that its core calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Range:
    """Bytes `start` to `end` (not included) of a tile's memory."""

    start: int
    end: int
    what: str

    def __str__(self) -> str:
        return f"{self.start:>7} to {self.end:>7} {self.end - self.start:>7} bytes: {self.what}"


@dataclass(frozen=True)
class CoreUse:
    """One core. `memory` are the bytes of its tile, `ranges` what the design puts there, stack included, by address."""

    tile: str
    memory: int
    stack_size: int
    functions: tuple[str, ...]
    ranges: tuple[Range, ...]

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_facts(facts: Mapping[str, Any]) -> CoreUse:
        ranges = tuple(Range(**entry) for entry in facts["ranges"])
        return CoreUse(facts["tile"], facts["memory"], facts["stack_size"], tuple(facts["functions"]), ranges)
