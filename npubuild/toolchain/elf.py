"""Reads what matters of relocatable objects and archives: for which machine they are, and their symbols.

ELF as in the System V ABI (32 and 64 bits, little-endian), archives as `ar` writes them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from npubuild.errors import Place, UserError

AIE = 264  # EM_AIENGINE of the ELF registry: all generations of AI Engines
MACHINES = {3: "x86", 8: "MIPS", 40: "Arm", 62: "x86-64", 183: "AArch64", 243: "RISC-V", AIE: "AI Engine"}
RELOCATABLE = 1
SYMBOL_TABLE = 2  # section type
LOCAL, FILE = 0, 4  # a symbol's binding and type
UNDEFINED = 0  # section index

_ARCHIVE = b"!<arch>\n"
_MEMBER = 60  # bytes of a member's header
_TABLES = ("/", "/SYM64/", "//", "__.SYMDEF")


@dataclass(frozen=True)
class Symbol:
    """A symbol that other objects can see, or that this one wants from them."""

    name: str
    defined: bool


@dataclass(frozen=True)
class ElfObject:
    """One relocatable object. `name` is its file, with the member's name behind it for one of an archive."""

    name: str
    machine: int
    symbols: tuple[Symbol, ...]

    @property
    def machine_name(self) -> str:
        return MACHINES.get(self.machine, f"machine {self.machine}")


def read_objects(data: bytes, file: str) -> tuple[ElfObject, ...]:
    """The object in a file, or all objects of an archive. UserError where it is neither, or damaged."""
    try:
        if data.startswith(_ARCHIVE):
            return tuple(_object(member, f"{file}({name})") for name, member in _members(data) if member[:4] == b"\x7fELF")
        return (_object(data, file),)
    except (struct.error, IndexError, ValueError) as error:
        raise UserError.at(Place(file), f"is damaged, or no object file: {error}", rule="object-damaged") from error


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    position, long_names = len(_ARCHIVE), b""
    while position < len(data):
        header = data[position : position + _MEMBER]
        if header[58:60] != b"`\n":
            raise ValueError(f"byte {position:#x} begins no archive member")
        name, size = header[:16].decode("latin-1").rstrip(), int(header[48:58])
        body = data[position + _MEMBER : position + _MEMBER + size]
        if len(body) != size:
            raise ValueError(f"the archive ends inside of member `{name}`")
        if name == "//":
            long_names = body
        elif name not in _TABLES:
            yield _member_name(name, long_names), body
        position += _MEMBER + size + size % 2


def _member_name(name: str, long_names: bytes) -> str:
    """GNU's form: `name/`, or `/123` for a name in the table of long ones."""
    if name.startswith("/") and name[1:].isdecimal():
        start = int(name[1:])
        return long_names[start:].split(b"\n")[0].decode("latin-1").rstrip("/")
    return name.rstrip("/")


def _object(data: bytes, name: str) -> ElfObject:
    if data[:4] != b"\x7fELF" or data[4] not in {1, 2} or data[5] != 1:
        raise ValueError("there is no little-endian ELF header")
    wide = data[4] == 2
    kind, machine = struct.unpack_from("<HH", data, 16)
    if kind != RELOCATABLE:
        raise ValueError(f"it is linked already (ELF type {kind}), and an object is wanted")
    return ElfObject(name, machine, tuple(_symbols(data, wide)))


def _symbols(data: bytes, wide: bool) -> Iterator[Symbol]:
    sections = list(_sections(data, wide))
    entry = struct.Struct("<IBBHQQ" if wide else "<IIIBBH")
    for kind, offset, size, link in sections:
        if kind != SYMBOL_TABLE:
            continue
        _, text_offset, text_size, _ = sections[link]
        text = data[text_offset : text_offset + text_size]
        for position in range(offset + entry.size, offset + size, entry.size):
            fields = entry.unpack_from(data, position)
            info, section = (fields[1], fields[3]) if wide else (fields[3], fields[5])
            if info >> 4 != LOCAL and info & 15 != FILE:
                start = fields[0]
                yield Symbol(text[start : text.index(b"\0", start)].decode(errors="replace"), section != UNDEFINED)


def _sections(data: bytes, wide: bool) -> Iterator[tuple[int, int, int, int]]:
    """Type, offset, size and link of every section."""
    (table,) = struct.unpack_from("<Q" if wide else "<I", data, 40 if wide else 32)
    entry_size, count = struct.unpack_from("<HH", data, 58 if wide else 46)
    if table + count * entry_size > len(data):
        raise ValueError("the file ends inside of its section table")
    for number in range(count):
        position = table + number * entry_size
        if wide:
            (kind,) = struct.unpack_from("<I", data, position + 4)
            offset, size, link = struct.unpack_from("<QQI", data, position + 24)
        else:
            (kind,) = struct.unpack_from("<I", data, position + 4)
            offset, size, link = struct.unpack_from("<III", data, position + 16)
        yield kind, offset, size, link
