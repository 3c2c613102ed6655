import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npubuild.errors import UserError
from npubuild.hardware.devices import devices
from npubuild.lowering.txn import (
    AddressPatch,
    BlockWrite,
    Header,
    LoadPdi,
    MaskWrite,
    Preempt,
    Stream,
    Sync,
    Write,
    decode,
    encode,
)
from tests.oracle_files import STREAMS, golden_bytes


def words(*values):
    return struct.pack(f"<{len(values)}I", *values)


def test_there_are_128_golden_streams():
    assert len(STREAMS) == 128


@pytest.mark.parametrize("name", STREAMS)
def test_golden_streams_survive_decode_and_encode(name):
    data = golden_bytes(name)
    assert encode(decode(data, name)) == data


EVERYTHING = (
    Write(0x0001D214, 1),
    BlockWrite(0x0001D000, (1, 2, 3), location=0x0102),
    MaskWrite(0x0001D200, 0xF00, 0x1F00),
    Preempt(2),
    LoadPdi(7, 64, 0x12_0000_1000),
    Sync(column=3, row=0, direction=1, channel=1, columns=2, rows=1),
    AddressPatch(0x0001D004, 4, 512),
)


def test_layout_of_every_operation():
    header = Header.of(devices()["npu1"])
    assert encode(Stream(header, EVERYTHING)) == words(
        *(0x06030100, 0x00000104, 7, 4 * (4 + 6 + 7 + 7 + 1 + 4 + 4 + 12)),
        *(0, 0, 0x1D214, 0, 1, 24),
        *(1, 0x0102, 0x1D000, 28, 1, 2, 3),
        *(3, 0, 0x1D200, 0, 0xF00, 0x1F00, 28),
        0x206,
        *(0x70008, 64, 0x1000, 0x12),
        *(0x80, 16, 0x00030001, 0x01020100),
        *(0x81, 48, 0, 0, 0, 0, 0x1D004, 0, 4, 0, 512, 0),
    )


def test_format_1_0():
    operations = (
        Write(1, 2),
        BlockWrite(3, (4, 5)),
        MaskWrite(6, 7, 8),
        AddressPatch(9, 1, 16, short=True),
        AddressPatch(9, 1, 16),
    )
    data = words(
        *(0x06030001, 0x00000104, 5, 4 * (4 + 3 + 5 + 4 + 6 + 12)),
        *(0, 1, 2),
        *(1, 3, 20, 4, 5),
        *(3, 6, 7, 8),
        *(0x81, 24, 9, 1, 16, 0),
        *(0x81, 48, 0, 0, 0, 0, 9, 0, 1, 0, 16, 0),
    )
    stream = decode(data, "old.bin")
    assert stream == Stream(Header(3, 4, major=1, minor=0), operations)
    assert encode(stream) == data


def complete(*body, count=1):
    return words(0x06030100, 0x104, count, 16 + 4 * len(body), *body)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "byte 0x0: an instruction stream has a header of 16 bytes, the file has only 0"),
        (b"\x00\x01\x03", "the file has only 3"),
        (complete(0, 0, 0x1D214, 0, 1, 24) + b"x", "the file has 41 bytes, which is not a whole number of 32-bit words"),
        (complete(0, 0, 0x1D214, 0, 1, 24)[:-4], "byte 0xc: the header says 40 bytes, the file has 36"),
        (words(0x04030201, 0, 0, 16), "byte 0x0: instruction stream format 1.2 is not known"),
        (words(0x06030100, 0x10104, 0, 16), "byte 0x4: the upper half of the header word 0x00010104 is not 0"),
        (complete(0, 0, 0x1D214, 0, 1, 24, count=2), "byte 0x8: the header says 2 operations, the file has 1"),
        (complete(0, 0, 0x1D214, 0, 1), "byte 0x10: the operation needs 24 bytes, the file ends after 20"),
        (complete(0, 0, 0x1D214, 0, 1, 20), "byte 0x10: the size of the write is 20 bytes, not 24"),
        (complete(0, 5, 0x1D214, 0, 1, 24), "byte 0x10: a reserved field of the write is 0x5, not 0"),
        (complete(6, 4, 0, 0, 0, 0, 0, 28), "byte 0x14: operation maskpoll (0x04) is not supported"),
        (complete(0xFF), "byte 0x10: unknown operation code 0xff"),
        (complete(1, 0, 0x1D000, 8), "a blockwrite of -8 bytes of data"),
        (complete(1, 0, 0x1D000, 18, 0), "a blockwrite of 2 bytes of data"),
        (complete(1, 0, 0x1D000, 0xFFFFFFF0), "the operation needs 4294967280 bytes"),
        (complete(0x80, 12, 0, 0), "the size of the sync is 12 bytes, not 16"),
        (complete(0x81, 24, 0, 0, 0, 0), "the size of the address_patch is 24 bytes, not 48"),
    ],
)
def test_bad_input_is_one_located_error(data, message):
    with pytest.raises(UserError) as raised:
        decode(data, "insts.bin")
    (diagnostic,) = raised.value.diagnostics
    assert str(diagnostic).startswith("error: insts.bin: byte 0x")
    assert message in diagnostic.message


@given(st.binary(max_size=400))
def test_junk_is_refused_or_read_exactly(junk):
    for data in (junk, words(0x06030100, 0x104, 1, 16 + len(junk)) + junk):
        try:
            stream = decode(data, "junk")
        except UserError:
            continue
        assert encode(stream) == data


@pytest.mark.parametrize("name", STREAMS[:3])
def test_every_truncation_is_refused(name):
    data = golden_bytes(name)
    for length in range(len(data)):
        with pytest.raises(UserError):
            decode(data[:length], name)


@pytest.mark.parametrize("operation", [Write(0, 1 << 32), LoadPdi(1 << 16, 0, 0), Preempt(256), Sync(0, 0, 0, 300)])
def test_values_too_wide_for_the_binary(operation):
    with pytest.raises(ValueError, match=r"does not fit|holds 0 to 255"):
        encode(Stream(Header(3, 4), (operation,)))
