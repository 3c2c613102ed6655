"""What a linker that collects garbage keeps of relocatable objects when one function is wanted: sections, by what refers
to what. Both kinds of relocations, 32 and 64 bits, little-endian (System V ABI); a library for four tables is not needed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from npubuild.errors import Place, UserError
from npubuild.resources.model import Kept

WRITABLE, ALLOCATED, EXECUTABLE, MERGED, STRINGS = 1, 2, 4, 0x10, 0x20  # flags of a section
SYMBOLS, RELA, REL = 2, 4, 9  # types of a section
GLOBAL, WEAK, VARIABLE, FUNCTION, OF_THREAD = 1, 2, 1, 2, 6  # binding and type of a symbol


@dataclass(frozen=True)
class Section:
    name: str
    kind: int
    flags: int
    offset: int
    size: int
    link: int
    info: int


@dataclass(frozen=True)
class Symbol:
    name: str
    binding: int
    kind: int
    section: int  # 0: of another object
    value: int
    size: int

    @property
    def is_of_thread(self) -> bool:
        return self.kind == OF_THREAD


class Reference(NamedTuple):
    """A relocation: where in its section it is, the number of its symbol, and what is added to that."""

    offset: int
    symbol: int
    addend: int


@dataclass(frozen=True)
class Object:
    """One relocatable object: `refers` gives the relocations of each section that a program has in memory."""

    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]
    refers: Mapping[int, tuple[Reference, ...]]

    @property
    def defined(self) -> Iterator[str]:
        """Names that other objects can refer to."""
        return (symbol.name for symbol in self.symbols if symbol.section and symbol.binding in {GLOBAL, WEAK})


def read_object(data: bytes, file: str) -> Object:
    """Read an object; UserError when it is none, or damaged."""
    try:
        if data[:4] != b"\x7fELF" or data[4] not in {1, 2} or data[5] != 1:
            raise ValueError("there is no little-endian ELF header")
        return _read(data, wide=data[4] == 2)
    except (struct.error, IndexError, ValueError) as error:
        raise UserError.at(Place(file), f"is damaged, or no object file: {error}", rule="object-damaged") from error


def kept_by_function(objects: Mapping[str, Object], *, estimated: bool) -> dict[str, Kept]:
    """For each global function, the sections that a link of it alone keeps, under the name of their object.

    With `estimated`, pools of small constants that a compiler makes for its own processor are left out.
    """
    definitions = {
        symbol.name: (name, symbol.section)
        for name, one in objects.items()
        for symbol in one.symbols
        if symbol.binding in {GLOBAL, WEAK} and symbol.section
    }
    functions = [
        symbol.name
        for one in objects.values()
        for symbol in one.symbols
        if symbol.binding in {GLOBAL, WEAK} and symbol.section and symbol.kind == FUNCTION
    ]
    return {
        function: _sizes(objects, _reachable(objects, definitions, definitions[function]), estimated)
        for function in functions
    }


def _reachable(
    objects: Mapping[str, Object], definitions: Mapping[str, tuple[str, int]], start: tuple[str, int]
) -> list[tuple[str, int]]:
    found = {start: None}
    waiting = [start]
    while waiting:
        name, section = waiting.pop()
        one = objects[name]
        for reference in one.refers.get(section, ()):
            symbol = one.symbols[reference.symbol]
            target = (name, symbol.section) if symbol.section else definitions.get(symbol.name)
            if target is not None and target not in found and target[1] < len(objects[target[0]].sections):
                found[target] = None
                waiting.append(target)
    return list(found)


def _sizes(objects: Mapping[str, Object], places: Iterable[tuple[str, int]], estimated: bool) -> Kept:
    code, data = {}, {}
    for name, number in places:
        section = objects[name].sections[number]
        if not section.flags & ALLOCATED or not section.size:
            continue
        if section.flags & EXECUTABLE:
            code[f"{name}:{section.name}"] = section.size
        elif not (estimated and _is_pool(section)):
            data[f"{name}:{section.name}"] = section.size
    return Kept(code, data)


def _is_pool(section: Section) -> bool:
    return bool(section.flags & MERGED) and not section.flags & STRINGS


def _read(data: bytes, *, wide: bool) -> Object:
    sections = _sections(data, wide)
    symbols: tuple[Symbol, ...] = ()
    for section in sections:
        if section.kind == SYMBOLS:
            symbols = tuple(_symbols(data, section, sections[section.link], wide))
    refers: dict[int, tuple[Reference, ...]] = {}
    for section in sections:
        if section.kind in {RELA, REL} and sections[section.info].flags & ALLOCATED:
            refers[section.info] = (*refers.get(section.info, ()), *_references(data, section, wide))
    if any(reference.symbol >= len(symbols) for references in refers.values() for reference in references):
        raise ValueError("a relocation names a symbol that is not there")
    return Object(tuple(sections), symbols, refers)


def _sections(data: bytes, wide: bool) -> list[Section]:
    (table,) = struct.unpack_from("<Q" if wide else "<I", data, 40 if wide else 32)
    entry, count, names = struct.unpack_from("<HHH", data, 58 if wide else 46)
    layout = struct.Struct("<IIQQQQII" if wide else "<IIIIIIII")
    if table + count * entry > len(data):
        raise ValueError("the file ends inside of its section table")
    rows = [layout.unpack_from(data, table + number * entry) for number in range(count)]
    text = data[rows[names][4] : rows[names][4] + rows[names][5]]
    return [Section(_text(text, row[0]), row[1], row[2], row[4], row[5], row[6], row[7]) for row in rows]


def _symbols(data: bytes, table: Section, names: Section, wide: bool) -> Sequence[Symbol]:
    text = data[names.offset : names.offset + names.size]
    layout = struct.Struct("<IBBHQQ" if wide else "<IIIBBH")
    found = []
    for position in range(table.offset, table.offset + table.size, layout.size):
        fields = layout.unpack_from(data, position)
        if not wide:
            name, value, size, *rest = fields
            fields = (name, *rest, value, size)
        name, info, _, section, value, size = fields
        found.append(Symbol(_text(text, name), info >> 4, info & 15, section, value, size))
    return found


def _references(data: bytes, table: Section, wide: bool) -> Iterator[Reference]:
    """The symbol is in the upper part of a relocation's second word. What REL adds lies in the section, and is not read."""
    added = table.kind == RELA
    layout = struct.Struct(("<QQq" if added else "<QQ") if wide else ("<IIi" if added else "<II"))
    for position in range(table.offset, table.offset + table.size, layout.size):
        offset, info, *addend = layout.unpack_from(data, position)
        yield Reference(offset, info >> (32 if wide else 8), *(addend or [0]))


def _text(strings: bytes, start: int) -> str:
    return strings[start : strings.index(b"\0", start)].decode(errors="replace")
