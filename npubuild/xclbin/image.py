"""The emulation image: what an emulated XCLBIN holds in its EMULATION_DATA section instead of a PDI.

It is a zip archive without compression and with fixed dates, so that the same contents give the same bytes:

    manifest.json        the `Manifest` below
    design.mlir          the design, as it was lowered
    kernels/NAME.so      one shared library for the host per object that cores are linked with, loaded in manifest order
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from npubuild.xclbin.fields import Fields

FORMAT = 1
DESIGN = "design.mlir"
MANIFEST = "manifest.json"
KERNELS = "kernels/"
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can hold
_BROKEN_ZIP = (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError, struct.error, zlib.error)


@dataclass(frozen=True)
class SequenceRecord:
    """One runtime sequence: `arguments` are its types in MLIR, `instructions` the SHA-256 (hex) of its stream."""

    name: str
    arguments: tuple[str, ...]
    instructions: str


@dataclass(frozen=True)
class LibraryRecord:
    """One kernel library: its file name under `kernels/` and the SHA-256 (hex) of its contents."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an image was built from.

    `device` is the hardware (`npu1_1col`), `device_symbol` the name of the `aie.device` to load ("" for the only one),
    `host` the platform for which the kernel libraries were compiled (`sysconfig.get_platform()`; "" without libraries).
    """

    design: str
    device: str
    sequences: tuple[SequenceRecord, ...]
    libraries: tuple[LibraryRecord, ...] = ()
    device_symbol: str = ""
    host: str = ""
    format: int = FORMAT


@dataclass(frozen=True)
class EmulationImage:
    """A whole image; `libraries` maps the names of the manifest's libraries to their contents."""

    manifest: Manifest
    design: str
    libraries: Mapping[str, bytes]


def sha256(data: bytes) -> str:
    """The digest by which manifests name instruction streams and libraries."""
    return hashlib.sha256(data).hexdigest()


def make_image(
    design: str,
    *,
    name: str,
    device: str,
    sequences: tuple[SequenceRecord, ...],
    libraries: Mapping[str, bytes] | None = None,
    device_symbol: str = "",
    host: str = "",
) -> EmulationImage:
    """An image whose manifest lists `libraries` with their digests."""
    contents = dict(libraries or {})
    records = tuple(LibraryRecord(library, sha256(data)) for library, data in contents.items())
    return EmulationImage(Manifest(name, device, sequences, records, device_symbol, host), design, contents)


def pack_image(image: EmulationImage) -> bytes:
    """The archive; equal images give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, MANIFEST, (json.dumps(asdict(image.manifest), indent=2) + "\n").encode())
        _add(archive, DESIGN, image.design.encode())
        for library in image.manifest.libraries:
            _add(archive, f"{KERNELS}{library.name}", image.libraries[library.name])
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system = 3  # Unix, whatever the host
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


def parse_image(fields: Fields) -> EmulationImage:
    """The reverse of `pack_image`; UserError for an archive that is damaged, incomplete or of a later format."""
    files = _unpack(fields)
    missing = {MANIFEST, DESIGN} - files.keys()
    if missing:
        fields.fail(0, f"the emulation image has no {sorted(missing)[0]}")
    manifest = _parse_manifest(fields, files[MANIFEST])
    libraries = {}
    for library in manifest.libraries:
        data = files.get(f"{KERNELS}{library.name}")
        if data is None or "/" in library.name:
            fields.fail(0, f"the emulation image has no kernel library `{library.name}`")
        if sha256(data) != library.sha256:
            fields.fail(0, f"the kernel library `{library.name}` is not the one that the manifest describes")
        libraries[library.name] = data
    try:
        design = files[DESIGN].decode("utf-8")
    except UnicodeDecodeError:
        fields.fail(0, f"{DESIGN} of the emulation image is not UTF-8")
    return EmulationImage(manifest, design, libraries)


def _unpack(fields: Fields) -> dict[str, bytes]:
    files = {}
    try:
        with zipfile.ZipFile(io.BytesIO(fields.data)) as archive:
            for entry in archive.infolist():
                if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > len(fields.data):
                    fields.fail(0, f"entry `{entry.filename}` of the emulation image is compressed")
                files[entry.filename] = archive.read(entry)
    except _BROKEN_ZIP as error:
        fields.fail(0, f"the emulation image is not an archive: {error}")
    return files


def _parse_manifest(fields: Fields, data: bytes) -> Manifest:
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        fields.fail(0, f"{MANIFEST} of the emulation image is not JSON: {error}")
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        found = record.get("format") if isinstance(record, dict) else None
        fields.fail(0, f"the emulation image has format {found}, this npubuild reads {FORMAT}", "build it again")
    try:
        sequences = tuple(
            SequenceRecord(_text(s["name"]), tuple(map(_text, s["arguments"])), _text(s["instructions"]))
            for s in record["sequences"]
        )
        libraries = tuple(LibraryRecord(_text(entry["name"]), _text(entry["sha256"])) for entry in record["libraries"])
        design, device, symbol, host = (_text(record[name]) for name in ("design", "device", "device_symbol", "host"))
    except (KeyError, TypeError) as error:
        fields.fail(0, f"{MANIFEST} of the emulation image lacks or mistypes a field: {error}")
    return Manifest(design, device, sequences, libraries, symbol, host)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value
