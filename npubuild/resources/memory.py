"""What lies where in the data memory of a core tile: stack, buffers, and above them the constants of the linked objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from npubuild.resources.core import CoreUse, Range


def is_variable(section: str) -> bool:
    """Whether a section is of variables; `.data.rel.ro` is of constants, with addresses that a linker fills in."""
    return section.startswith((".data", ".bss")) and not section.startswith(".data.rel.ro")


def kind_of(section: str) -> str:
    """What lies in a section, named `source:.section`."""
    return "variables" if is_variable(section.rpartition(":")[2]) else "constants"


@dataclass(frozen=True)
class TileMemory:
    """The memory of one core tile. `constants` are bytes by section, variables included, which the linker puts above the
    highest buffer.
    """

    core: CoreUse
    constants: Mapping[str, int]

    @property
    def top(self) -> int:
        """The end of what the design itself puts there."""
        return max((used.end for used in self.core.ranges), default=0)

    @property
    def room(self) -> int:
        """Bytes that are left for constants (rule 27 of npu-facts.md, section 6)."""
        return self.core.memory - self.top

    @property
    def needed(self) -> int:
        return sum(self.constants.values())

    @property
    def kinds(self) -> str:
        """What `constants` are, in words."""
        return " and ".join(sorted({kind_of(section) for section in self.constants}))

    def lines(self) -> Iterator[str]:
        """The table of what lies where, gaps included."""
        position = 0
        for used in self.core.ranges:
            if used.start > position:
                yield f"  {Range(position, used.start, 'free')}"
            yield f"  {used}"
            position = max(position, used.end)
        for name, nbytes in sorted(self.constants.items(), key=lambda item: -item[1]):
            beyond = "  <- beyond the end" if position + nbytes > self.core.memory else ""
            yield f"  {Range(position, position + nbytes, f'{kind_of(name)}, {name}')}{beyond}"
            position += nbytes
        if position < self.core.memory:
            yield f"  {Range(position, self.core.memory, 'free')}"
