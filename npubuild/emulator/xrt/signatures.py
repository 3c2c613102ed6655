"""Argument conversion as pybind11 does it, with the same TypeErrors (xrt-facts.md, section 2).

In version 2.20 of the runtime every argument is positional only. An overload is a tuple of kinds; the first one that takes
the arguments wins, and a call that none takes lists all of them.
"""

from __future__ import annotations

import functools
import operator
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from npubuild.emulator.xrt.enums import BoundEnum

T = TypeVar("T")
ENUMERATIONS: set[str] = set()  # type texts of which a number is not an instance, however often people try


class Rejected(Exception):  # noqa: N818 (not an error: the next overload is tried)
    """An argument that a kind does not take."""


class Kind(NamedTuple):
    """A type of the signature as its text shows it, and the conversion, which raises Rejected."""

    text: str
    convert: Callable[[object], Any]


def integer(bits: int, *, signed: bool) -> Kind:
    """A C integer: takes whatever has `__index__` or `__int__`, but no float, and nothing outside its range."""
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)

    def convert(value: object) -> int:
        if isinstance(value, float):
            raise Rejected
        number = _number(value)
        if not low <= number < high:
            raise Rejected
        return number

    return Kind("int", convert)


def _number(value: object) -> int:
    try:
        if hasattr(type(value), "__index__"):
            return operator.index(value)  # type: ignore[arg-type]
        if hasattr(type(value), "__int__"):
            return int(value)  # type: ignore[call-overload,no-any-return]
    except (TypeError, ValueError):
        pass  # such as an array of several elements, which only looks like a number
    raise Rejected


def instance(type_: type, text: str) -> Kind:
    """An object of a bound class."""

    def convert(value: object) -> object:
        if not isinstance(value, type_):
            raise Rejected
        return value

    return Kind(text, convert)


def enumeration(type_: type[BoundEnum]) -> Kind:
    """A member of an enumeration; an int is not one."""
    text = f"pyxrt.{type_.__qualname__}"
    ENUMERATIONS.add(text)
    return instance(type_, text)


def _string(value: object) -> str:
    if isinstance(value, (bytes, str)):
        return os.fsdecode(value)
    raise Rejected


def _nothing(_: object) -> object:
    raise Rejected


def _buffer(value: object) -> object:
    try:
        memoryview(value)  # type: ignore[arg-type]
    except (TypeError, BufferError, ValueError):
        raise Rejected from None
    return value


INT32 = integer(32, signed=True)
UINT32 = integer(32, signed=False)
SIZE = integer(64, signed=False)
STRING = Kind("str", _string)
BUFFER = Kind("buffer", _buffer)
UNBOUND = Kind("std::function<void (const void*, ert_cmd_state, void*)>", _nothing)
"""A parameter whose converter the real binding forgot to compile in: nothing fits it."""


@dataclass(frozen=True)
class _Bound:
    """A bound method (`owner` is its class) or function (`owner` is empty)."""

    owner: str
    name: str
    overloads: tuple[tuple[Kind, ...], ...]
    returns: str

    def convert(self, given: tuple[object, ...]) -> list[Any] | None:
        """The arguments as the first overload that takes them converts them; None if none does."""
        for overload in self.overloads:
            if len(overload) == len(given):
                try:
                    return [kind.convert(value) for kind, value in zip(overload, given, strict=True)]
                except Rejected:
                    continue
        return None

    def mismatch(self, own: tuple[object, ...], given: tuple[object, ...], keywords: dict[str, object]) -> TypeError:
        """The error that lists the overloads, with a hint behind the real text where the cause is known."""
        constructor = self.name == "__init__"
        kind = "constructor" if constructor else "function"
        lines = [f"{self.name}(): incompatible {kind} arguments. The following argument types are supported:"]
        for number, overload in enumerate(self.overloads, 1):
            parameters = [f"arg{position}: {parameter.text}" for position, parameter in enumerate(overload)]
            if constructor:
                lines.append(f"    {number}. pyxrt.{self.owner}({', '.join(parameters)})")
            else:
                every = [f"self: pyxrt.{self.owner}", *parameters] if self.owner else parameters
                lines.append(f"    {number}. ({', '.join(every)}) -> {self.returns}")
        shown = ", ".join(map(repr, given if constructor else (*own, *given)))
        if keywords:
            shown += "; kwargs: " + ", ".join(f"{key}={value!r}" for key, value in keywords.items())
        return TypeError("\n".join([*lines, "", f"Invoked with: {shown}", *self.hints(given, keywords)]))

    def hints(self, given: tuple[object, ...], keywords: dict[str, object]) -> list[str]:
        if keywords:
            return ["", "the binding of XRT 2.20 takes arguments by position only"]
        for overload in self.overloads:
            for kind, value in zip(overload, given, strict=False):
                if kind.text in ENUMERATIONS and isinstance(value, int):
                    return ["", f"a number is no {kind.text}: name the member, or convert it with {kind.text}({value})"]
        return []


def overloaded(*overloads: tuple[Kind, ...], returns: str = "None") -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Convert the arguments of a method or function by the first overload that takes them, else raise TypeError."""

    def decorate(function: Callable[..., T]) -> Callable[..., T]:
        owner, _, name = function.__qualname__.rpartition(".")
        bound = _Bound(owner, name, overloads, returns)

        @functools.wraps(function)
        def call(*arguments: object, **keywords: object) -> T:
            own, given = (arguments[:1], arguments[1:]) if owner else ((), arguments)
            converted = None if keywords else bound.convert(given)
            if converted is None:
                raise bound.mismatch(own, given, keywords)
            return function(*own, *converted)

        return call

    return decorate
