"""Numbers of buffer descriptors as the compiler gives them to tasks (npu-facts.md, 3.8): the lowest free one of the tile."""

from __future__ import annotations

from npubuild.hardware.devices import RESOURCES, Tile


class Numbering:
    """The descriptors in use, tile by tile."""

    def __init__(self) -> None:
        self._used: dict[Tile, set[int]] = {}

    def take(self, tile: Tile, wanted: int | None = None) -> int | None:
        """Reserve `wanted`, or the lowest free number; None when the tile has no more."""
        used = self._used.setdefault(tile, set())
        free = (number for number in range(RESOURCES[tile.kind].descriptors) if number not in used)
        number = next(free, None) if wanted is None else wanted
        if number is not None:
            used.add(number)
        return number

    def give_back(self, tile: Tile, number: int) -> None:
        self._used.get(tile, set()).discard(number)
