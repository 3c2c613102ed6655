import pytest
from hypothesis import given
from hypothesis import strategies as st

from npubuild.errors import UserError
from npubuild.lowering.disassembly import assemble, disassemble, summarize
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

MEL = golden_bytes("mel_like_800_to_80.insts.hex")


@pytest.mark.parametrize("name", STREAMS)
def test_golden_streams_survive_the_text(name):
    data = golden_bytes(name)
    assert encode(assemble(disassemble(decode(data, name)), name)) == data


def test_text_of_a_design_with_one_input_and_one_output():
    text = disassemble(decode(MEL, "mel"))
    assert text == (
        "txn version=0.1 generation=3 columns=4 rows=6 mem_rows=1  ; npu1, 8 operations, 300 bytes\n"
        "blockwrite address=0x0001d000 words=0xc8,0,0,0,0x80000000,0x2000000,0,0x2000000"
        "  ; (0, 0) bd 0: 200 words, burst 256 B\n"
        "address_patch address=0x0001d004 argument=0 offset=0  ; (0, 0) bd 0 word 1 = address of argument 0\n"
        "write address=0x0001d214 value=0x00000000  ; (0, 0) MM2S 0 queue: bd 0\n"
        "blockwrite address=0x0001d020 words=0x14,0,0,0,0x80000000,0x2000000,0,0x2000000"
        "  ; (0, 0) bd 1: 20 words, burst 256 B\n"
        "address_patch address=0x0001d024 argument=1 offset=0  ; (0, 0) bd 1 word 1 = address of argument 1\n"
        "maskwrite address=0x0001d200 value=0x00000f00 mask=0x00001f00  ; (0, 0) S2MM 0 control: controller id 15\n"
        "write address=0x0001d204 value=0x80000001  ; (0, 0) S2MM 0 queue: bd 1, token\n"
        "sync column=0 row=0 direction=S2MM channel=0  ; wait for a token from (0, 0) S2MM 0\n"
    )


def explanation(operation):
    return disassemble(Stream(Header(4, 8), (operation,))).splitlines()[1].partition("  ; ")[2]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            BlockWrite(0x1D0A0, (64, 256, 1 << 30 | 2 << 19, 16 << 20, 0x8040000F, 0x020000FF, 0x003000FF, 0x0E000000)),
            "(0, 0) bd 5: 64 words, from 0x100, dims *x256 4x16 16x1, iteration 4x256, packet type 0 id 2, next bd 1, burst 256 B",  # noqa: E501
        ),
        (
            BlockWrite(0x0021D020, (0x200 << 14 | 32, 0, 0, 0, 0, 0x1E041FE1)),
            "(0, 2) bd 1: 32 words, from 0x800, acquire lock 1 -1, release lock 0 +1, next bd 3",
        ),
        (BlockWrite(0x0021D020, (1, 2)), "2 words from (0, 2) bd 1 on"),
        (Write(0x0021F030, 2), "(0, 2) lock 3 = 2"),
        (Write(0x00200408, 17), "(0, 2) memory at 0x408 = 17"),
        (Write(0x0201D20C, 0x80030002), "(1, 0) S2MM 1 queue: bd 2, 4 times, token"),
        (Write(0x0201D220, 1), "(1, 0) S2MM 0 status = 1"),
        (Write(0x00232000, 1), "(0, 2) core control = 1"),
        (Write(0x00012340, 1), "(0, 0) register 0x12340 = 1"),
        (MaskWrite(0x0021D000, 0x100, 0x0FFFC000), "(0, 2) bd 0: bits 0xfffc000 = 0x100"),
        (AddressPatch(0x0001D004, 3, 64), "(0, 0) bd 0 word 1 = address of argument 3 + 64 bytes"),
        (Sync(1, 0, 1, 1, columns=2), "wait for tokens of 2 columns and 1 rows from (1, 0) MM2S 1"),
        (LoadPdi(1, 2, 3), "load another configuration"),
        (Preempt(1), "the context may be switched here"),
    ],
)
def test_explanations(operation, expected):
    assert explanation(operation) == expected


