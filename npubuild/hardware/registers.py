"""The register map of the three kinds of tile, both ways (npu-facts.md, 1.3).

An absolute address is column << 25 | row << 20 | offset, the offset having 20 bits. Offsets and addresses count bytes.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

from npubuild.hardware.devices import PROGRAM_MEMORY, RESOURCES, ROWS, Channel, Direction, Tile, TileKind

OFFSET_BITS = 20
ROW_BITS = 5
OFFSET_MASK = (1 << OFFSET_BITS) - 1

BD_STRIDE = 0x20
CHANNEL_STRIDE = 8
QUEUE_OFFSET = 4  # of the task queue from the channel's control register
LOCK_STRIDE = 0x10
CORE_CONTROL = 0x32000
PROGRAM_BASE = 0x20000

CONTROLLER_ID_SHIFT = 8  # in a channel's control register
CONTROLLER_ID_MASK = 0x1F00  # the bits that the compiler writes
QUEUE_TOKEN = 1 << 31
QUEUE_REPEAT_SHIFT = 16
QUEUE_REPEAT_MASK = 0xFF


class RegisterKind(enum.Enum):
    """What lies at an address."""

    BD = "bd"
    CONTROL = "control"
    QUEUE = "queue"
    STATUS = "status"
    LOCK = "lock"
    MEMORY = "memory"
    PROGRAM = "program"
    CORE_CONTROL = "core_control"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Register:
    """A decoded address.

    `offset` is the byte offset inside the tile. `index` is the number of the descriptor or lock, or the byte offset inside
    the data or program memory. `word` is the word of the descriptor (0 to 7; a core tile's words 6 and 7 are unknown
    registers). `channel` is set for control, queue and status.
    """

    kind: RegisterKind
    tile: Tile
    offset: int
    index: int = 0
    word: int = 0
    channel: Channel | None = None


class _Layout(NamedTuple):
    """Register offsets of one kind of tile; the channel tables are indexed by `Direction`."""

    descriptors: int
    locks: int
    control: tuple[int, int]
    status: tuple[int, int]


_LAYOUTS = {
    TileKind.SHIM: _Layout(0x1D000, 0x14000, control=(0x1D200, 0x1D210), status=(0x1D220, 0x1D228)),
    TileKind.MEM: _Layout(0xA0000, 0xC0000, control=(0xA0600, 0xA0630), status=(0xA0660, 0xA0680)),
    TileKind.CORE: _Layout(0x1D000, 0x1F000, control=(0x1DE00, 0x1DE10), status=(0x1DF00, 0x1DF10)),
}


def absolute(tile: Tile, offset: int) -> int:
    """The absolute address of `offset` (cut to 20 bits) inside `tile`."""
    return tile.col << (OFFSET_BITS + ROW_BITS) | tile.row << OFFSET_BITS | (offset & OFFSET_MASK)


def split(address: int) -> tuple[Tile, int]:
    """The tile and the offset inside it; the inverse of `absolute`. The tile need not exist on any device."""
    row = (address >> OFFSET_BITS) & ((1 << ROW_BITS) - 1)
    return Tile(address >> (OFFSET_BITS + ROW_BITS), row), address & OFFSET_MASK


def bd_address(tile: Tile, bd: int) -> int:
    """Absolute address of word 0 of descriptor `bd`.

    Numbers past the last descriptor are not refused: the compiler takes any number from the user, and the address then
    falls on whatever register follows (rule 9 of npu-facts.md, section 6).
    """
    return absolute(tile, _LAYOUTS[tile.kind].descriptors + BD_STRIDE * bd)


def channel_control(channel: Channel) -> int:
    """Absolute address of a channel's control register."""
    return absolute(channel.tile, _LAYOUTS[channel.tile.kind].control[channel.direction] + CHANNEL_STRIDE * channel.index)


def task_queue(channel: Channel) -> int:
    """Absolute address of a channel's task queue."""
    return channel_control(channel) + QUEUE_OFFSET


def channel_status(channel: Channel) -> int:
    """Absolute address of a channel's status register."""
    return absolute(channel.tile, _LAYOUTS[channel.tile.kind].status[channel.direction] + 4 * channel.index)


def lock_address(tile: Tile, lock: int) -> int:
    """Absolute address of the value register of the tile's own lock number `lock`."""
    return absolute(tile, _LAYOUTS[tile.kind].locks + LOCK_STRIDE * lock)


def identify(address: int) -> Register:
    """What lies at an absolute address (byte addresses inside a register count as that register's tail: unknown)."""
    tile, offset = split(address)
    unknown = Register(RegisterKind.UNKNOWN, tile, offset)
    if tile.row >= ROWS:
        return unknown
    return _memory(tile, offset) or (_register(tile, offset) if offset % 4 == 0 else None) or unknown


def _memory(tile: Tile, offset: int) -> Register | None:
    if offset < RESOURCES[tile.kind].data_memory:
        return Register(RegisterKind.MEMORY, tile, offset, index=offset)
    if tile.kind is TileKind.CORE and 0 <= offset - PROGRAM_BASE < PROGRAM_MEMORY:
        return Register(RegisterKind.PROGRAM, tile, offset, index=offset - PROGRAM_BASE)
    return None


def _register(tile: Tile, offset: int) -> Register | None:
    layout, resources = _LAYOUTS[tile.kind], RESOURCES[tile.kind]
    if tile.kind is TileKind.CORE and offset == CORE_CONTROL:
        return Register(RegisterKind.CORE_CONTROL, tile, offset)
    bd, byte = divmod(offset - layout.descriptors, BD_STRIDE)
    if 0 <= bd < resources.descriptors and byte // 4 < resources.descriptor_words:
        return Register(RegisterKind.BD, tile, offset, index=bd, word=byte // 4)
    lock, byte = divmod(offset - layout.locks, LOCK_STRIDE)
    if 0 <= lock < resources.locks and byte == 0:
        return Register(RegisterKind.LOCK, tile, offset, index=lock)
    for direction in Direction:
        index, byte = divmod(offset - layout.control[direction], CHANNEL_STRIDE)
        if 0 <= index < resources.channels:
            kind = RegisterKind.QUEUE if byte else RegisterKind.CONTROL
            return Register(kind, tile, offset, channel=Channel(tile, direction, index))
        index = (offset - layout.status[direction]) // 4
        if 0 <= index < resources.channels:
            return Register(RegisterKind.STATUS, tile, offset, channel=Channel(tile, direction, index))
    return None


class Push(NamedTuple):
    """A word of the task queue: start at `bd`, run `repeat` + 1 times, then give a token if `token`."""

    bd: int
    repeat: int
    token: bool


def push_word(push: Push) -> int:
    """The word as the compiler writes it: 4 bits of the descriptor number on every kind of tile, 8 bits of the repeat."""
    return push.bd & 0xF | (push.repeat & QUEUE_REPEAT_MASK) << QUEUE_REPEAT_SHIFT | (QUEUE_TOKEN if push.token else 0)


def decode_push(word: int, kind: TileKind) -> Push:
    """The word as the hardware reads it: a memory tile takes 6 bits of the descriptor number, the others 4."""
    bd = word & (0x3F if kind is TileKind.MEM else 0xF)
    return Push(bd, word >> QUEUE_REPEAT_SHIFT & QUEUE_REPEAT_MASK, bool(word & QUEUE_TOKEN))
