"""Reads what Clang, and so Peano, writes about a source: frames (`-fstack-usage`), and calls and divisions in LLVM IR."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from npubuild.errors import Place
from npubuild.resources.model import Call, Division, Function, Variable, plain_name, unguarded
from npubuild.toolchain.core_symbols import LIBM

_NAME = r'@("[^"]+"|[\w.$-]+)'
_DEFINE = re.compile(rf"^define ([^@]*){_NAME}\(.*?(?: !dbg !(\d+))?(?: personality .*)? \{{$")
_MENTION = re.compile(_NAME)
_VARIABLE = re.compile(rf"^{_NAME} = (?!external)(?!.*\bthread_local\b)[^@\"{{]*?\bglobal\b", re.MULTILINE)
_CALL = re.compile(r"\b(?:call|invoke)\b(.*)$")
_CALLEE = re.compile(rf"{_NAME}\(|(%[\w.]+)\(|(\basm )")
_DIVISION = re.compile(r"= [su](?:div|rem) (?:exact )?(?:<\d+ x )?i(\d+)>? (.*)$")
_LOCATION = re.compile(r", !dbg !(\d+)")
_METADATA = re.compile(r"^!(\d+) = (?:distinct )?!(DI\w+)\((.*)\)$", re.MULTILINE)
_ATTRIBUTE = re.compile(r'\b(\w+): (?:"([^"]*)"|!?(\w+))')

_INTRINSIC = re.compile(r"llvm\.(\w+)\.(?:i\d+\.)?(?:v\d+)?f(\d+)(?:\.i\d+)?")
_OTHER_NAMES = {"minnum": "fmin", "maxnum": "fmax"}
_SUFFIXES = {"16": "f", "32": "f", "80": "l", "128": "l"}


@dataclass(frozen=True)
class _Debug:
    """The debug information that says where things are in the source: attributes of each node by its number."""

    nodes: dict[str, dict[str, str]]

    def place(self, number: str) -> Place | None:
        """In the project if there is such a place: what was inlined from a header of the system is where it was called."""
        node = self.nodes.get(number, {})
        file = self._file(node)
        while file.startswith("/") and "inlinedAt" in node:
            node = self.nodes.get(node["inlinedAt"], {})
            file = self._file(node)
        return Place(file, int(node.get("line", "0")), int(node.get("column", "0"))) if file else None

    def name(self, number: str) -> str:
        return self.nodes.get(number, {}).get("name", "")

    def _file(self, node: dict[str, str]) -> str:
        for _ in range(64):  # scopes in scopes
            if "file" in node:
                return self.nodes.get(node["file"], {}).get("filename", "")
            if "scope" not in node:
                return ""
            node = self.nodes.get(node["scope"], {})
        return ""


def read_functions(code: str, frames: str, source: str, variables: Iterable[str] = ()) -> dict[str, Function]:
    """All functions that a source defines, from its LLVM IR and its frames; `source` goes in front of local names.

    `variables` are symbols of the object's variables, without those of this source that only the IR tells apart.
    """
    debug = _Debug({number: _attributes(text) for number, _, text in _METADATA.findall(code)})
    sizes = _frames(frames)
    bodies = _bodies(code)
    local = {name for name, (linkage, _, _) in bodies.items() if re.search(r"\b(internal|private)\b", linkage)}

    def unique(name: str) -> str:
        return f"{source}:{name}" if name in local else name

    writable = unguarded({*variables, *(name.strip('"') for name in _VARIABLE.findall(code))})
    found = {}
    for name, (_, number, lines) in bodies.items():
        if name not in sizes:
            continue  # in the IR, but not in the object: `available_externally`
        frame, bounded = sizes[name]
        calls = tuple(Call(unique(callee), place) for callee, place in _calls(lines, debug))
        place = debug.place(number)
        if place is None or not place.line:
            place = next((first for line in lines if (first := _place(line, debug)) and first.line), place)
        shown = debug.name(number) or name
        found[unique(name)] = Function(
            unique(name),
            shown,
            place,
            frame,
            bounded,
            tuple(dict.fromkeys(calls)),
            _divisions(lines, debug),
            variables=_variables(lines, debug, frozenset(writable)),
        )
    return found


def _variables(lines: list[str], debug: _Debug, writable: frozenset[str]) -> tuple[Variable, ...]:
    found: dict[str, Variable] = {}
    for line in lines:
        if "@" in line and "@llvm.dbg." not in line:
            for symbol in _MENTION.findall(line):
                if (symbol := symbol.strip('"')) in writable:
                    found.setdefault(symbol, Variable(plain_name(symbol), _place(line, debug)))
    return tuple(found.values())


def _bodies(code: str) -> dict[str, tuple[str, str, list[str]]]:
    """Linkage, number of the debug information and lines of every function, by symbol."""
    found: dict[str, tuple[str, str, list[str]]] = {}
    lines: list[str] | None = None
    for line in code.splitlines():
        if match := _DEFINE.match(line):
            lines = []
            found[match[2].strip('"')] = (match[1], match[3] or "", lines)
        elif line == "}":
            lines = None
        elif lines is not None:
            lines.append(line)
    return found


def _calls(lines: list[str], debug: _Debug) -> list[tuple[str, Place | None]]:
    found = []
    for line in lines:
        call = _CALL.search(line)
        callee = _CALLEE.search(call[1]) if call and not line.lstrip().startswith(";") else None
        if callee is None or callee[3]:
            continue
        name = (callee[1] or "").strip('"')
        if name.startswith("llvm."):
            name = _library_function(name)
            if not name:
                continue
        found.append((name, _place(line, debug)))
    return found


def _library_function(intrinsic: str) -> str:
    """The function of libm that an intrinsic is on a processor without such an instruction; "" for all others."""
    match = _INTRINSIC.fullmatch(intrinsic)
    name = _OTHER_NAMES.get(match[1], match[1]) + _SUFFIXES.get(match[2], "") if match else ""
    return name if name in LIBM else ""


def _divisions(lines: list[str], debug: _Debug) -> tuple[Division, ...]:
    found = []
    for line in lines:
        match = _DIVISION.search(line)
        if match and int(match[1]) > 32 and not _by_power_of_two(match[2]):
            found.append(Division(int(match[1]), _place(line, debug)))
    return tuple(dict.fromkeys(found))


def _by_power_of_two(operands: str) -> bool:
    divisor = re.match(r"[^,]+, (-?\d+)(?:,|$)", operands)
    value = abs(int(divisor[1])) if divisor else 0
    return value > 0 and not value & (value - 1)


def _place(line: str, debug: _Debug) -> Place | None:
    location = _LOCATION.search(line)
    return debug.place(location[1]) if location else None


def _attributes(text: str) -> dict[str, str]:
    return {key: quoted or word for key, quoted, word in _ATTRIBUTE.findall(text)}


def _frames(text: str) -> dict[str, tuple[int, bool]]:
    """Lines of `file:line:symbol<tab>bytes<tab>static|dynamic`."""
    found = {}
    for line in text.splitlines():
        where, size, kind = line.split("\t")
        found[where.rpartition(":")[2]] = (int(size), kind != "dynamic")
    return found