WORD = st.integers(0, 0xFFFFFFFF)
BYTE = st.integers(0, 255)
LONG = st.integers(0, (1 << 64) - 1)
OPERATION = st.one_of(
    st.builds(Write, LONG, WORD),
    st.builds(BlockWrite, WORD, st.lists(WORD, max_size=9).map(tuple), WORD),
    st.builds(MaskWrite, LONG, WORD, WORD),
    st.builds(Preempt, BYTE),
    st.builds(LoadPdi, st.integers(0, 0xFFFF), WORD, LONG),
    st.builds(Sync, BYTE, BYTE, BYTE, BYTE, BYTE, BYTE),
    st.builds(AddressPatch, LONG, LONG, LONG, WORD),
)


@given(st.builds(Stream, st.builds(Header, BYTE, BYTE, BYTE, BYTE), st.lists(OPERATION, max_size=6).map(tuple)))
def test_any_stream_survives_text_and_binary(stream):
    assert assemble(disassemble(stream), "text") == stream
    assert decode(encode(stream), "binary") == stream


def test_fields_in_any_order_and_comments():
    text = "; by hand\n\n  txn columns=1 generation=3 ; npu1_1col\n write value=0b11 address=64\n"
    assert assemble(text, "a.txt") == Stream(Header(3, 1), (Write(64, 3),))


OPERATIONS = "write, blockwrite, maskwrite, preempt, load_pdi, sync, address_patch"


def test_every_bad_line_is_reported():
    text = "\n".join(
        [
            "txn version=0.1 generation=3 columns=4",
            "wriet address=1 value=2",
            "  write address=1",
            "write address=1 value=2 value=3",
            "write address=1 value=0x100000000",
            "write address=1 value=x",
            "write address",
            "sync column=0 row=0 direction=UP channel=0",
            "preempt level=1 depth=2",
        ]
    )
    with pytest.raises(UserError) as raised:
        assemble(text, "a.txt")
    assert [str(diagnostic).removeprefix("error: ") for diagnostic in raised.value.diagnostics] == [
        f"a.txt:2:1: unknown operation wriet, not one of {OPERATIONS} [txn-text]",
        "a.txt:3:3: write lacks value [txn-text]",
        "a.txt:4:1: value is given twice [txn-text]",
        "a.txt:5:1: 0x100000000 does not fit a 32-bit word of the instruction stream [txn-text]",
        "a.txt:6:1: value=x is not a number that fits there [txn-text]",
        "a.txt:7:1: expected key=value, found address [txn-text]",
        "a.txt:8:1: direction=UP is not a number that fits there [txn-text]",
        "a.txt:9:1: preempt has no field depth, only level [txn-text]",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.txt: no instruction stream"),
        ("; only a comment", "a.txt: no instruction stream"),
        ("write address=1 value=2", "a.txt:1:1: an instruction stream starts with a line `txn"),
        ("txn version=2.0 generation=3 columns=4", "format 2.0 is not known"),
        ("txn version=0 generation=3 columns=4", "the version is two numbers"),
        ("txn generation=3", "a header has the fields"),
        ("txn generation=3 columns=four", "columns=four is not a number"),
    ],
)
def test_bad_headers(text, message):
    with pytest.raises(UserError, match=r"a\.txt") as raised:
        assemble(text, "a.txt")
    assert message in str(raised.value)


def test_summary():
    assert summarize(decode(MEL, "mel")) == (
        "instruction stream, format 0.1\n"
        "device: npu1 (generation 3, 4 columns, 6 rows)\n"
        "size: 300 bytes, 8 operations\n"
        "operations: 2 blockwrite, 2 address_patch, 2 write, 1 maskwrite, 1 sync\n"
        "host arguments: 0, 1\n"
        "tasks: 1 on (0, 0) MM2S 0, 1 on (0, 0) S2MM 0\n"
    )
