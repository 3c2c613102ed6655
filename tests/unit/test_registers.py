import pytest

from npubuild.hardware.devices import RESOURCES, Channel, Direction, Tile, TileKind
from npubuild.hardware.registers import (
    Push,
    Register,
    RegisterKind,
    absolute,
    bd_address,
    channel_control,
    channel_status,
    decode_push,
    identify,
    lock_address,
    push_word,
    split,
    task_queue,
)

SHIM, MEM, CORE = Tile(1, 0), Tile(0, 1), Tile(2, 3)


def channels(tile):
    return [Channel(tile, direction, index) for direction in Direction for index in range(RESOURCES[tile.kind].channels)]


def test_absolute_and_split_are_inverses():
    assert absolute(Tile(3, 0), 0x1D214) == 0x0601D214
    assert split(0x0601D214) == (Tile(3, 0), 0x1D214)
    assert split(0xFFFFFFFF) == (Tile(127, 31), 0xFFFFF)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (bd_address(SHIM, 15), 0x0201D1E0),
        (bd_address(MEM, 47), 0x001A05E0),
        (bd_address(CORE, 1), 0x0431D020),
        (channel_control(Channel(SHIM, Direction.MM2S, 1)), 0x0201D218),
        (task_queue(Channel(MEM, Direction.MM2S, 5)), 0x001A065C),
        (task_queue(Channel(CORE, Direction.S2MM, 1)), 0x0431DE0C),
        (channel_status(Channel(SHIM, Direction.MM2S, 1)), 0x0201D22C),
        (lock_address(MEM, 63), 0x001C03F0),
        (lock_address(CORE, 2), 0x0431F020),
        (lock_address(SHIM, 0), 0x02014000),
    ],
)
def test_addresses(address, expected):
    assert address == expected


@pytest.mark.parametrize("tile", [SHIM, MEM, CORE])
def test_identify_inverts_every_address(tile):
    resources = RESOURCES[tile.kind]
    for bd in range(resources.descriptors):
        for word in range(resources.descriptor_words):
            found = identify(bd_address(tile, bd) + 4 * word)
            assert (found.kind, found.tile, found.index, found.word) == (RegisterKind.BD, tile, bd, word)
    for lock in range(resources.locks):
        found = identify(lock_address(tile, lock))
        assert (found.kind, found.tile, found.index) == (RegisterKind.LOCK, tile, lock)
    for channel in channels(tile):
        for address, kind in (
            (channel_control(channel), RegisterKind.CONTROL),
            (task_queue(channel), RegisterKind.QUEUE),
            (channel_status(channel), RegisterKind.STATUS),
        ):
            assert (identify(address).kind, identify(address).channel) == (kind, channel)


def test_identify_memories_and_gaps():
    assert identify(absolute(CORE, 0xFFFC)) == Register(RegisterKind.MEMORY, CORE, 0xFFFC, index=0xFFFC)
    assert identify(absolute(CORE, 0x10000)).kind is RegisterKind.UNKNOWN
    assert identify(absolute(CORE, 0x23FFC)) == Register(RegisterKind.PROGRAM, CORE, 0x23FFC, index=0x3FFC)
    assert identify(absolute(MEM, 0x7FFFC)).kind is RegisterKind.MEMORY
    assert identify(absolute(MEM, 0x80000)).kind is RegisterKind.UNKNOWN
    assert identify(absolute(SHIM, 0)).kind is RegisterKind.UNKNOWN
    assert identify(absolute(CORE, 0x32000)).kind is RegisterKind.CORE_CONTROL
    assert identify(absolute(Tile(0, 6), 0)).kind is RegisterKind.UNKNOWN
    assert identify(bd_address(CORE, 0) + 4 * 6).kind is RegisterKind.UNKNOWN
    assert identify(bd_address(SHIM, 0) + 1).kind is RegisterKind.UNKNOWN
    assert identify(lock_address(SHIM, 0) + 4).kind is RegisterKind.UNKNOWN


def test_shim_descriptor_16_falls_on_the_channel_control():
    assert identify(bd_address(SHIM, 16)).channel == Channel(SHIM, Direction.S2MM, 0)


def test_push_word():
    assert push_word(Push(bd=1, repeat=0, token=True)) == 0x80000001
    assert push_word(Push(bd=0x12, repeat=3, token=False)) == 0x00030002
    assert decode_push(0x80030012, TileKind.MEM) == Push(0x12, 3, token=True)
    assert decode_push(0x80030012, TileKind.SHIM) == Push(2, 3, token=True)
