"""The instruction stream (TXN) of a runtime sequence: operations, and the binary both ways (npu-facts.md, section 4).

Format 0.1 is what the compiler has written since March 2025; format 1.0 is the one before, and is read and written too.
All words are little-endian and 32 bits wide, all sizes and offsets count bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from npubuild.errors import Place, UserError
from npubuild.hardware.devices import ROWS, Device

WORD = 0xFFFFFFFF
HEADER_WORDS = 4


@dataclass(frozen=True)
class Header:
    """The first two words. `generation`: 3 for npu1 devices, 4 for npu2 devices; `rows` and `columns` of the partition."""

    generation: int
    columns: int
    rows: int = ROWS
    mem_rows: int = 1
    major: int = 0
    minor: int = 1

    @classmethod
    def of(cls, device: Device) -> Header:
        return cls(device.generation, device.columns, device.rows)


@dataclass(frozen=True)
class Write:
    """Write `value` to the register or memory word at the absolute `address` (64 bits in format 0.1)."""

    address: int
    value: int


@dataclass(frozen=True)
class BlockWrite:
    """Write `words` to consecutive addresses. `location` is column | row << 8 where the operation named its tile, else 0."""

    address: int
    words: tuple[int, ...]
    location: int = 0


@dataclass(frozen=True)
class MaskWrite:
    """Replace the bits of `mask` at the absolute `address` by those of `value`."""

    address: int
    value: int
    mask: int


@dataclass(frozen=True)
class Preempt:
    """A point at which the firmware may switch to another context."""

    level: int


@dataclass(frozen=True)
class LoadPdi:
    """Load a configuration; `address` has 64 bits."""

    id: int
    size: int
    address: int


@dataclass(frozen=True)
class Sync:
    """Wait for one token of each tile of a rectangle, from the channel `channel` of `direction` (0 S2MM, 1 MM2S)."""

    column: int
    row: int
    direction: int
    channel: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class AddressPatch:
    """Put the address of host argument `argument`, plus `offset` bytes, into the descriptor words at `address`.

    `short` marks the 24-byte form that format 1.0 had.
    """

    address: int
    argument: int
    offset: int
    action: int = 0
    short: bool = False


Operation: TypeAlias = Write | BlockWrite | MaskWrite | Preempt | LoadPdi | Sync | AddressPatch


@dataclass(frozen=True)
class Stream:
    """A whole instruction stream."""

    header: Header
    operations: tuple[Operation, ...] = ()


WRITE, BLOCKWRITE, MASKWRITE, PREEMPT, LOADPDI, SYNC, PATCH = 0x00, 0x01, 0x03, 0x06, 0x08, 0x80, 0x81
_KNOWN_BUT_UNUSED = {
    0x02: "blockset",
    0x04: "maskpoll",
    0x05: "noop",
    0x07: "maskpoll-busy",
    0x09: "load-pm-start",
    0x0A: "create-scratchpad",
    0x0B: "update-state-table",
    0x0C: "update-register",
    0x0D: "update-scratch",
    0x82: "read-regs",
    0x83: "record-timer",
    0x84: "merge-sync",
}


# Writing --------------------------------------------------------------------------------------------------------------


def encode(stream: Stream) -> bytes:
    """The binary of a stream. Raises ValueError when a value does not fit its field in the header's format."""
    header = stream.header
    old = _is_old(header)
    body = [word for operation in stream.operations for word in _operation_words(operation, old)]
    words = [
        _bytes(header.major, header.minor, header.generation, header.rows),
        _bytes(header.columns, header.mem_rows),
        len(stream.operations),
        4 * (HEADER_WORDS + len(body)),
        *body,
    ]
    misfit = next((word for word in words if not 0 <= word <= WORD), None)
    if misfit is not None:
        raise ValueError(f"{misfit:#x} does not fit a 32-bit word of the instruction stream")
    return struct.pack(f"<{len(words)}I", *words)


def _is_old(header: Header) -> bool:
    version = (header.major, header.minor)
    if version not in {(0, 1), (1, 0)}:
        raise ValueError(f"instruction stream format {header.major}.{header.minor} is not known, only 0.1 and 1.0")
    return version == (1, 0)


