"""The "mirror": text behind the last section that repeats the header and most sections (xrt-facts.md, 1.1).

Only `xclbinutil --migrate-forward` reads it. It is written so that a file has the layout that xclbinutil gives it, with its
oddities: every value a string, a slash escaped, one key repeated per section, two numbers of the version as control
characters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from npubuild.xclbin.container import Container, Section, SectionKind, section_offsets
from npubuild.xclbin.sections import (
    UNUSED_ADDRESS,
    ComputeUnit,
    Connection,
    Memory,
    MemoryType,
    parse_compute_units,
    parse_connections,
    parse_memories,
)

START = b"XCLBIN_MIRROR_DATA_START"
END = b"XCLBIN_MIRROR_DATA_END"

Json = str | list[Any] | Mapping[str, Any]


def mirror(container: Container) -> bytes:
    """The text for a container whose sections and header fields are final."""
    parts = [
        f'"schema_version":{_compact({"major": "1", "minor": "0", "patch": "0"})}',
        f'"header":{_compact(_header(container))}',
    ]
    for section, offset in zip(container.sections, section_offsets(container.sections), strict=True):
        parts.append(f'"section_header":{_compact(_section(container, section, offset))}')
    return START + ("{" + ",".join(parts) + "}\n").encode() + END


def _compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def _header(container: Container) -> dict[str, str]:
    major, minor, patch = container.version
    return {
        "Magic": "xclbin2",
        "SignatureLength": str(container.signature_length),
        "KeyBlock": "ff" * 256,
        "UniqueID": container.unique_id.to_bytes(8, "little").hex(),
        "TimeStamp": str(container.timestamp),
        "FeatureRomTimeStamp": str(container.feature_rom_timestamp),
        "Version": f"{chr(major)}.{chr(minor)}.{patch}",
        "Mode": str(int(container.mode)),
        "FeatureRomUUID": container.interface_uuid.hex(),
        "PlatformVBNV": container.platform,
        "XclBinUUID": container.uuid.hex(),
        "DebugBin": container.debug_bin.rstrip(b"\0").decode("latin-1"),
    }


def _section(container: Container, section: Section, offset: int) -> dict[str, Json]:
    described: dict[str, Json] = {
        "Kind": str(int(section.kind)),
        "Name": section.name,
        "Offset": hex(offset),
        "Size": hex(len(section.data)),
    }
    payload = _payload(container, section)
    return described | {"payload": payload} if payload else described


def _payload(container: Container, section: Section) -> Json | None:
    fields = container.fields(section)
    if section.kind in {SectionKind.MEM_TOPOLOGY, SectionKind.ASK_GROUP_TOPOLOGY}:
        root = "mem_topology" if section.kind == SectionKind.MEM_TOPOLOGY else "group_topology"
        return {root: _counted("m_mem_data", [_memory(memory) for memory in parse_memories(fields)])}
    if section.kind in {SectionKind.CONNECTIVITY, SectionKind.ASK_GROUP_CONNECTIVITY}:
        root = "connectivity" if section.kind == SectionKind.CONNECTIVITY else "group_connectivity"
        return {root: _counted("m_connection", [_connection(connection) for connection in parse_connections(fields)])}
    if section.kind == SectionKind.IP_LAYOUT:
        return {"ip_layout": _counted("m_ip_data", [_unit(unit) for unit in parse_compute_units(fields)])}
    return None


def _counted(name: str, entries: list[dict[str, str]]) -> dict[str, Json]:
    return {"m_count": str(len(entries)), name: entries}


def _memory(memory: Memory) -> dict[str, str]:
    return {
        "m_type": f"MEM_{MemoryType(memory.type).name}",
        "m_used": str(int(memory.used)),
        "m_sizeKB": hex(memory.size_kib),
        "m_tag": memory.tag,
        "m_base_address": hex(memory.base),
    }


def _connection(connection: Connection) -> dict[str, str]:
    return {
        "arg_index": str(connection.argument),
        "m_ip_layout_index": str(connection.unit),
        "mem_data_index": str(connection.memory),
    }


def _unit(unit: ComputeUnit) -> dict[str, str]:
    return {
        "m_type": "IP_PS_KERNEL",
        "m_subtype": "DPU" if unit.subtype else "PS",
        "m_functional": "PrePost" if unit.functional else "DPU",
        "m_kernel_id": hex(unit.kernel_id),
        "m_base_address": "not_used" if unit.base == UNUSED_ADDRESS else hex(unit.base),
        "m_name": unit.name,
    }
