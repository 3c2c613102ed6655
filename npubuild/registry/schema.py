"""A small language of types for YAML entries: one definition gives both the validation and the JSON Schema for editors."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from npubuild.errors import Diagnostic, Place
from npubuild.registry.document import List, Mapping, Node, Scalar

LIKENESS = 0.6  # from 0 to 1: below it, two words are not taken for each other

Report = Callable[[Diagnostic], None]


@dataclass(frozen=True)
class Located:
    """A value that passed its type, and where it stands.

    `value` is a str, int, float, bool, a tuple (list) or a dict (record, map) of Located.
    """

    value: Any
    place: Place
    keys: dict[str, Place] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Located:
        found: Located = self.value[name]
        return found

    def __contains__(self, name: str) -> bool:
        return name in self.value

    def plain(self) -> Any:
        """The value without places: what a change of this entry is recognised by."""
        if isinstance(self.value, dict):
            return {name: item.plain() for name, item in self.value.items()}
        if isinstance(self.value, tuple):
            return [item.plain() for item in self.value]
        return self.value


@dataclass(frozen=True)
class Text:
    """A non-empty text. `pattern` must match all of it; `what` says so in words."""

    what: str = "a text"
    pattern: str = ""

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
            return _wrong(node, self.what, report)
        if self.pattern and not re.fullmatch(self.pattern, node.value):
            return _refuse(report, f"`{_shorten(node.value)}` is not {self.what}", node.place)
        return Located(node.value, node.place)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", **({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {"minLength": 1})}


@dataclass(frozen=True)
class Choice:
    """One of a closed list of names."""

    values: tuple[str, ...]
    what: str

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return _wrong(node, self.what, report)
        if node.value not in self.values:
            return _refuse(
                report, f"unknown {self.what} `{_shorten(node.value)}`", node.place, nearest(node.value, self.values)
            )
        return Located(node.value, node.place)

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class Integer:
    """A whole number from `minimum` to `maximum`, both included, and divisible by `multiple`."""

    minimum: int
    maximum: int
    multiple: int = 1

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, Scalar) or type(node.value) is not int:
            return _wrong(node, "a whole number", report)
        if not self.minimum <= node.value <= self.maximum:
            return _refuse(report, f"{node.value} is not within {self.minimum} to {self.maximum}", node.place)
        if node.value % self.multiple:
            return _refuse(report, f"{node.value} is not a multiple of {self.multiple}", node.place)
        return Located(node.value, node.place)

    def schema(self) -> dict[str, Any]:
        multiple = {"multipleOf": self.multiple} if self.multiple > 1 else {}
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum, **multiple}


@dataclass(frozen=True)
class Number:
    """A finite number from `minimum` to `maximum`, both included."""

    minimum: float
    maximum: float

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, Scalar) or type(node.value) not in {int, float}:
            return _wrong(node, "a number", report)
        value = float(node.value)  # type: ignore[arg-type]
        if not math.isfinite(value) or not self.minimum <= value <= self.maximum:
            return _refuse(report, f"{node.value} is not within {self.minimum:g} to {self.maximum:g}", node.place)
        return Located(node.value, node.place)

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            return _wrong(node, "true or false", report)
        return Located(node.value, node.place)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class ListOf:
    """At least `least` items of one type."""

    item: Type
    least: int = 0

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, List):
            return _wrong(node, "a list", report)
        if len(node.items) < self.least:
            return _refuse(report, f"needs at least {_count(self.least, 'item')}", node.place)
        items = [self.item.check(item, report) for item in node.items]
        found = tuple(item for item in items if item is not None)
        return Located(found, node.place) if len(found) == len(items) else None

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema(), **({"minItems": self.least} if self.least else {})}


@dataclass(frozen=True)
class MapOf:
    """Entries of one type under names of the user's choice. Entries that fail are left out; their keys stay known."""

    key: Text
    value: Type
    least: int = 1

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, Mapping):
            return _wrong(node, "a mapping of names to entries", report)
        if len(node.items) < self.least:
            return _refuse(report, f"needs at least {_count(self.least, 'entry', 'entries')}", node.place)
        entries: dict[str, Located] = {}
        for name, child in node.items.items():
            named = self.key.check(Scalar(name, node.keys[name]), report)
            entry = self.value.check(child, report)
            if named is not None and entry is not None:
                entries[name] = entry
        return Located(entries, node.place, dict(node.keys))

    def schema(self) -> dict[str, Any]:
        keys = {"propertyNames": self.key.schema()}
        return {"type": "object", **keys, "additionalProperties": self.value.schema(), "minProperties": self.least}


