"""The binary sections that an NPU file has: memories, connectivity, compute units, partition (xrt-facts.md, 1.3)."""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from npubuild.xclbin.fields import Fields


class MemoryType(enum.IntEnum):
    """Types of memories; on an NPU all are DRAM."""

    DDR3 = 0
    DDR4 = 1
    DRAM = 2
    STREAMING = 3
    PREALLOCATED_GLOB = 4
    ARE = 5
    HBM = 6
    BRAM = 7
    URAM = 8
    STREAMING_CONNECTION = 9
    HOST = 10
    PS_KERNEL = 11


@dataclass(frozen=True)
class Memory:
    """A memory bank: `size_kib` in KiB, `base` a device address, `tag` its name (at most 15 characters)."""

    tag: str
    size_kib: int
    base: int
    type: int = MemoryType.DRAM
    used: bool = True


_MEMORY = "BB6xQQ16s"


def pack_memories(memories: Iterable[Memory]) -> bytes:
    """MEM_TOPOLOGY or ASK_GROUP_TOPOLOGY."""
    entries = [struct.pack(f"<{_MEMORY}", m.type, m.used, m.size_kib, m.base, m.tag.encode()) for m in memories]
    return struct.pack("<i4x", len(entries)) + b"".join(entries)


def parse_memories(fields: Fields) -> tuple[Memory, ...]:
    """The reverse of `pack_memories`; UserError where the size and the count disagree."""
    (count,) = fields.unpack("i", 0)
    memories = []
    for offset in range(8, 8 + 40 * fields.count(count, 0, header=8, entry=40), 40):
        type_, used, size_kib, base, _ = fields.unpack(_MEMORY, offset)
        memories.append(Memory(fields.string(offset + 24, 16), size_kib, base, type_, bool(used)))
    return tuple(memories)


@dataclass(frozen=True)
class Connection:
    """Argument number `argument` of compute unit `unit` is connected to memory bank `memory`; all three are indices."""

    argument: int
    unit: int
    memory: int


def pack_connections(connections: Iterable[Connection]) -> bytes:
    """CONNECTIVITY or ASK_GROUP_CONNECTIVITY."""
    entries = [struct.pack("<3i", c.argument, c.unit, c.memory) for c in connections]
    return struct.pack("<i", len(entries)) + b"".join(entries)


def parse_connections(fields: Fields) -> tuple[Connection, ...]:
    """The reverse of `pack_connections`; UserError where the size and the count disagree."""
    (count,) = fields.unpack("i", 0)
    entries = fields.count(count, 0, header=4, entry=12)
    return tuple(Connection(*fields.unpack("3i", 4 + 12 * number)) for number in range(entries))


PS_KERNEL = 7  # type of a compute unit on an NPU
UNUSED_ADDRESS = (1 << 64) - 1
DPU_SUBTYPE = 1


@dataclass(frozen=True)
class ComputeUnit:
    """An entry of IP_LAYOUT: `name` is `kernel:instance`, `kernel_id` also names it in the partition."""

    name: str
    kernel_id: int
    subtype: int = DPU_SUBTYPE
    functional: int = 0
    type: int = PS_KERNEL
    base: int = UNUSED_ADDRESS

    @property
    def properties(self) -> int:
        """The word that holds subtype, function and kernel id."""
        return self.kernel_id << 16 | self.functional << 4 | self.subtype


def pack_compute_units(units: Iterable[ComputeUnit]) -> bytes:
    """IP_LAYOUT."""
    entries = [struct.pack("<IIQ64s", unit.type, unit.properties, unit.base, unit.name.encode()) for unit in units]
    return struct.pack("<i4x", len(entries)) + b"".join(entries)


def parse_compute_units(fields: Fields) -> tuple[ComputeUnit, ...]:
    """The reverse of `pack_compute_units`; UserError where the size and the count disagree."""
    (count,) = fields.unpack("i", 0)
    units = []
    for offset in range(8, 8 + 80 * fields.count(count, 0, header=8, entry=80), 80):
        type_, properties, base = fields.unpack("IIQ", offset)
        name = fields.string(offset + 16, 64)
        units.append(ComputeUnit(name, properties >> 16 & 0xFFF, properties & 3, properties >> 4 & 3, type_, base))
    return tuple(units)
