"""What the machine code of each function refers to and its object does not define, and which functions run by themselves.

A compiler's list of calls leaves out what is no call in the source: the data of a library (`std::cerr`), the address of a
thread's variables, functions that only code generation calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from npubuild.resources.memory import is_variable
from npubuild.resources.sections import ALLOCATED, EXECUTABLE, FUNCTION, VARIABLE, WRITABLE, Object, Reference

THREAD = 0x400  # flag of a section with variables of a thread
THREAD_ADDRESS = "__tls_get_addr"  # what gives their address on x86-64; other processors have other ways
STARTUP = (".init_array", ".ctors", ".preinit_array")


@dataclass(frozen=True)
class References:
    """Of one object, by symbol. `wanted` are undefined symbols that a function's code or its data refers to, `startup` the
    functions that run before all others, `aliases` further names of functions with all names that these have, `variables`
    what can be written.
    """

    wanted: Mapping[str, tuple[str, ...]]
    startup: tuple[str, ...]
    aliases: Mapping[str, tuple[str, ...]]
    variables: frozenset[str]


def read_references(one: Object) -> References:
    places = {
        (symbol.section, symbol.value): symbol.name for symbol in one.symbols if symbol.kind == FUNCTION and symbol.section
    }
    wanted: dict[str, dict[str, None]] = {}
    for section, references in one.refers.items():
        if one.sections[section].flags & EXECUTABLE:
            for reference in references:
                name = _function_at(one, section, reference.offset).removesuffix(".cold")
                wanted.setdefault(name, {}).update(dict.fromkeys(_undefined(one, reference)))
    startup = dict.fromkeys(places.get(place, "") for place in _startup(one))
    return References(
        {name: tuple(found) for name, found in wanted.items()}, tuple(startup), _aliases(one), frozenset(_variables(one))
    )


def _function_at(one: Object, section: int, offset: int) -> str:
    return next(
        (
            symbol.name
            for symbol in one.symbols
            if symbol.section == section and symbol.kind == FUNCTION and 0 <= offset - symbol.value < symbol.size
        ),
        "",
    )


def _undefined(one: Object, start: Reference) -> Iterator[str]:
    """Undefined symbols behind a reference: that itself, or those of the data that it leads to."""
    done: set[int] = set()
    waiting = [start]
    while waiting:
        symbol = one.symbols[waiting.pop().symbol]
        section = one.sections[symbol.section] if 0 < symbol.section < len(one.sections) else None
        if symbol.is_of_thread or (section and section.flags & THREAD):
            yield THREAD_ADDRESS
        elif not symbol.section:
            yield symbol.name
        elif section and section.flags & ALLOCATED and not section.flags & EXECUTABLE and symbol.section not in done:
            done.add(symbol.section)
            waiting += one.refers.get(symbol.section, ())


def _startup(one: Object) -> Iterator[tuple[int, int]]:
    """Section and offset of each function in a table of those that run first."""
    for number, references in one.refers.items():
        if one.sections[number].name.startswith(STARTUP):
            for reference in references:
                symbol = one.symbols[reference.symbol]
                yield symbol.section, symbol.value + reference.addend


def _aliases(one: Object) -> dict[str, tuple[str, ...]]:
    names: dict[tuple[int, int], list[str]] = {}
    for symbol in one.symbols:
        if symbol.kind == FUNCTION and symbol.section:
            names.setdefault((symbol.section, symbol.value), []).append(symbol.name)
    return {name: tuple(same) for same in names.values() if len(same) > 1 for name in same}


def _variables(one: Object) -> Iterator[str]:
    for symbol in one.symbols:
        if symbol.kind == VARIABLE and 0 < symbol.section < len(one.sections):
            section = one.sections[symbol.section]
            if section.flags & WRITABLE and is_variable(section.name):
                yield symbol.name


def aliases_of(known: Iterable[str], all_references: Iterable[References]) -> dict[str, str]:
    """What a function is known as, by its other names. `known` are symbols, some with their source in front."""
    by_symbol = {name.rpartition(":")[2]: name for name in known}
    found = {}
    for references in all_references:
        for alias, names in references.aliases.items():
            same = next((by_symbol[name] for name in names if name in by_symbol), None)
            if alias not in by_symbol and same is not None:
                found[alias] = same
    return found
