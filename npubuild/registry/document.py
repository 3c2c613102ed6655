"""A YAML file as located nodes: plain data of which every key and value knows its line and column.

Only what a list of kernels needs is accepted: one document of mappings, lists and scalars. Tags, anchors, aliases, several
documents, binary junk and deep nesting end with one located message, before they can cost time or memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from npubuild.errors import Diagnostic, Place, UserError

SIZE_LIMIT = 1 << 20  # bytes
DEPTH_LIMIT = 24

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}|0x[0-9a-fA-F]{1,32}|0o[0-7]{1,40}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")


@dataclass(frozen=True)
class Scalar:
    """A text, number, truth value or nothing, read by the rules of YAML 1.2 (so `on` and `1_000` are texts)."""

    value: str | int | float | bool | None
    place: Place


@dataclass(frozen=True)
class List:
    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Mapping:
    """Keys in the order of the file. `keys` has the place of each key, `place` that of the first."""

    items: dict[str, Node]
    keys: dict[str, Place]
    place: Place


Node = Scalar | List | Mapping


def read_document(data: bytes, file: str) -> tuple[Node, list[Diagnostic]]:
    """The single document of a YAML file, and the keys that it repeats.

    Raises UserError, with one located diagnostic, when `data` is no such document.
    """
    text = _decode(data, file)
    try:
        if hasattr(yaml, "CSafeLoader"):  # libyaml is ten times as fast, and says less of what is wrong
            return _Reader(yaml.parse(text, Loader=yaml.CSafeLoader), file).read()
    except yaml.YAMLError:
        pass
    return _Reader(_parse(text, file), file).read()


class _Reader:
    def __init__(self, events: Iterator[yaml.Event], file: str) -> None:
        self.file = file
        self.repeated: list[Diagnostic] = []
        self.events = events

    def read(self) -> tuple[Node, list[Diagnostic]]:
        next(self.events)  # start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise UserError.at(Place(self.file, 1, 1), "the file is empty", hint="declare `objects` and `kernels`")
        root = self._node(next(self.events), 0)
        next(self.events)  # end of the document
        following = next(self.events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise UserError.at(self._place(following), "a second document starts here", hint="remove the line `---`")
        return root, self.repeated

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        place = self._place(event)
        self._guard(event, place, depth)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value if event.style else _value(event.value), place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(place, depth)
        return self._mapping(place, depth)

    def _guard(self, event: yaml.Event, place: Place, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise UserError.at(place, f"aliases (`*{event.anchor}`) are not allowed", hint="write the value out")
        if anchor := getattr(event, "anchor", None):
            raise UserError.at(place, f"anchors (`&{anchor}`) are not allowed", hint="write the value out where it is used")
        if tag := getattr(event, "tag", None):
            raise UserError.at(place, f"tags (`{tag}`) are not allowed", hint="plain values need no tag")
        if depth > DEPTH_LIMIT:
            raise UserError.at(place, f"nested more than {DEPTH_LIMIT} levels deep")

    def _list(self, place: Place, depth: int) -> List:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return List(tuple(items), place)

    def _mapping(self, place: Place, depth: int) -> Mapping:
        items: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_place = self._place(event)
            self._guard(event, key_place, depth)
            if not isinstance(event, yaml.ScalarEvent):
                raise UserError.at(key_place, "a key must be a plain name")
            value = self._node(next(self.events), depth + 1)
            if event.value in items:
                message = f"key `{event.value}` is repeated"
                self.repeated.append(
                    Diagnostic(message, key_place, hint=f"it is first given in line {keys[event.value].line}")
                )
                continue
            items[event.value], keys[event.value] = value, key_place
        return Mapping(items, keys, place)


def _parse(text: str, file: str) -> Iterator[yaml.Event]:
    """All events; UserError where the text is no YAML."""
    try:
        yield from yaml.parse(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        message = " ".join(part for part in (error.context, error.problem) if part)
        raise UserError.at(place, f"not YAML: {message}") from error
    except yaml.reader.ReaderError as error:
        place = _place_of_offset(text, error.position, file)
        raise UserError.at(place, f"not YAML: character U+{ord(text[error.position]):04X} is not allowed") from error


def _decode(data: bytes, file: str) -> str:
    if len(data) > SIZE_LIMIT:
        raise UserError.at(Place(file), f"has {len(data)} bytes; a list of kernels has at most {SIZE_LIMIT}")
    if (position := data.find(b"\0")) >= 0:
        raise UserError.at(_place_of_offset(data, position, file), "not a text file: it contains a NUL byte")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place_of_offset(data, error.start, file)
        raise UserError.at(place, f"not a text file: byte 0x{data[error.start]:02x} is not UTF-8") from error


def _place_of_offset(content: bytes | str, offset: int, file: str) -> Place:
    before = content[:offset]
    lines = before.splitlines() if before else []
    newline: bytes | str = b"\n" if isinstance(before, bytes) else "\n"
    if not lines or before.endswith(newline):  # type: ignore[arg-type]
        return Place(file, len(lines) + 1, 1)
    return Place(file, len(lines), len(lines[-1]) + 1)


def _value(text: str) -> str | int | float | bool | None:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0 if text[:2] in {"0x", "0o"} else 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
