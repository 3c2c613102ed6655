"""Text about an XCLBIN for people: what `xclbinutil --info` says, and what an NPU or the emulator will make of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone

from npubuild.xclbin.build import emulation_image
from npubuild.xclbin.container import Container, Mode, SectionKind, format_uuid, kind_name, read_container
from npubuild.xclbin.contents import Contents, parse_contents
from npubuild.xclbin.image import EmulationImage
from npubuild.xclbin.metadata import Kernel, Qualifier
from npubuild.xclbin.partition import Partition
from npubuild.xclbin.sections import MemoryType

_LABEL = 14


def inspect(path: str | os.PathLike[str]) -> str:
    """A page of text (lines of at most about 100 characters). UserError for a file that is no sound XCLBIN."""
    return describe(read_container(path))


def describe(container: Container) -> str:
    """The page for a container that was read."""
    contents = parse_contents(container)
    emulated = container.section(SectionKind.EMULATION_DATA) is not None and container.mode == Mode.SW_EMU
    blocks = [
        _header(container, emulated=emulated),
        _sections(container),
        _memories(contents),
        *(_kernel(kernel, contents) for kernel in contents.kernels),
        _partition(contents.partition) if contents.partition else ["Partition: none"],
    ]
    if emulated:
        blocks.append(_image(emulation_image(container)))
    warnings = [f"warning: {text}" for text in contents.inconsistencies()]
    return "\n\n".join("\n".join(_plain(line) for line in block) for block in [*blocks, warnings] if block) + "\n"


def _header(container: Container, *, emulated: bool) -> list[str]:
    lines = [
        ("File", container.file),
        ("Target", "emulator (no PDI: an NPU cannot load it)" if emulated else "NPU"),
        ("UUID", format_uuid(container.uuid)),
        ("Mode", _name(Mode, container.mode)),
        ("Created", f"{_date(container.timestamp)} by version {'.'.join(map(str, container.version))}"),
        ("Platform", container.platform or "<not defined>"),
        ("Signature", "none" if container.signature_length < 0 else f"{container.signature_length} bytes"),
    ]
    return [f"{label + ':':{_LABEL}}{value}" for label, value in lines]


def _date(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s after 1970"


def _sections(container: Container) -> list[str]:
    rows = [(kind_name(s.kind), s.name, f"{s.offset:#x}", f"{len(s.data):#x}") for s in container.sections]
    return ["Sections", *_table(("kind", "name", "offset", "size"), rows)]


def _memories(contents: Contents) -> list[str]:
    rows = [
        (str(number), memory.tag, _name(MemoryType, memory.type), f"{memory.base:#x}", f"{memory.size_kib} KiB",
         "yes" if memory.used else "no")
        for number, memory in enumerate(contents.memories)
    ]  # fmt: skip
    return ["Memories", *_table(("bank", "tag", "type", "base", "size", "used"), rows)]


def _kernel(kernel: Kernel, contents: Contents) -> list[str]:
    unit = next((n for n, u in enumerate(contents.units) if u.name.partition(":")[0] == kernel.name), 0)
    rows = []
    for number, argument in enumerate(kernel.arguments):
        bank = contents.bank(unit, number)
        known = bank is not None and 0 <= bank < len(contents.memories)
        memory = contents.memories[bank].tag if bank is not None and known else "-"
        qualifier = _name(Qualifier, argument.qualifier).lower()
        rows.append((str(number), argument.name, argument.type, qualifier, hex(argument.offset), str(argument.size), memory))
    instances = ", ".join(kernel.instances) or "none"
    return [
        f"Kernel {kernel.name} (id {kernel.kernel_id:#x}; instances: {instances}; {kernel.buffers} data buffers)",
        *_table(("arg", "name", "type", "kind", "offset", "size", "memory"), rows),
    ]


def _partition(partition: Partition) -> list[str]:
    starts = ", ".join(map(str, partition.start_columns)) or "none"
    pdis = f"PDIs: {len(partition.pdis)}" if partition.pdis else "no PDI"
    lines = [f"Partition: {partition.columns} columns (start columns: {starts}), {pdis}"]
    for pdi in partition.pdis:
        lines.append(f"  PDI {format_uuid(pdi.uuid)}, {len(pdi.image)} bytes")
        for group in pdi.groups:
            served = ", ".join(map(hex, group.kernel_ids))
            lines.append(
                f"    group {group.name or '<unnamed>'}: type {group.type}, PDI id {group.pdi_id}, kernels {served}"
            )
    return lines


def _image(image: EmulationImage) -> list[str]:
    manifest = image.manifest
    device = f"{manifest.device} @{manifest.device_symbol}" if manifest.device_symbol else manifest.device
    lines = [
        f"Emulation image (format {manifest.format})",
        f"  design {manifest.design} for {device}, {len(image.design.splitlines())} lines of MLIR",
    ]
    for sequence in manifest.sequences:
        lines.append(f"  sequence @{sequence.name}: {len(sequence.arguments)} arguments")
        lines += [f"    {number}: {type_}" for number, type_ in enumerate(sequence.arguments)]
        lines.append(f"    instructions sha256 {sequence.instructions}")
    for library in manifest.libraries:
        lines.append(f"  kernels/{library.name} ({manifest.host}, {len(image.libraries[library.name])} bytes)")
        lines.append(f"    sha256 {library.sha256}")
    return lines


def _name(kind: type[Mode] | type[MemoryType] | type[Qualifier], number: int) -> str:
    try:
        return kind(number).name
    except ValueError:
        return f"unknown ({number})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    cells = [head, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        line = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"  {line.rstrip()}"


def _plain(line: str) -> str:
    """Characters that a terminal would act upon, written as escapes: names in a file may hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
