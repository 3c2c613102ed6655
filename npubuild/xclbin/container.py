"""The AXLF container (XCLBIN): a header, a table of sections, the sections, and text after them (xrt-facts.md, 1.1).

There is no checksum in the format, so reading is strict about everything that has a right value: the magic, the length,
the range of every section, the uuid.
"""

from __future__ import annotations

import enum
import os
import re
import struct
from dataclasses import dataclass, field

from npubuild.files import read_bytes
from npubuild.xclbin.fields import Fields

MAGIC = b"xclbin2\0"
HEADER_BYTES = 456
SECTION_HEADER_BYTES = 40
SMALLEST_FILE = HEADER_BYTES + SECTION_HEADER_BYTES
MOST_SECTIONS = 10_000
ALIGNMENT = 8
NAME_CHARACTERS = 15
UNSIGNED = -1  # signature length of a file without a signature
RESERVED = b"\xff" * (28 + 256)  # 28 reserved bytes and the unused key block

_FRONT = "8si284s"  # magic, signature length, reserved and key block
_BACK = "QQQQHBBHH16s64s16s16sI4x"  # unique id ... number of sections
_SECTION = "I16s4xQQ"


class SectionKind(enum.IntEnum):
    """Kinds of sections; the numbers of the format (xrt-facts.md, 1.2)."""

    BITSTREAM = 0
    CLEARING_BITSTREAM = 1
    EMBEDDED_METADATA = 2
    FIRMWARE = 3
    DEBUG_DATA = 4
    SCHED_FIRMWARE = 5
    MEM_TOPOLOGY = 6
    CONNECTIVITY = 7
    IP_LAYOUT = 8
    DEBUG_IP_LAYOUT = 9
    DESIGN_CHECK_POINT = 10
    CLOCK_FREQ_TOPOLOGY = 11
    MCS = 12
    BMC = 13
    BUILD_METADATA = 14
    KEYVALUE_METADATA = 15
    USER_METADATA = 16
    DNA_CERTIFICATE = 17
    PDI = 18
    BITSTREAM_PARTIAL_PDI = 19
    PARTITION_METADATA = 20
    EMULATION_DATA = 21
    SYSTEM_METADATA = 22
    SOFT_KERNEL = 23
    ASK_FLASH = 24
    AIE_METADATA = 25
    ASK_GROUP_TOPOLOGY = 26
    ASK_GROUP_CONNECTIVITY = 27
    SMARTNIC = 28
    AIE_RESOURCES = 29
    OVERLAY = 30
    VENDER_METADATA = 31
    AIE_PARTITION = 32
    IP_METADATA = 33
    AIE_RESOURCES_BIN = 34
    AIE_TRACE_METADATA = 35
    DTBO = 36


class Mode(enum.IntEnum):
    """What the header says the file is for."""

    FLAT = 0
    PR = 1
    TANDEM = 2
    TANDEM_PR = 3
    HW_EMU = 4
    SW_EMU = 5
    HW_EMU_PR = 6


def kind_name(kind: int) -> str:
    """`MEM_TOPOLOGY` for 6; `kind 99` for a number that the format does not define."""
    try:
        return SectionKind(kind).name
    except ValueError:
        return f"kind {kind}"


@dataclass(frozen=True)
class Section:
    """One section. `name` may be longer than the 15 characters that the table keeps; `offset` is where it was read."""

    kind: int
    data: bytes
    name: str = ""
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Container:
    """A whole file. `uuid`s have 16 bytes in printed order, times are seconds since 1970.

    `tail` is everything after the last section: the mirror text (`mirror.py`), in a signed file also the signature.
    """

    sections: tuple[Section, ...]
    uuid: bytes
    mode: int = Mode.FLAT
    unique_id: int = 0
    timestamp: int = 0
    feature_rom_timestamp: int = 0
    version: tuple[int, int, int] = (2, 20, 0)
    action_mask: int = 0
    interface_uuid: bytes = bytes(16)
    platform: str = ""
    debug_bin: bytes = bytes(16)
    signature_length: int = UNSIGNED
    tail: bytes = b""
    file: str = field(default="", compare=False)

    def section(self, kind: int) -> Section | None:
        """The first section of a kind: what the runtime uses where a kind occurs twice."""
        return next((section for section in self.sections if section.kind == kind), None)

    def fields(self, section: Section) -> Fields:
        """A reader of one section whose messages name this file."""
        return Fields(section.data, self.file, section.offset, f"section {kind_name(section.kind)}")


def format_uuid(uuid: bytes) -> str:
    """The usual form, lower case with hyphens."""
    digits = uuid.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def parse_uuid(text: str) -> bytes:
    """16 bytes from 32 hexadecimal digits, with or without the hyphens. Raises ValueError."""
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}", text):
        raise ValueError(f"not a uuid: {text!r}")
    return bytes.fromhex(text.replace("-", ""))


