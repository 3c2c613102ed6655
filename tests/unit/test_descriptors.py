import pytest
from hypothesis import given
from hypothesis import strategies as st

from npubuild.hardware.descriptors import (
    FIELDS,
    BufferDescriptor,
    Dimension,
    LockStep,
    Packet,
    Padding,
    decode,
    encode,
    pack,
    unpack,
)
from npubuild.hardware.devices import RESOURCES, TileKind

LINEAR = (Dimension(0, 1),) * 3


def hexadecimal(text):
    return tuple(int(word, 16) for word in text.split())


# The test vectors of npu-facts.md, 3.4 (npu1), without the registers that the firmware patches.
VECTORS = [
    ("1000 0 0 0 80000000 02000000 0 02000000", BufferDescriptor(4096, dimensions=LINEAR, burst=2)),
    (
        "400 0 0 01000000 8400003F 02000000 0 02000000",
        BufferDescriptor(1024, dimensions=(Dimension(16, 1), Dimension(64, 64), Dimension(0, 1)), burst=2),
    ),
    (
        "200 0 0 01000000 8080001F 020001FF 002007FF 02000000",
        BufferDescriptor(
            512,
            dimensions=(Dimension(16, 1), Dimension(8, 32), Dimension(0, 512)),
            iteration=Dimension(3, 2048),
            burst=2,
        ),
    ),
    (
        "40 100 0 01000000 8040000F 02000000 003000FF 0E000000",
        BufferDescriptor(
            64,
            address=256,
            dimensions=(Dimension(16, 1), Dimension(4, 16), Dimension(0, 1)),
            iteration=Dimension(4, 256),
            next_bd=1,
            burst=2,
        ),
    ),
]


@pytest.mark.parametrize(("words", "descriptor"), VECTORS)
def test_shim_vectors(words, descriptor):
    assert encode(descriptor, TileKind.SHIM) == hexadecimal(words)
    assert decode(hexadecimal(words), TileKind.SHIM) == descriptor


def test_locks_packet_and_chain_of_a_core_descriptor():
    descriptor = BufferDescriptor(
        32,
        address=0x0800,
        dimensions=(Dimension(4, 8), Dimension(8, 1), Dimension(0, 2)),
        packet=Packet(type=1, id=6),
        next_bd=3,
        acquire=LockStep(1, -1),
        release=LockStep(0, 1),
    )
    words = encode(descriptor, TileKind.CORE)
    assert words == (0x200 << 14 | 32, 1 << 30 | 6 << 19 | 1 << 16, 7, 8 << 21 | 4 << 13 | 1, 0, 0x1E041FE1)
    assert decode(words, TileKind.CORE) == descriptor


def test_padding_of_a_memory_tile_descriptor():
    descriptor = BufferDescriptor(
        24,
        address=0x80000,
        dimensions=(Dimension(4, 1), Dimension(4, 4), Dimension(0, 1), Dimension(0, 1)),
        padding=(Padding(1, 1), Padding(1, 2), Padding(3, 0)),
        acquire=LockStep(65, -1),
        release=LockStep(64, 1),
    )
    words = encode(descriptor, TileKind.MEM)
    assert words == (
        24,
        1 << 26 | 0x20000,
        4 << 17,
        1 << 27 | 4 << 17 | 3,
        3 << 27,
        2 << 23 | 1 << 17,
        0,
        1 << 31 | 1 << 24 | 64 << 16 | 1 << 15 | 0x7F << 8 | 65,
    )
    assert decode(words, TileKind.MEM) == descriptor


def test_48_bit_host_address():
    descriptor = BufferDescriptor(4, address=0x1234_5678_9ABC, dimensions=LINEAR)
    assert encode(descriptor, TileKind.SHIM)[1:3] == (0x56789ABC, 0x1234)
    assert decode(encode(descriptor, TileKind.SHIM), TileKind.SHIM) == descriptor


@pytest.mark.parametrize(
    ("descriptor", "kind", "message"),
    [
        (BufferDescriptor(4, dimensions=(Dimension(1024, 1),)), TileKind.SHIM, "d0_wrap .* holds 0 to 1023, not 1024"),
        (BufferDescriptor(4, dimensions=(Dimension(1, (1 << 20) + 1),)), TileKind.SHIM, "d0_step"),
        (BufferDescriptor(1 << 14), TileKind.CORE, "length of a core tile's buffer descriptor holds 0 to 16383"),
        (BufferDescriptor(4, padding=(Padding(1, 0),)), TileKind.CORE, "d0_pad_before is no field"),
        (BufferDescriptor(4, address=2), TileKind.CORE, "not a multiple of 4"),
        (BufferDescriptor(4, next_bd=16), TileKind.SHIM, "next_bd"),
        (BufferDescriptor(4, acquire=LockStep(1, 64)), TileKind.SHIM, "-64 to 63"),
    ],
)
def test_values_that_do_not_fit_are_refused(descriptor, kind, message):
    with pytest.raises(ValueError, match=message):
        encode(descriptor, kind)


@pytest.mark.parametrize("kind", list(TileKind))
def test_fields_do_not_overlap(kind):
    taken = [0] * RESOURCES[kind].descriptor_words
    for field in FIELDS[kind].values():
        assert taken[field.word] & field.mask << field.low == 0
        taken[field.word] |= field.mask << field.low


def enabled(words, kind):
    """The words as a compiler writes them: a switched-off feature has zero fields, and no bit lies outside the fields."""
    values = unpack(words, kind)
    for switch, names in {
        "use_next_bd": ["next_bd"],
        "packet_enable": ["packet_id", "packet_type"],
        "acquire_enable": ["acquire_id", "acquire_value"],
    }.items():
        if not values[switch]:
            values |= dict.fromkeys(names, 0)
    return pack(values, kind)


@given(st.sampled_from(list(TileKind)), st.lists(st.integers(0, 0xFFFFFFFF), min_size=8, max_size=8))
def test_decode_then_encode_is_the_identity(kind, junk):
    words = enabled(junk[: RESOURCES[kind].descriptor_words], kind)
    assert encode(decode(words, kind), kind) == words