def _operation_words(operation: Operation, old: bool) -> list[int]:
    if isinstance(operation, Preempt):
        return [_bytes(PREEMPT, operation.level)]
    if isinstance(operation, LoadPdi):
        return [LOADPDI | operation.id << 16, operation.size, *_double(operation.address)]
    if isinstance(operation, Sync):
        tile = _bytes(operation.direction, operation.row, operation.column)
        return [SYNC, 16, tile, _bytes(0, operation.rows, operation.columns, operation.channel)]
    if isinstance(operation, AddressPatch):
        return _patch_words(operation)
    return _old_write_words(operation) if old else _write_words(operation)


def _write_words(operation: Write | BlockWrite | MaskWrite) -> list[int]:
    if isinstance(operation, Write):
        return [WRITE, 0, *_double(operation.address), operation.value, 24]
    if isinstance(operation, MaskWrite):
        return [MASKWRITE, 0, *_double(operation.address), operation.value, operation.mask, 28]
    return [BLOCKWRITE, operation.location, operation.address, 16 + 4 * len(operation.words), *operation.words]


def _old_write_words(operation: Write | BlockWrite | MaskWrite) -> list[int]:
    if isinstance(operation, Write):
        return [WRITE, operation.address, operation.value]
    if isinstance(operation, MaskWrite):
        return [MASKWRITE, operation.address, operation.value, operation.mask]
    return [BLOCKWRITE, operation.address, 12 + 4 * len(operation.words), *operation.words]


def _patch_words(operation: AddressPatch) -> list[int]:
    if operation.short:
        return [PATCH, 24, operation.address, operation.argument, operation.offset, 0]
    numbers = (*_double(operation.address), *_double(operation.argument), *_double(operation.offset))
    return [PATCH, 48, 0, 0, 0, operation.action, *numbers]


def _bytes(*values: int) -> int:
    try:
        return int.from_bytes(bytes(values), "little")
    except ValueError:
        raise ValueError(f"a byte of the instruction stream holds 0 to 255: {values}") from None


def _double(value: int) -> tuple[int, int]:
    return value & WORD, value >> 32


# Reading --------------------------------------------------------------------------------------------------------------


def decode(data: bytes, file: str) -> Stream:
    """The stream in `data`. Raises UserError, naming `file` and the byte offset, when it is anything else."""
    return _Reader(data, file).stream()


