"""AIE_PARTITION: how many columns a design takes, and the images that configure them (xrt-facts.md, 1.3).

A fixed header of 184 bytes, then a heap in which every item is padded to 8 bytes; all offsets count from the start of the
section. The layout below puts the items where xclbinutil 2.20 does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from npubuild.xclbin.fields import Fields

HEADER_BYTES = 184
RECORD_BYTES = 96  # of a PDI and of a CDO group
PRIMARY = 1  # type of a CDO group
OPERATIONS_PER_CYCLE = 2048  # this and the fingerprints are constants of aiecc
INFERENCE_FINGERPRINT = 23423
PRE_POST_FINGERPRINT = 12345

_HEADER = "B3xIi4xQQH6xII72xIII52x"
_PDI = "16sIIII64x"
_GROUP = "IB3xQIIII64x"


@dataclass(frozen=True)
class CdoGroup:
    """A group of configuration data: `kernel_ids` are the compute units that it serves."""

    name: str
    pdi_id: int
    kernel_ids: tuple[int, ...]
    pre_groups: tuple[int, ...] = ()
    type: int = PRIMARY


@dataclass(frozen=True)
class Pdi:
    """A programmable device image; `uuid` has 16 bytes in printed order."""

    uuid: bytes
    image: bytes
    groups: tuple[CdoGroup, ...]


@dataclass(frozen=True)
class Partition:
    """The section's contents; `columns` is the width, `start_columns` where it may begin (the NPU driver ignores them)."""

    columns: int
    start_columns: tuple[int, ...] = (0,)
    pdis: tuple[Pdi, ...] = ()
    name: str = ""
    kernel_commit_id: str = ""
    operations_per_cycle: int = OPERATIONS_PER_CYCLE
    inference_fingerprint: int = INFERENCE_FINGERPRINT
    pre_post_fingerprint: int = PRE_POST_FINGERPRINT
    schema_version: int = 0


class _Heap:
    """Everything after the fixed header."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, item: bytes) -> int:
        """Append `item`, padded to 8 bytes, and give its offset from the start of the section."""
        offset = HEADER_BYTES + len(self.data)
        self.data += item + bytes(-len(item) % 8)
        return offset

    def string(self, text: str) -> int:
        return self.add(text.encode() + b"\0")

    def array(self, code: str, numbers: Iterable[int]) -> tuple[int, int]:
        """Count and offset of an array of numbers."""
        items = tuple(numbers)
        return len(items), self.add(struct.pack(f"<{len(items)}{code}", *items))


def pack_partition(partition: Partition) -> bytes:
    """The section."""
    heap = _Heap()
    name = heap.string(partition.name)
    commit = heap.string(partition.kernel_commit_id)
    starts = heap.array("H", partition.start_columns)
    records = [_pack_pdi(pdi, heap) for pdi in partition.pdis]
    pdis = heap.add(b"".join(records))
    header = struct.pack(
        f"<{_HEADER}",
        partition.schema_version,
        name,
        partition.operations_per_cycle,
        partition.inference_fingerprint,
        partition.pre_post_fingerprint,
        partition.columns,
        *starts,
        len(records),
        pdis,
        commit,
    )
    return header + bytes(heap.data)


def _pack_pdi(pdi: Pdi, heap: _Heap) -> bytes:
    image = heap.add(pdi.image)
    groups = []
    for group in pdi.groups:
        name = heap.string(group.name)
        kernels = heap.array("Q", group.kernel_ids)
        before = heap.array("Q", group.pre_groups)
        groups.append(struct.pack(f"<{_GROUP}", name, group.type, group.pdi_id, *kernels, *before))
    return struct.pack(f"<{_PDI}", pdi.uuid, len(pdi.image), image, len(groups), heap.add(b"".join(groups)))


def parse_partition(fields: Fields) -> Partition:
    """The reverse of `pack_partition`; UserError where an offset or a count leads out of the section."""
    version, name, *constants, columns, starts, starts_at, pdis, pdis_at, commit = fields.unpack(_HEADER, 0)
    operations, inference, pre_post = constants
    return Partition(
        columns,
        _numbers(fields, "H", starts, starts_at),
        tuple(_parse_pdi(fields, offset) for offset in _records(fields, pdis, pdis_at)),
        fields.string(name),
        fields.string(commit) if commit else "",
        operations,
        inference,
        pre_post,
        version,
    )


def _parse_pdi(fields: Fields, offset: int) -> Pdi:
    uuid, nbytes, image, groups, groups_at = fields.unpack(_PDI, offset)
    parsed = tuple(_parse_group(fields, at) for at in _records(fields, groups, groups_at))
    return Pdi(uuid, fields.take(image, nbytes), parsed)


def _parse_group(fields: Fields, offset: int) -> CdoGroup:
    name, type_, pdi_id, kernels, kernels_at, before, before_at = fields.unpack(_GROUP, offset)
    kernel_ids = _numbers(fields, "Q", kernels, kernels_at)
    return CdoGroup(fields.string(name), pdi_id, kernel_ids, _numbers(fields, "Q", before, before_at), type_)


def _numbers(fields: Fields, code: str, count: int, offset: int) -> tuple[int, ...]:
    nbytes = count * struct.calcsize(f"<{code}")
    return struct.unpack(f"<{count}{code}", fields.take(offset, nbytes))


def _records(fields: Fields, count: int, offset: int) -> range:
    """Offsets of the records of an array, which has to lie inside the section as a whole."""
    fields.take(offset, count * RECORD_BYTES)
    return range(offset, offset + count * RECORD_BYTES, RECORD_BYTES)
