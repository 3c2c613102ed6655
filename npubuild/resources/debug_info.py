"""The parameters of an object's C functions, from its debug information (DWARF 4 and 5, of 32 bits).

Only what that takes is read: units, the functions of a unit and its namespaces, and the types that these lead to.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from npubuild.resources.model import Parameter
from npubuild.resources.sections import REL, RELA, Object

SUBPROGRAM, PARAMETER, NAMESPACE, VARIADIC = 0x2E, 0x05, 0x39, 0x18
POINTER, REFERENCE, TYPEDEF, ARRAY, ENUM = 0x0F, 0x10, 0x16, 0x01, 0x04
QUALIFIERS = {0x26: "const ", 0x35: "volatile ", 0x37: "", 0x47: ""}  # the last two: restrict, atomic
SIBLING, NAME, BYTES, TYPE, DECLARATION, ENCODING, LINKAGE = 0x01, 0x03, 0x0B, 0x49, 0x3C, 0x3E, 0x6E

STRING, STRING_AT, LINE_STRING_AT, BLOCK_SIZES = 0x08, 0x0E, 0x1F, {0x0A: 1, 0x03: 2, 0x04: 4}
IMPLICIT, UNSIGNED, SIGNED, STRING_INDICES = 0x21, {0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23}, 0x0D, {0x1A, 0x25, 0x26, 0x27, 0x28}
BLOCKS = {0x09, 0x18}
FIXED = {0x19: 0, 0x21: 0, 0x0B: 1, 0x0C: 1, 0x11: 1, 0x25: 1, 0x29: 1, 0x05: 2, 0x12: 2, 0x26: 2, 0x2A: 2, 0x27: 3, 0x2B: 3}
FIXED |= dict.fromkeys((0x06, 0x0E, 0x10, 0x13, 0x17, 0x1C, 0x1D, 0x1F, 0x28, 0x2C), 4)
FIXED |= {0x07: 8, 0x14: 8, 0x20: 8, 0x1E: 16}
ADDRESS = 0x01

ENCODINGS = {0x02: "bool", 0x04: "float", 0x05: "int", 0x06: "int", 0x07: "unsigned", 0x08: "unsigned", 0x10: "unsigned"}
DEEPEST = 64  # names and qualifiers of one type
COMPRESSED = 0x800  # flag of a section


@dataclass(frozen=True)
class _Entry:
    """One entry: its tag, the values of its attributes, whether entries follow inside, and where the next one begins."""

    tag: int
    values: Mapping[int, int]
    has_children: bool
    end: int


@dataclass(frozen=True)
class _Kind:
    tag: int
    has_children: bool
    attributes: tuple[tuple[int, int, int], ...]  # attribute, form, implicit value


def parameters_of(data: bytes, one: Object, functions: Collection[str]) -> dict[str, tuple[Parameter, ...]]:
    """The parameters of those C functions of an object that its debug information tells of; of no other form than these two.

    `data` is the object's file.
    """
    try:
        return _Information(data, one).parameters(functions)
    except (struct.error, IndexError, ValueError, KeyError, RecursionError, zlib.error):
        return {}


class _Information:
    """Debug information with what a linker would fill in."""

    def __init__(self, data: bytes, one: Object) -> None:
        self._data, self._object = data, one
        self._info = self._section(".debug_info")

    def parameters(self, functions: Collection[str]) -> dict[str, tuple[Parameter, ...]]:
        found: dict[str, tuple[Parameter, ...]] = {}
        declared: dict[str, tuple[Parameter, ...]] = {}
        position = 0
        while position < len(self._info):
            unit = _Unit(self, position)
            for entry in unit.functions():
                name = unit.text(entry, NAME)
                if name in functions and LINKAGE not in entry.values:
                    target = declared if DECLARATION in entry.values else found
                    target.setdefault(name, tuple(unit.parameters(entry)))
                    if len(found) == len(functions):
                        return found
            position = unit.end
        return declared | found

    @property
    def info(self) -> bytes:
        return self._info

    @cached_property
    def filled_in(self) -> dict[int, int]:
        return self._filled_in(".debug_info")

    @cached_property
    def abbreviations(self) -> bytes:
        return self._section(".debug_abbrev")

    @cached_property
    def strings(self) -> bytes:
        return self._section(".debug_str")

    @cached_property
    def line_strings(self) -> bytes:
        return self._section(".debug_line_str")

    def string_offset(self, index: int) -> int:
        """Where the string of that number begins; the table has a header of 8 bytes."""
        place = 8 + 4 * index
        return self._string_offsets[1].get(place) or struct.unpack_from("<I", self._string_offsets[0], place)[0]

    @cached_property
    def _string_offsets(self) -> tuple[bytes, dict[int, int]]:
        return self._section(".debug_str_offsets"), self._filled_in(".debug_str_offsets")

    def _section(self, name: str) -> bytes:
        section = next((section for section in self._object.sections if section.name == name), None)
        if section is None:
            return b""
        content = self._data[section.offset : section.offset + section.size]
        return zlib.decompress(content[24 if self._data[4] == 2 else 12 :]) if section.flags & COMPRESSED else content

    def _filled_in(self, name: str) -> dict[int, int]:
        """What relocations put into a section, by offset; what REL adds is there already."""
        sections, symbols, wide = self._object.sections, self._object.symbols, self._data[4] == 2
        found = {}
        for table in sections:
            if table.kind in {RELA, REL} and sections[table.info].name == name:
                size = (24 if wide else 12) if table.kind == RELA else (16 if wide else 8)
                layout = struct.Struct(("<QQq" if wide else "<IIi")[: 4 if table.kind == RELA else 3])
                content = self._data[table.offset : table.offset + table.size // size * size]
                for offset, info, *addend in layout.iter_unpack(content):
                    if addend:
                        found[offset] = symbols[info >> (32 if wide else 8)].value + addend[0]
        return found


class _Unit:
    """One unit of compilation, from byte `start` on."""

    def __init__(self, whole: _Information, start: int) -> None:
        self._whole, self._start, self._bytes = whole, start, whole.info
        length, version = struct.unpack_from("<IH", self._bytes, start)
        if length >= 0xFFFFFFF0 or version not in {4, 5}:
            raise ValueError(f"DWARF {version}")
        self.end = start + 4 + length
        at, self._first = (start + 8, start + 12) if version == 5 else (start + 6, start + 11)
        self._address = self._bytes[start + 7 if version == 5 else start + 10]
        table = whole.filled_in.get(at, struct.unpack_from("<I", self._bytes, at)[0])
        self._kinds = _kinds(whole.abbreviations, table)

    def functions(self) -> Iterator[_Entry]:
        """Those that stand in the unit itself or in a namespace, not in a class or a function."""
        unit = self._entry(self._first)
        if unit and unit.has_children:
            yield from (entry for entry in self._children(unit, inside=NAMESPACE) if entry.tag == SUBPROGRAM)

    def parameters(self, function: _Entry) -> Iterator[Parameter]:
        for child in self._children(function):
            if child.tag == PARAMETER:
                yield self._parameter(child.values.get(TYPE))
            elif child.tag == VARIADIC:
                yield Parameter("...", "other", 0, pointer=False, constant=False)

    def text(self, entry: _Entry, attribute: int) -> str:
        position = entry.values.get(attribute)
        if position is None:
            return ""
        strings = (self._bytes, self._whole.strings, self._whole.line_strings)[position >> 40]
        start = position & ((1 << 40) - 1)
        return strings[start : strings.index(b"\0", start)].decode(errors="replace")

    def _children(self, parent: _Entry, inside: int = 0) -> Iterator[_Entry]:
        """Entries right inside of one, and inside of those with the tag `inside`."""
        if not parent.has_children:
            return
        position, open_levels, skipped = parent.end, 1, 0
        while open_levels:
            entry = self._entry(position)
            if entry is None:
                position = self._next
                if skipped:
                    skipped -= 1
                else:
                    open_levels -= 1
                continue
            position = entry.end
            if not skipped:
                yield entry
                if entry.has_children and entry.tag == inside:
                    open_levels += 1
                    continue
            if entry.has_children:
                sibling = entry.values.get(SIBLING, 0)
                if self._start + sibling > position:
                    position = self._start + sibling
                else:
                    skipped += 1

    def _entry(self, position: int) -> _Entry | None:
        """The entry at a byte; None for the end of a list, behind which `_next` is."""
        code, position = _unsigned(self._bytes, position)
        if not code:
            self._next = position
            return None
        kind, values = self._kinds[code], {}
        for attribute, form, implicit in kind.attributes:
            values[attribute], position = self._value(form, implicit, position)
        return _Entry(kind.tag, values, kind.has_children, position)

    def _value(self, form: int, implicit: int, position: int) -> tuple[int, int]:
        """An attribute's value, a string's as the place of its text, and where the next one is."""
        size = FIXED.get(form, self._address if form == ADDRESS else -1)
        if size >= 0:
            value = implicit if form == IMPLICIT else int.from_bytes(self._bytes[position : position + size], "little")
            if form in {STRING_AT, LINE_STRING_AT}:
                value = self._whole.filled_in.get(position, value) | (1 if form == STRING_AT else 2) << 40
            elif form in STRING_INDICES:
                value = self._whole.string_offset(value) | 1 << 40
            return value, position + size
        if form == STRING:
            return position, self._bytes.index(b"\0", position) + 1
        if form in UNSIGNED or form == SIGNED:
            value, position = _unsigned(self._bytes, position)
            return (self._whole.string_offset(value) | 1 << 40 if form in STRING_INDICES else value), position
        if form in BLOCKS:
            size, position = _unsigned(self._bytes, position)
            return 0, position + size
        length = BLOCK_SIZES[form]
        return 0, position + length + int.from_bytes(self._bytes[position : position + length], "little")

    def _parameter(self, offset: int | None) -> Parameter:
        shown = self._shown(offset)
        entry, _ = self._unqualified(offset)
        pointer = entry is not None and entry.tag in {POINTER, REFERENCE}
        constant = False
        if entry is not None and pointer:
            entry, constant = self._unqualified(entry.values.get(TYPE))
        if entry is None:
            return Parameter(shown, "void", 0, pointer, constant)
        kind = ENCODINGS.get(entry.values.get(ENCODING, 0), "other")
        if self.text(entry, NAME) == "char":
            kind = "int"  # its sign is the processor's choice
        return Parameter(shown, kind, 8 * entry.values.get(BYTES, 0), pointer, constant)

    def _unqualified(self, offset: int | None) -> tuple[_Entry | None, bool]:
        """What a type is behind its names and qualifiers, of an array its element; and whether it is constant."""
        constant = False
        for _ in range(DEEPEST):
            entry = self._entry(self._start + offset) if offset is not None else None
            if entry is None:
                break
            constant |= entry.tag == 0x26
            if entry.tag not in {TYPEDEF, ARRAY, *QUALIFIERS} and not (entry.tag == ENUM and TYPE in entry.values):
                return entry, constant
            offset = entry.values.get(TYPE)
        return None, constant

    def _shown(self, offset: int | None) -> str:
        """A type as a source would have it, but for where the star is."""
        entry = self._entry(self._start + offset) if offset is not None else None
        if entry is None:
            return "void"
        inner = entry.values.get(TYPE)
        if entry.tag in {POINTER, REFERENCE}:
            return f"{self._shown(inner)}{'*' if entry.tag == POINTER else '&'}"
        if entry.tag in QUALIFIERS:
            behind, _ = self._unqualified(inner)
            of_pointer = behind is not None and behind.tag in {POINTER, REFERENCE}
            return self._shown(inner) if of_pointer else f"{QUALIFIERS[entry.tag]}{self._shown(inner)}"
        if entry.tag == ARRAY:
            return f"{self._shown(inner)}[]"
        return self.text(entry, NAME) or "a type without a name"


def _kinds(table: bytes, position: int) -> dict[int, _Kind]:
    found: dict[int, _Kind] = {}
    while True:
        code, position = _unsigned(table, position)
        if not code:
            return found
        tag, position = _unsigned(table, position)
        has_children, position = bool(table[position]), position + 1
        attributes = []
        while True:
            attribute, position = _unsigned(table, position)
            form, position = _unsigned(table, position)
            if not attribute:
                break
            implicit = 0
            if form == IMPLICIT:
                implicit, position = _unsigned(table, position)
            attributes.append((attribute, form, implicit))
        found[code] = _Kind(tag, has_children, tuple(attributes))


def _unsigned(data: bytes, position: int) -> tuple[int, int]:
    """A number of 7 bits a byte (LEB128), and where the next one is."""
    value = data[position]
    if value < 0x80:
        return value, position + 1
    value, shift = value & 0x7F, 7
    while True:
        position += 1
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position + 1
        shift += 7