class _Reader:
    """Reads words one after the other and knows where it is; `start` is the word at which the current operation begins."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self.start = self.position = 0
        self.nbytes = len(data)
        if len(data) < 4 * HEADER_WORDS:
            self.fail(f"an instruction stream has a header of {4 * HEADER_WORDS} bytes, the file has only {len(data)}")
        if len(data) % 4:
            self.fail(f"the file has {len(data)} bytes, which is not a whole number of 32-bit words")
        self.words = struct.unpack(f"<{len(data) // 4}I", data)

    def fail(self, message: str, hint: str = "") -> NoReturn:
        raise UserError.at(Place(self.file), f"byte {4 * self.start:#x}: {message}", hint, rule="txn-format")

    def take(self, count: int) -> tuple[int, ...]:
        end = self.position + count
        if end > len(self.words):
            left = self.nbytes - 4 * self.start
            self.fail(f"the operation needs {4 * (end - self.start)} bytes, the file ends after {left}")
        taken = self.words[self.position : end]
        self.position = end
        return taken

    def stream(self) -> Stream:
        first, second, count, total = self.take(HEADER_WORDS)
        header = self._header(first, second)
        if total != self.nbytes:
            self.start = 3
            self.fail(
                f"the header says {total} bytes, the file has {self.nbytes}",
                "the file was cut, or is not an instruction stream",
            )
        readers = _OLD_READERS if _is_old(header) else _READERS
        operations = []
        while self.position < len(self.words):
            operations.append(self._operation(readers))
        if len(operations) != count:
            self.start = 2
            self.fail(f"the header says {count} operations, the file has {len(operations)}")
        return Stream(header, tuple(operations))

    def _header(self, first: int, second: int) -> Header:
        major, minor, generation, rows = first.to_bytes(4, "little")
        columns, mem_rows, *reserved = second.to_bytes(4, "little")
        if (major, minor) not in {(0, 1), (1, 0)}:
            self.fail(
                f"instruction stream format {major}.{minor} is not known, only 0.1 and 1.0",
                "is this the insts.bin of an NPU design?",
            )
        if any(reserved):
            self.start = 1
            self.fail(f"the upper half of the header word {second:#010x} is not 0")
        return Header(generation, columns, rows, mem_rows, major, minor)

    def _operation(self, readers: Mapping[int, Callable[[_Reader, int], Operation]]) -> Operation:
        self.start = self.position
        (first,) = self.take(1)
        opcode = first & 0xFF
        if opcode in _KNOWN_BUT_UNUSED:
            self.fail(f"operation {_KNOWN_BUT_UNUSED[opcode]} ({opcode:#04x}) is not supported")
        if opcode not in readers:
            self.fail(f"unknown operation code {opcode:#04x}")
        return readers[opcode](self, first >> 8)

    def zero(self, name: str, *values: int) -> None:
        for value in values:
            if value:
                self.fail(f"a reserved field of the {name} is {value:#x}, not 0")

    def size(self, name: str, found: int, expected: int) -> None:
        if found != expected:
            self.fail(f"the size of the {name} is {found} bytes, not {expected}")


def _join(low: int, high: int) -> int:
    return low | high << 32


def _read_write(reader: _Reader, rest: int) -> Write:
    reserved, low, high, value, size = reader.take(5)
    reader.size("write", size, 24)
    reader.zero("write", rest, reserved)
    return Write(_join(low, high), value)


def _read_old_write(reader: _Reader, rest: int) -> Write:
    reader.zero("write", rest)
    return Write(*reader.take(2))


def _read_blockwrite(reader: _Reader, rest: int) -> BlockWrite:
    location, address, size = reader.take(3)
    reader.zero("blockwrite", rest)
    return BlockWrite(address, _block(reader, size - 16), location)


def _read_old_blockwrite(reader: _Reader, rest: int) -> BlockWrite:
    address, size = reader.take(2)
    reader.zero("blockwrite", rest)
    return BlockWrite(address, _block(reader, size - 12))


def _block(reader: _Reader, nbytes: int) -> tuple[int, ...]:
    if nbytes < 0 or nbytes % 4:
        reader.fail(f"a blockwrite of {nbytes} bytes of data")
    return reader.take(nbytes // 4)


def _read_maskwrite(reader: _Reader, rest: int) -> MaskWrite:
    reserved, low, high, value, mask, size = reader.take(6)
    reader.size("maskwrite", size, 28)
    reader.zero("maskwrite", rest, reserved)
    return MaskWrite(_join(low, high), value, mask)


def _read_old_maskwrite(reader: _Reader, rest: int) -> MaskWrite:
    reader.zero("maskwrite", rest)
    return MaskWrite(*reader.take(3))


def _read_preempt(reader: _Reader, rest: int) -> Preempt:
    reader.zero("preempt", rest >> 8)
    return Preempt(rest)


def _read_load_pdi(reader: _Reader, rest: int) -> LoadPdi:
    size, low, high = reader.take(3)
    reader.zero("load_pdi", rest & 0xFF)
    return LoadPdi(rest >> 8, size, _join(low, high))


def _read_sync(reader: _Reader, rest: int) -> Sync:
    size, tile, extent = reader.take(3)
    reader.size("sync", size, 16)
    reader.zero("sync", rest, tile >> 24, extent & 0xFF)
    direction, row, column, _ = tile.to_bytes(4, "little")
    _, rows, columns, channel = extent.to_bytes(4, "little")
    return Sync(column, row, direction, channel, columns, rows)


def _read_patch(reader: _Reader, rest: int) -> AddressPatch:
    (size,) = reader.take(1)
    reader.size("address_patch", size, 48)
    *reserved, action, low, high, argument, argument_high, offset, offset_high = reader.take(10)
    reader.zero("address_patch", rest, *reserved)
    return AddressPatch(_join(low, high), _join(argument, argument_high), _join(offset, offset_high), action)


def _read_old_patch(reader: _Reader, rest: int) -> AddressPatch:
    if reader.position < len(reader.words) and reader.words[reader.position] == 48:
        return _read_patch(reader, rest)
    size, address, argument, offset, reserved = reader.take(5)
    reader.size("address_patch", size, 24)
    reader.zero("address_patch", rest, reserved)
    return AddressPatch(address, argument, offset, short=True)


_READERS: dict[int, Callable[[_Reader, int], Operation]] = {
    WRITE: _read_write,
    BLOCKWRITE: _read_blockwrite,
    MASKWRITE: _read_maskwrite,
    PREEMPT: _read_preempt,
    LOADPDI: _read_load_pdi,
    SYNC: _read_sync,
    PATCH: _read_patch,
}
_OLD_READERS = _READERS | {
    WRITE: _read_old_write,
    BLOCKWRITE: _read_old_blockwrite,
    MASKWRITE: _read_old_maskwrite,
    PATCH: _read_old_patch,
}
