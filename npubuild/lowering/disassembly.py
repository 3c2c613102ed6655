"""Instruction streams as text, and back: one operation a line, what it does behind a semicolon.

    txn version=0.1 generation=3 columns=4 rows=6 mem_rows=1  ; npu1, 32 operations, 1152 bytes
    blockwrite address=0x0001d000 words=0xc00,0,0,0,0x80000000,0x2000000,0,0x2000000  ; (0, 0) bd 0: 3072 words, burst 256 B
    address_patch address=0x0001d004 argument=0 offset=0  ; (0, 0) bd 0 reads or writes argument 0
    write address=0x0001d214 value=0x00000000  ; (0, 0) MM2S 0 queue: bd 0

Comments and blank lines mean nothing to `assemble`; fields at their default may be left out.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.hardware.devices import Direction
from npubuild.hardware.registers import identify
from npubuild.lowering.explanation import device_name, direction_text, explain
from npubuild.lowering.txn import (
    AddressPatch,
    BlockWrite,
    Header,
    LoadPdi,
    MaskWrite,
    Operation,
    Preempt,
    Stream,
    Sync,
    Write,
    encode,
)

_RULE = "txn-text"


# The syntax -----------------------------------------------------------------------------------------------------------


def _hexadecimal(value: int) -> str:
    return f"0x{value:08x}"


def _number(text: str) -> int:
    return int(text, 0)


def _words_text(words: tuple[int, ...]) -> str:
    return ",".join(f"{word:#x}" if word > 9 else str(word) for word in words)


def _read_words(text: str) -> tuple[int, ...]:
    return tuple(_number(word) for word in text.split(",")) if text else ()


def _read_direction(text: str) -> int:
    return Direction[text].value if text in Direction.__members__ else _number(text)


class _Notation(NamedTuple):
    """How a field is written and read."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


_DECIMAL = _Notation(str, _number)
_HEXADECIMAL = _Notation(_hexadecimal, _number)
_NOTATIONS = {
    "address": _HEXADECIMAL,
    "value": _HEXADECIMAL,
    "mask": _HEXADECIMAL,
    "location": _HEXADECIMAL,
    "words": _Notation(_words_text, _read_words),
    "direction": _Notation(direction_text, _read_direction),
    "short": _Notation(lambda value: str(int(value)), lambda text: bool(_number(text))),
}
_OPERATIONS: Mapping[str, type[Operation]] = {
    "write": Write,
    "blockwrite": BlockWrite,
    "maskwrite": MaskWrite,
    "preempt": Preempt,
    "load_pdi": LoadPdi,
    "sync": Sync,
    "address_patch": AddressPatch,
}
_NAMES: Mapping[type[Operation], str] = {kind: name for name, kind in _OPERATIONS.items()}


def disassemble(stream: Stream) -> str:
    """The text of a stream; ends with a newline."""
    lines = [f"{_header_text(stream.header)}  ; {_header_meaning(stream)}"]
    lines += [f"{operation_text(operation)}  ; {explain(operation)}" for operation in stream.operations]
    return "\n".join(lines) + "\n"


def operation_text(operation: Operation) -> str:
    """One operation without its explanation, as `assemble` reads it."""
    parts = [_NAMES[type(operation)]]
    for field in dataclasses.fields(operation):
        value = getattr(operation, field.name)
        if value != field.default:
            parts.append(f"{field.name}={_NOTATIONS.get(field.name, _DECIMAL).write(value)}")
    return " ".join(parts)


def _header_text(header: Header) -> str:
    numbers = f"generation={header.generation} columns={header.columns} rows={header.rows} mem_rows={header.mem_rows}"
    return f"txn version={header.major}.{header.minor} {numbers}"


def _header_meaning(stream: Stream) -> str:
    return f"{device_name(stream.header)}, {len(stream.operations)} operations, {len(encode(stream))} bytes"


