"""Reads what GCC writes about a source: its call graph with frames (`-fcallgraph-info=su`, in VCG form), and the divisions
that are left after optimisation (`-fdump-tree-optimized-lineno`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from npubuild.errors import Place
from npubuild.resources.model import Call, Division, Function, Variable, plain_name, unguarded
from npubuild.toolchain.core_symbols import LIBM

_NODE = re.compile(r'^node: \{ title: "([^"]*)" label: "([^"]*)"( shape : ellipse)? \}$', re.MULTILINE)
_EDGE = re.compile(r'^edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)" label: "([^"]*)" \}$', re.MULTILINE)
_FRAME = re.compile(r"^(\d+) bytes \((.*)\)$")
_INDIRECT = "__indirect_call"
_STARTUP = "_GLOBAL__sub_I_"

_FUNCTION = re.compile(r"^;; Function .* \(([^,]+), funcdef_no=", re.MULTILINE)
_DECLARATION = re.compile(r"^  (\S.*?) \*?([\w.]+);$", re.MULTILINE)
_PARAMETER = re.compile(r"(?:^|\()\s*([^*]+?) (\w+)$")
_DIVISION = re.compile(r"^\s*(?:\[([^]]*)\] )?(\S+) = (\S+) [/%] ([^;]+);", re.MULTILINE)
_CALL = re.compile(r"^\s*(?:\[([^]]*)\] )?(\S+) = (?:\[[^]]*\] )?(?:__builtin_|\.)?([A-Za-z]\w*) \(", re.MULTILINE)
_LOCATION = re.compile(r"\[([^][/][^][]*:\d+:\d+)\]")
_TYPEDEF = re.compile(r"\btypedef\s+([\w\s:]+?)\s+(\w+)\s*;|\busing\s+(\w+)\s*=\s*([\w\s:]+?)\s*;")
_WIDE = re.compile(r"\b(u?int64_t|u?intmax_t|long|s?size_t|ssizetype|sizetype|ptrdiff_t|u?intptr_t)\b")


def read_functions(graph: str, dump: str, source: str, variables: Collection[str] = ()) -> dict[str, Function]:
    """All functions that a source defines, from its call graph, its dump, and its own text (for the names of types).

    `variables` are symbols of the object's variables.
    """
    found: dict[str, Function] = {}
    for title, label, outside in _NODE.findall(graph):
        shown, place, frame = _parts(label)
        if not outside and frame is not None:
            bounded = "dynamic" not in frame[1] or "bounded" in frame[1]
            found[title] = Function(title, _short(shown), place, frame[0], bounded)
    calls: dict[str, list[Call]] = {}
    for caller, callee, where in _EDGE.findall(graph):
        calls.setdefault(caller, []).append(Call("" if callee == _INDIRECT else _called(callee), parse_place(where)))
    bodies, aliases = _bodies(dump), _wide_aliases(source)
    names = {plain_name(symbol) for symbol in unguarded(variables)}
    mention = re.compile(rf"(?<![\w.>])({'|'.join(map(re.escape, sorted(names)))})(?!\w|\.\d)") if names else None
    return {
        name: _with_code(function, calls.get(name, []), bodies.get(name.rpartition(":")[2], ""), aliases, mention)
        for name, function in found.items()
    }


def _with_code(
    function: Function, calls: list[Call], body: str, wide_aliases: set[str], mention: re.Pattern[str] | None
) -> Function:
    """The function with what its code in the dump tells beyond the graph."""
    types = _types(body)
    known = {call.place for call in calls}
    inlined = [call for call in _library_calls(body, types) if call.place not in known]
    located = [Call(call.callee, _in_project(call.place, body) or function.place) for call in (*calls, *inlined)]
    place = function.place
    if _STARTUP in function.name:
        place = _first_place(body) or place
    return replace(
        function,
        place=place,
        calls=tuple(dict.fromkeys(located)),
        divisions=tuple(dict.fromkeys(_divisions(body, types, wide_aliases))),
        variables=tuple(_variables(body, types, mention)) if mention else (),
    )


def _variables(body: str, types: Mapping[str, str], mention: re.Pattern[str]) -> Iterator[Variable]:
    """Variables that statements name, at the first; a local one of the same name hides them."""
    found: set[str] = set()
    for line in body.partition("<bb ")[2].splitlines():
        if "# DEBUG" not in line and (match := mention.search(line)):
            for name in mention.findall(line, match.start()):
                if name not in found and types.get(name, "static").startswith("static"):
                    place = _LOCATION.search(line)
                    yield Variable(name, parse_place(place[1]) if place else None)
                found.add(name)


def _library_calls(body: str, types: Mapping[str, str]) -> Iterator[Call]:
    """Calls of the mathematical library, those included for which the host's processor has an instruction."""
    for where, result, name in _CALL.findall(body):
        suffix = "f" if name.isupper() and types.get(result) == "float" else ""  # as `.SQRT` of any type
        if (callee := name.lower() + suffix) in LIBM:
            yield Call(callee, parse_place(where))


