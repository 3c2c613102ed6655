"""What a compiler says about the C++ of one object: frames, calls, divisions and constants.

An `Analysis` is either exact, made by the compiler that makes the object for the cores, or an estimate, made by the host's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from npubuild.errors import Place, UserError

_LENGTH = re.compile(r"(?<!_)\d+")  # of the name that follows in a symbol; that behind `_` tells those alike apart


@dataclass(frozen=True)
class Call:
    """A call of the function `callee` at `place`; "" is a call through a pointer."""

    callee: str
    place: Place | None


@dataclass(frozen=True)
class Division:
    """A division or remainder of integers of `bits`, more than 32, that no compiler turns into shifts."""

    bits: int
    place: Place | None


@dataclass(frozen=True)
class Variable:
    """A variable outside of all functions, or a static one inside, where a function uses it first."""

    name: str
    place: Place | None


@dataclass(frozen=True)
class Parameter:
    """A parameter of a C function. `kind` is "int", "unsigned", "float", "bool", "void" or "other", and `bits` its size.

    Of a pointer, both are those of what it points to, as `constant` is. `shown` is the type as the source has it.
    """

    shown: str
    kind: str
    bits: int
    pointer: bool
    constant: bool


@dataclass(frozen=True)
class Function:
    """A function of the sources after inlining. `name` is its symbol, with the source in front where only that knows it.

    `frame`: bytes of stack while it runs; with `bounded` False these are the least, as it allocates on the stack while it
    runs. Calls that were inlined into it are its own. `wants` are symbols that no source defines and its machine code or
    its data refers to, called or not; `variables` are those of the sources. `parameters` are known of C functions that
    others can call.
    """

    name: str
    shown: str
    place: Place | None
    frame: int
    bounded: bool = True
    calls: tuple[Call, ...] = ()
    divisions: tuple[Division, ...] = ()
    wants: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    parameters: tuple[Parameter, ...] | None = None


@dataclass(frozen=True)
class Kept:
    """What a linker keeps of the object's sections when only one function is called: bytes by section."""

    code: Mapping[str, int] = field(default_factory=dict)
    data: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """All functions of one object by name. `origin` names compiler and target; `kept` is by symbol of global functions;
    `startup` are the functions that run before all others, which C++ has for statics that are not constant.

    With `estimated`, the figures are those of another processor: see `npubuild.resources.stack` for what that means.
    """

    origin: str
    estimated: bool
    functions: Mapping[str, Function]
    kept: Mapping[str, Kept]
    startup: tuple[str, ...] = ()

    def as_json(self) -> str:
        content = {
            "origin": self.origin,
            "estimated": self.estimated,
            "functions": [asdict(function) for function in self.functions.values()],
            "kept": {name: asdict(kept) for name, kept in self.kept.items()},
            "startup": self.startup,
        }
        return json.dumps(content, indent=1) + "\n"


def read_analysis(data: bytes, file: str) -> Analysis:
    """The analysis that `as_json` gave; UserError for anything else."""
    try:
        content = json.loads(data)
        functions = [_function(entry) for entry in content["functions"]]
        kept = {name: Kept(**entry) for name, entry in content["kept"].items()}
        by_name = {function.name: function for function in functions}
        return Analysis(content["origin"], content["estimated"], by_name, kept, tuple(content["startup"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError.at(Place(file), "is no analysis of an object", hint="build the object again") from error


def plain_name(symbol: str) -> str:
    """The name of a variable in the source: the last one of those in its symbol (`_ZZ1fE5count_0` is `count`)."""
    if not symbol.startswith("_Z"):
        return symbol.partition(".")[0]
    name, position = symbol, 0
    while match := _LENGTH.search(symbol, position):
        position = match.end() + int(match[0])
        name = symbol[match.end() : position] or name
    return name


def unguarded(variables: Iterable[str]) -> list[str]:
    """Symbols of variables without those that are initialised on their first use, and without the guards of these."""
    guards = {symbol for symbol in variables if symbol.startswith("_ZGV")}
    return [symbol for symbol in variables if symbol not in guards and f"_ZGV{symbol[2:]}" not in guards]


def _function(entry: Mapping[str, Any]) -> Function:
    calls = tuple(Call(call["callee"], _place(call["place"])) for call in entry["calls"])
    divisions = tuple(Division(found["bits"], _place(found["place"])) for found in entry["divisions"])
    values = {**entry, "place": _place(entry["place"]), "calls": calls, "divisions": divisions}
    values["wants"] = tuple(entry["wants"])
    values["variables"] = tuple(Variable(found["name"], _place(found["place"])) for found in entry["variables"])
    if entry["parameters"] is not None:
        values["parameters"] = tuple(Parameter(**parameter) for parameter in entry["parameters"])
    return Function(**values)


def _place(entry: Mapping[str, Any] | None) -> Place | None:
    return None if entry is None else Place(**entry)
