"""What the sections of a container say together: kernels, memories, what is connected to what, the partition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from npubuild.xclbin.container import Container, SectionKind
from npubuild.xclbin.fields import Fields
from npubuild.xclbin.metadata import Kernel, parse_metadata
from npubuild.xclbin.partition import Partition, Pdi, parse_partition
from npubuild.xclbin.sections import (
    ComputeUnit,
    Connection,
    Memory,
    parse_compute_units,
    parse_connections,
    parse_memories,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Contents:
    """The parsed sections. The group sections stand for the plain ones where both are there, as in the runtime."""

    memories: tuple[Memory, ...]
    connections: tuple[Connection, ...]
    units: tuple[ComputeUnit, ...]
    kernels: tuple[Kernel, ...]
    partition: Partition | None

    def bank(self, unit: int, argument: int) -> int | None:
        """The memory bank of an argument, None for one that is not connected (a scalar)."""
        found = (c.memory for c in self.connections if (c.unit, c.argument) == (unit, argument))
        return next(found, None)

    def inconsistencies(self) -> Iterator[str]:
        """What makes the runtime or the driver refuse the file, although every section is well-formed."""
        kernels = {kernel.name: kernel for kernel in self.kernels}
        served = {kernel for pdi in self.pdis for group in pdi.groups for kernel in group.kernel_ids}
        for unit in self.units:
            kernel = kernels.get(unit.name.partition(":")[0])
            if kernel is None:
                yield f"compute unit {unit.name} belongs to no kernel of the metadata"
            elif kernel.kernel_id != unit.kernel_id:
                yield f"compute unit {unit.name} has kernel id {unit.kernel_id:#x}, the metadata say {kernel.kernel_id:#x}"
            if self.pdis and unit.kernel_id not in served:
                yield f"no PDI of the partition serves kernel id {unit.kernel_id:#x} of compute unit {unit.name}"
        for connection in self.connections:
            if not (0 <= connection.memory < len(self.memories) and 0 <= connection.unit < len(self.units)):
                yield (
                    f"argument {connection.argument} is connected to memory {connection.memory} and compute unit "
                    f"{connection.unit}, which do not both exist"
                )

    @property
    def pdis(self) -> tuple[Pdi, ...]:
        return self.partition.pdis if self.partition else ()


def parse_contents(container: Container) -> Contents:
    """Parse every section that the runtime reads; UserError for one that is damaged. Absent ones are empty."""

    def parsed(parse: Callable[[Fields], T], *kinds: SectionKind) -> T | None:
        for kind in kinds:
            section = container.section(kind)
            if section is not None:
                return parse(container.fields(section))
        return None

    return Contents(
        parsed(parse_memories, SectionKind.ASK_GROUP_TOPOLOGY, SectionKind.MEM_TOPOLOGY) or (),
        parsed(parse_connections, SectionKind.ASK_GROUP_CONNECTIVITY, SectionKind.CONNECTIVITY) or (),
        parsed(parse_compute_units, SectionKind.IP_LAYOUT) or (),
        parsed(parse_metadata, SectionKind.EMBEDDED_METADATA) or (),
        parsed(parse_partition, SectionKind.AIE_PARTITION),
    )