@dataclass(frozen=True)
class Field:
    """One key of a record. `summary` is what an editor shows, `cure` the hint where it is missing."""

    name: str
    type: Type
    summary: str
    required: bool = True
    cure: str = ""


@dataclass(frozen=True)
class Record:
    """Fixed keys. Of the keys in `one_of`, exactly one is given."""

    fields: tuple[Field, ...]
    one_of: tuple[str, ...] = ()

    def check(self, node: Node, report: Report) -> Located | None:
        if not isinstance(node, Mapping):
            return _wrong(node, "a mapping with " + ", ".join(f"`{field.name}`" for field in self.fields), report)
        failed = self._check_keys(node, report)
        values: dict[str, Located] = {}
        for known in self.fields:
            if known.name in node.items:
                value = known.type.check(node.items[known.name], report)
                failed |= value is None
                if value is not None:
                    values[known.name] = value
        return None if failed else Located(values, node.place, dict(node.keys))

    def _check_keys(self, node: Mapping, report: Report) -> bool:
        names = [known.name for known in self.fields]
        unknown = [name for name in node.items if name not in names]
        for name in unknown:
            _refuse(report, f"unknown key `{_shorten(name)}`", node.keys[name], nearest(name, names))
        missing = [known for known in self.fields if known.required and known.name not in node.items]
        for known in missing:
            if not any(nearest(other, [known.name]).startswith("did you") for other in unknown):
                _refuse(report, f"key `{known.name}` is missing", node.place, known.cure)
        given = [name for name in self.one_of if name in node.items]
        choice = " or ".join(f"`{name}`" for name in self.one_of)
        if len(given) > 1:
            _refuse(report, f"`{given[1]}` and `{given[0]}` exclude each other: give one of {choice}", node.keys[given[1]])
        if self.one_of and not given:
            _refuse(report, f"give one of {choice}", node.place)
        # An unknown key is reported, but what stands beside it can still be read, and its errors told at once.
        return bool(missing or (self.one_of and len(given) != 1))

    def schema(self) -> dict[str, Any]:
        properties = {known.name: {"description": known.summary, **known.type.schema()} for known in self.fields}
        required = [known.name for known in self.fields if known.required]
        result: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            result["required"] = required
        if self.one_of:
            result["oneOf"] = [{"required": [name]} for name in self.one_of]
        return result


Type = Text | Choice | Integer | Number | Flag | ListOf | MapOf | Record


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt name: the known name that resembles it, or all of them."""
    names = list(known)
    alike = {name: difflib.SequenceMatcher(None, word.lower()[:80], name).ratio() for name in names}
    closest = max(names, key=alike.__getitem__, default="")
    if alike.get(closest, 0.0) >= LIKENESS:
        return f"did you mean `{closest}`?"
    return "known are " + ", ".join(f"`{name}`" for name in names) if names else ""


def _wrong(node: Node, expected: str, report: Report) -> Located | None:
    return _refuse(report, f"expected {expected}, found {_describe(node)}", node.place)


def _describe(node: Node) -> str:
    if isinstance(node, List):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, bool):
        return f"the truth value {str(node.value).lower()}"
    if isinstance(node.value, (int, float)):
        return f"the number {node.value}"
    return f"the text `{_shorten(node.value)}`" if node.value else "an empty text"


def _refuse(report: Report, message: str, place: Place, hint: str = "") -> Located | None:
    """Report. Always None, so that a check can report and end in one statement."""
    report(Diagnostic(message, place, hint=hint))
    return None


def _shorten(text: str) -> str:
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return printable if len(printable) <= 60 else printable[:57] + "..."


def _count(number: int, singular: str, plural: str = "") -> str:
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