# Writing --------------------------------------------------------------------------------------------------------------


def section_offsets(sections: tuple[Section, ...]) -> tuple[int, ...]:
    """Where each section begins: after the table, each on a multiple of 8."""
    offsets = []
    position = HEADER_BYTES + SECTION_HEADER_BYTES * len(sections)
    for section in sections:
        position += -position % ALIGNMENT
        offsets.append(position)
        position += len(section.data)
    return tuple(offsets)


def write(container: Container) -> bytes:
    """The file. Raises struct.error when a number does not fit its field."""
    offsets = section_offsets(container.sections)
    table = b"".join(
        struct.pack(f"<{_SECTION}", section.kind, section.name.encode()[:NAME_CHARACTERS], offset, len(section.data))
        for section, offset in zip(container.sections, offsets, strict=True)
    )
    image = bytearray(HEADER_BYTES) + table
    for section, offset in zip(container.sections, offsets, strict=True):
        image += bytes(offset - len(image)) + section.data
    image += container.tail
    image[:HEADER_BYTES] = _header(container, len(image))
    return bytes(image)


def _header(container: Container, length: int) -> bytes:
    major, minor, patch = container.version
    numbers = (container.unique_id, length, container.timestamp, container.feature_rom_timestamp)
    return struct.pack(f"<{_FRONT}", MAGIC, container.signature_length, RESERVED) + struct.pack(
        f"<{_BACK}",
        *numbers,
        patch,
        major,
        minor,
        container.mode,
        container.action_mask,
        container.interface_uuid,
        container.platform.encode(),
        container.uuid,
        container.debug_bin,
        len(container.sections),
    )


# Reading --------------------------------------------------------------------------------------------------------------


def read_container(path: str | os.PathLike[str]) -> Container:
    """The container in a file. Raises UserError, with the byte offset, when it is anything else."""
    return read(read_bytes(path), os.fspath(path))


def read(data: bytes, file: str) -> Container:
    """The container in `data`. Raises UserError, naming `file` and the byte offset, when it is anything else."""
    fields = Fields(data, file)
    if not data:
        fields.fail(0, "the file is empty: an XCLBIN has at least 496 bytes", rule="xclbin-length")
    if not data.startswith(MAGIC):
        fields.fail(0, "not an XCLBIN: it does not begin with `xclbin2`", rule="xclbin-magic")
    if len(data) < SMALLEST_FILE:
        fields.fail(len(data), f"an XCLBIN has at least {SMALLEST_FILE} bytes, the file was cut", rule="xclbin-length")
    _, signature_length, _ = fields.unpack(_FRONT, 0)
    back = struct.calcsize(f"<{_FRONT}")
    unique_id, length, timestamp, rom_timestamp, patch, major, minor, mode, mask, *uuids, count = fields.unpack(_BACK, back)
    interface_uuid, _, uuid, debug_bin = uuids
    if length != len(data):
        hint = "the file was cut, or something was appended to it"
        fields.fail(304, f"the header says {length} bytes, the file has {len(data)}", hint, rule="xclbin-length")
    if signature_length != UNSIGNED and not 0 <= signature_length <= len(data) - SMALLEST_FILE:
        fields.fail(8, f"a signature of {signature_length} bytes cannot be in a file of {len(data)}", rule="xclbin-length")
    if uuid in {bytes(16), b"\xff" * 16}:
        fields.fail(416, f"the uuid {format_uuid(uuid)} identifies nothing", rule="xclbin-uuid")
    sections = _read_sections(fields, count)
    end = max(section.offset + len(section.data) for section in sections)
    return Container(
        sections,
        uuid,
        mode,
        unique_id,
        timestamp,
        rom_timestamp,
        (major, minor, patch),
        mask,
        interface_uuid,
        fields.string(352, 64),
        debug_bin,
        signature_length,
        data[end:],
        file,
    )


def _read_sections(fields: Fields, count: int) -> tuple[Section, ...]:
    table_end = HEADER_BYTES + SECTION_HEADER_BYTES * count
    if not 1 <= count <= MOST_SECTIONS or table_end > len(fields.data):
        fields.fail(448, f"{count} sections cannot be in a file of {len(fields.data)} bytes")
    sections = []
    for number in range(count):
        position = HEADER_BYTES + SECTION_HEADER_BYTES * number
        kind, name, offset, size = fields.unpack(_SECTION, position)
        if offset < table_end or offset + size > len(fields.data):
            place = f"bytes {offset:#x} to {offset + size:#x}"
            fields.fail(position, f"section {number} ({kind_name(kind)}) lies outside the file: {place}")
        text = name.partition(b"\0")[0].decode("ascii", "backslashreplace")
        sections.append(Section(kind, fields.data[offset : offset + size], text, offset))
    return tuple(sections)
