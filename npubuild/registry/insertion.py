"""Adds entries to the text of kernels.yaml: comments, order and everything else of the file stay as they are."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from npubuild.errors import Place, UserError
from npubuild.registry.document import Mapping as MappingNode
from npubuild.registry.document import read_document


def insert_entries(data: bytes, file: str, entries: Mapping[str, str]) -> str:
    """The file's text with an entry (YAML text that starts in column 1) at the end of each named mapping.

    Raises UserError when the file has no such mapping in block style, one line a key: then there is no place to write to.
    """
    document, _ = read_document(data, file)
    lines = data.decode("utf-8-sig").splitlines()
    for section, entry in sorted(entries.items(), key=lambda item: -_line(document, item[0], file)):
        start = _line(document, section, file)
        assert isinstance(document, MappingNode)
        mapping = document.items[section]
        first = next(iter(mapping.keys.values())) if isinstance(mapping, MappingNode) and mapping.keys else None
        if first is None or first.line == start:
            place = document.keys[section]
            hint = "write one entry a line, indented below it"
            raise UserError.at(place, f"an entry can be added to `{section}` only in block style", hint)
        following = [place.line for place in document.keys.values() if place.line > start]
        end = min(following) - 1 if following else len(lines)
        end = _end_of_section(lines, start, end)
        lines[end:end] = ["", *_indented(entry, first)] if _has_gaps(lines[start:end]) else _indented(entry, first)
    return "\n".join(lines) + "\n"


def _line(document: object, section: str, file: str) -> int:
    if not isinstance(document, MappingNode) or section not in document.keys:
        raise UserError.at(Place(file), f"has no `{section}`", hint="declare `objects` and `kernels`")
    return document.keys[section].line


def _end_of_section(lines: list[str], start: int, end: int) -> int:
    """Without what lies between a section and the next one: empty lines, and comments that begin in column 1."""
    while end > start and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return end


def _has_gaps(lines: list[str]) -> bool:
    """Whether entries are set apart by empty lines."""
    return any(not line.strip() for line in lines)


def _indented(entry: str, first: Place) -> list[str]:
    return textwrap.indent(entry, " " * (first.column - 1)).splitlines()