def summarize(stream: Stream) -> str:
    """A short description of a stream: device, size, operations by kind, host arguments, channels."""
    header, operations = stream.header, stream.operations
    counts = Counter(_NAMES[type(operation)] for operation in operations)
    arguments = sorted({operation.argument for operation in operations if isinstance(operation, AddressPatch)})
    pushes: Counter[str] = Counter()
    for operation in operations:
        channel = identify(operation.address).channel if isinstance(operation, Write) else None
        if channel:
            pushes[f"({channel.tile.col}, {channel.tile.row}) {channel.direction.name} {channel.index}"] += 1
    lines = [
        f"instruction stream, format {header.major}.{header.minor}",
        f"device: {device_name(header)} (generation {header.generation}, {header.columns} columns, {header.rows} rows)",
        f"size: {len(encode(stream))} bytes, {len(operations)} operations",
        "operations: " + (", ".join(f"{count} {name}" for name, count in counts.items()) or "none"),
        "host arguments: " + (", ".join(map(str, arguments)) or "none"),
        "tasks: " + (", ".join(f"{count} on {channel}" for channel, count in pushes.items()) or "none"),
    ]
    return "\n".join(lines) + "\n"


# Reading the text -----------------------------------------------------------------------------------------------------


def assemble(text: str, file: str) -> Stream:
    """The stream that `text` describes. Raises UserError with every bad line, as `file`:line:column."""
    header: Header | None = None
    operations: list[Operation] = []
    errors: list[Diagnostic] = []
    for number, line in enumerate(text.splitlines(), 1):
        statement = line.partition(";")[0]
        if not statement.strip():
            continue
        place = Place(file, number, len(statement) - len(statement.lstrip()) + 1)
        try:
            if header is None:
                header = _read_header(statement)
            else:
                operations.append(_read_operation(statement, header))
        except ValueError as error:
            errors.append(Diagnostic(str(error), place, rule=_RULE))
    if header is None and not errors:
        errors.append(
            Diagnostic("no instruction stream: it starts with a line `txn version=0.1 ...`", Place(file), rule=_RULE)
        )
    if errors or header is None:
        raise UserError(errors)
    return Stream(header, tuple(operations))


def _read_header(statement: str) -> Header:
    name, *parts = statement.split()
    if name != "txn":
        raise ValueError("an instruction stream starts with a line `txn version=0.1 ...`")
    values = _read_pairs(parts)
    version = values.pop("version", "0.1").split(".")
    if len(version) != 2 or not all(part.isdecimal() for part in version):
        raise ValueError("the version is two numbers, as in version=0.1")
    numbers = {key: _number_of(key, text) for key, text in values.items()}
    try:
        header = Header(**numbers, major=int(version[0]), minor=int(version[1]))
    except TypeError:
        raise ValueError("a header has the fields version, generation, columns, rows, mem_rows") from None
    encode(Stream(header))
    return header


def _read_operation(statement: str, header: Header) -> Operation:
    name, *parts = statement.split()
    kind = _OPERATIONS.get(name)
    if kind is None:
        raise ValueError(f"unknown operation {name}, not one of {', '.join(_OPERATIONS)}")
    pairs = _read_pairs(parts)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in pairs:
        if key not in fields:
            raise ValueError(f"{name} has no field {key}, only {', '.join(fields)}")
    missing = [key for key, field in fields.items() if field.default is dataclasses.MISSING and key not in pairs]
    if missing:
        raise ValueError(f"{name} lacks {', '.join(missing)}")
    operation = kind(**{key: _value_of(key, text) for key, text in pairs.items()})
    encode(Stream(header, (operation,)))
    return operation


def _read_pairs(parts: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in parts:
        key, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"expected key=value, found {part}")
        if key in pairs:
            raise ValueError(f"{key} is given twice")
        pairs[key] = value
    return pairs


def _value_of(key: str, text: str) -> Any:
    try:
        return _NOTATIONS.get(key, _DECIMAL).read(text)
    except ValueError:
        raise ValueError(f"{key}={text} is not a number that fits there") from None


def _number_of(key: str, text: str) -> int:
    try:
        return _number(text)
    except ValueError:
        raise ValueError(f"{key}={text} is not a number") from None