def _in_project(place: Place | None, body: str) -> Place | None:
    """Where a place in a header of the system was inlined: the last one of the project before it."""
    if place is None or not place.file.startswith("/"):
        return place
    before = body.partition(f"[{place.file}:{place.line}:{place.column}]")[0]
    found = _LOCATION.findall(before)
    return parse_place(found[-1]) if found else None


def _first_place(body: str) -> Place | None:
    """The first statement in the project, for a function that is nowhere written."""
    lines = (line for line in body.splitlines() if "# DEBUG" not in line)
    return next((parse_place(found[1]) for line in lines if (found := _LOCATION.search(line))), None)


def _called(name: str) -> str:
    """In code for a shared library, a source calls its own global functions by local aliases: `k.cc:f.localalias`."""
    return name.rpartition(":")[2].removesuffix(".localalias") if name.endswith(".localalias") else name


def parse_place(text: str) -> Place | None:
    """`file:line:column`; None for what is built into the compiler."""
    match = re.fullmatch(r"(.*?):(\d+):(\d+)", text)
    return Place(match[1], int(match[2]), int(match[3])) if match else None


def _parts(label: str) -> tuple[str, Place | None, tuple[int, str] | None]:
    """Name, place and frame of a node: the lines of its label, the frame only where the function is defined."""
    lines = label.split("\\n")
    frame = _FRAME.match(lines[-1])
    place = parse_place(lines[1]) if len(lines) > 1 else None
    return lines[0], place, (int(frame[1]), frame[2]) if frame else None


def _short(declaration: str) -> str:
    """`int {anonymous}::helper(const int*)` -> `helper`."""
    head = declaration.replace("{anonymous}::", "").replace("(anonymous namespace)::", "")
    return re.sub(r"<.*?>", "", head).split("(")[0].split()[-1].lstrip("*&")


def _bodies(dump: str) -> dict[str, str]:
    """The code of each function in the dump, by symbol."""
    heads = list(_FUNCTION.finditer(dump))
    ends = [*(other.start() for other in heads[1:]), len(dump)]
    return {head[1]: dump[head.end() : end] for head, end in zip(heads, ends, strict=True)}


def _divisions(body: str, types: Mapping[str, str], wide_aliases: set[str]) -> Iterator[Division]:
    for where, result, left, right in _DIVISION.findall(body):
        kind = next((kind for name in (result, left, right) if (kind := types.get(name) or types.get(_base(name)))), "")
        bits = 128 if "int128" in kind else 64 if _WIDE.search(kind) or kind in wide_aliases else 0
        if bits and not _is_power_of_two(right):
            yield Division(bits, parse_place(where))


def _types(body: str) -> dict[str, str]:
    """The type of every variable, temporary and parameter of a function in the dump."""
    head = body.partition("<bb ")[0]  # statements follow
    signature = re.search(r"^[^\n;]*\((.*)\)\n\{$", head, re.MULTILINE)
    parameters = (_PARAMETER.search(part) for part in (signature[1].split(",") if signature else ()))
    types = {match[2]: match[1] for match in parameters if match}
    return types | {name: kind for kind, name in _DECLARATION.findall(head)}


def _base(name: str) -> str:
    """`n_44(D)` is version 44 of `n`, `_13` is a temporary."""
    plain = name.removesuffix("(D)")
    return plain if re.fullmatch(r"_\d+", plain) else re.sub(r"_\d+$", "", plain)


def _wide_aliases(source: str) -> set[str]:
    """Names that a source gives to wide types."""
    found: set[str] = set()
    for old, name, other_name, other_old in _TYPEDEF.findall(source):
        kind = old or other_old
        if _WIDE.search(kind) or "__int128" in kind or kind in found:
            found.add(name or other_name)
    return found


def _is_power_of_two(text: str) -> bool:
    value = abs(int(text)) if re.fullmatch(r"-?\d+", text) else 0
    return value > 0 and not value & (value - 1)
