"""Makes whole files: as aiecc and xclbinutil make them for the NPU, and emulated ones (xrt-facts.md, 1.5 to 1.7)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace

from npubuild.errors import Place, UserError
from npubuild.hardware.devices import devices
from npubuild.hardware.limits import DECLARED_BUFFERS
from npubuild.xclbin.container import NAME_CHARACTERS, Container, Mode, Section, SectionKind, read_container, write
from npubuild.xclbin.image import EmulationImage, pack_image, parse_image
from npubuild.xclbin.metadata import (
    FIRST_BUFFER,
    INSTANCE_NAME,
    KERNEL_NAME,
    Kernel,
    npu_kernel,
    render_metadata,
)
from npubuild.xclbin.mirror import mirror
from npubuild.xclbin.partition import CdoGroup, Partition, Pdi, pack_partition
from npubuild.xclbin.sections import (
    ComputeUnit,
    Connection,
    Memory,
    pack_compute_units,
    pack_connections,
    pack_memories,
)

HOST_BANK, SRAM_BANK = 0, 1
MEMORIES = (Memory("HOST", 0x10000, 0x4000000), Memory("SRAM", 0xC000, 0x4000000))
INSTRUCTION_ARGUMENT = 1
PDI_ID = 1
PRE_GROUP = 0xC1


def write_npu_like(
    pdi: bytes,
    *,
    columns: int,
    uuid: bytes,
    timestamp: int,
    pdi_uuid: bytes,
    buffers: int = DECLARED_BUFFERS,
    device: str = "main",
    version: tuple[int, int, int] = (2, 20, 0),
) -> bytes:
    """The file that aiecc makes with xclbinutil from the image `pdi`, of a design with `columns` columns.

    `buffers` data buffers are declared; uuids have 16 bytes, `timestamp` is in seconds. `device` is the name of the
    `aie.device`, after which aiecc names its intermediate files and so two of the sections.
    """
    kernel = npu_kernel(buffers)
    group = CdoGroup("DPU", PDI_ID, (kernel.kernel_id,), (PRE_GROUP,))
    partition = Partition(columns, pdis=(Pdi(pdi_uuid, pdi, (group,)),))
    container = Container(
        _sections(kernel, partition, device), uuid, unique_id=timestamp, timestamp=timestamp, version=version
    )
    return write(replace(container, tail=mirror(container)))


def write_emulated(
    image: EmulationImage,
    *,
    buffers: int = DECLARED_BUFFERS,
    kernel: str = KERNEL_NAME,
    instance: str = INSTANCE_NAME,
    timestamp: int | None = None,
) -> bytes:
    """An emulated file: header mode SW_EMU, a partition without PDI, `image` in an EMULATION_DATA section.

    The kernel metadata are what aiecc writes for a kernel with `buffers` data buffers. `timestamp` (seconds) is
    SOURCE_DATE_EPOCH by default, else 0, and the uuid is a digest of the sections: equal inputs give equal bytes.
    Raises UserError for a device that does not exist.
    """
    if image.manifest.device not in devices():
        raise UserError.at(Place(image.manifest.design), f"there is no device `{image.manifest.device}`")
    partition = Partition(devices()[image.manifest.device].columns)
    sections = (
        *_sections(npu_kernel(buffers, kernel, instance), partition, device="main"),
        Section(SectionKind.EMULATION_DATA, pack_image(image), "emulation"),
    )
    seconds = _source_date() if timestamp is None else timestamp
    uuid = content_uuid(sections)
    container = Container(sections, uuid, Mode.SW_EMU, unique_id=seconds, timestamp=seconds)
    return write(replace(container, tail=mirror(container)))


def read_emulation_image(path: str | os.PathLike[str]) -> EmulationImage:
    """The image of an emulated file; UserError for any other file, an NPU's XCLBIN included."""
    return emulation_image(read_container(path))


def emulation_image(container: Container) -> EmulationImage:
    """The image of an emulated container; UserError for an NPU's, and where the content differs from its uuid."""
    section = container.section(SectionKind.EMULATION_DATA)
    place = Place(container.file)
    if section is None or container.mode != Mode.SW_EMU:
        raise UserError.at(
            place,
            "this XCLBIN was built for an NPU: it has no emulation image",
            hint="build the kernel with toolchain=emulated, or run this file on an NPU",
            rule="xclbin-target",
        )
    if content_uuid(container.sections) != container.uuid:
        raise UserError.at(
            place,
            "byte 0x1a0: the uuid is not the digest of the contents: the file is damaged",
            hint="build the kernel again",
            rule="xclbin-uuid",
        )
    return parse_image(container.fields(section))


def require_npu(container: Container) -> None:
    """UserError if the container is an emulated one, which holds nothing that an NPU could load."""
    if container.mode == Mode.SW_EMU or container.section(SectionKind.EMULATION_DATA):
        raise UserError.at(
            Place(container.file),
            "this XCLBIN is an emulated one: it has no PDI that an NPU could load",
            hint="build the kernel with toolchain=npu, or run this file on the emulator",
            rule="xclbin-target",
        )


def content_uuid(sections: tuple[Section, ...]) -> bytes:
    """16 bytes that depend on the kind, name and contents of every section."""
    digest = hashlib.sha256()
    for section in sections:
        digest.update(f"{int(section.kind)} {section.name[:NAME_CHARACTERS]} {len(section.data)}\n".encode())
        digest.update(section.data)
    return digest.digest()[:16]


def _source_date() -> int:
    text = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not text.isdecimal() or int(text) >= 1 << 63:
        raise UserError.at(Place("SOURCE_DATE_EPOCH"), f"not a number of seconds: `{text}`")
    return int(text)


def _sections(kernel: Kernel, partition: Partition, device: str) -> tuple[Section, ...]:
    """The seven sections of an NPU file, in the order in which xclbinutil leaves them."""
    units = tuple(ComputeUnit(f"{kernel.name}:{instance}", kernel.kernel_id) for instance in kernel.instances)
    connections = _connections(kernel)
    memories = pack_memories(MEMORIES)
    return (
        Section(SectionKind.MEM_TOPOLOGY, memories, f"{device}_mem_topology"),
        Section(SectionKind.AIE_PARTITION, pack_partition(partition), f"{device}_aie_partition"),
        Section(SectionKind.EMBEDDED_METADATA, render_metadata((kernel,))),
        Section(SectionKind.IP_LAYOUT, pack_compute_units(units)),
        Section(SectionKind.CONNECTIVITY, pack_connections(connections)),
        Section(SectionKind.ASK_GROUP_CONNECTIVITY, pack_connections(connections * 2)),  # doubled, as xclbinutil does
        Section(SectionKind.ASK_GROUP_TOPOLOGY, memories),
    )


def _connections(kernel: Kernel) -> tuple[Connection, ...]:
    numbers = range(FIRST_BUFFER, FIRST_BUFFER + kernel.buffers)
    return (Connection(INSTRUCTION_ARGUMENT, 0, SRAM_BANK), *(Connection(number, 0, HOST_BANK) for number in numbers))
