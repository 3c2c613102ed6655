import json
import struct
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.lowering.sequence import lower, lower_with_origins
from npubuild.lowering.txn import (
    AddressPatch,
    BlockWrite,
    LoadPdi,
    MaskWrite,
    Preempt,
    Sync,
    Write,
    decode,
    encode,
)
from npubuild.mlir.source import parse_design, read_design

ORACLE = Path(__file__).parents[1] / "oracle"
GOLDENS = ORACLE / "goldens"


def streams():
    """(golden file, design file, device, sequence) of every golden stream, in both spellings where there are two."""
    for path in sorted(GOLDENS.glob("*.json")):
        for folder in (ORACLE / "designs", ORACLE / "designs" / "oct25"):
            design = folder / f"{path.stem}.mlir"
            if design.exists():
                for stream in json.loads(path.read_text())["streams"]:
                    yield pytest.param(stream, design, id=f"{folder.name}/{stream['file'].removesuffix('.insts.hex')}")


def golden(name):
    words = [int(line, 16) for line in (GOLDENS / name).read_text().split()]
    return struct.pack(f"<{len(words)}I", *words)


@pytest.mark.parametrize(("stream", "path"), list(streams()))
def test_golden_streams_byte_for_byte(stream, path):
    lowered = lower(read_design(path), stream["device_name"], stream["sequence"])
    expected = golden(stream["file"])
    assert lowered == decode(expected, stream["file"])
    assert encode(lowered) == expected


def test_there_are_158_streams_to_compare():
    assert len(list(streams())) == 158


# Refusals -------------------------------------------------------------------------------------------------------------

REFUSED = {
    "r04_await_without_token": "await-without-token",
    "r09_task_bd_id_17": "bd-id-range",
    "r10_explicit_bd_id_taken": "bd-id-in-use",
    "r11_seventeen_live_bds": "bd-ids-exhausted",
    "r17_memcpy_i64": "dma-element-width",
    "r17_memcpy_offset_6_bytes": "dma-offset-alignment",
    "r17_memcpy_size_30_bytes": "dma-size-alignment",
    "r17_memcpy_stride_10_bytes": "dma-stride-alignment",
    "r18_task_len_2_bytes": "dma-length-short",
    "r20_task_dims_product": "task-dims-product",
    "r23_inner_size_1024_strided": "dma-size-range",
    "r23_outer_size_66": "dma-iteration-range",
    "r23_task_outer_size_65": "dma-iteration-range",
    "r33_memcpy_on_core_fifo": "unknown-allocation",
    "r33_wait_on_unknown_symbol": "unknown-allocation",
    "r34_fifo_shim_to_shim": "unknown-allocation",
    "r39_op_the_translator_skips": "unlowered-operation",
    "r39_scf_for_in_sequence": "unlowered-operation",
    "r40_zero_padding_on_shim": "dma-padding-on-shim",
    "x_burst_512_on_npu1": "dma-burst-length",
    "x_memcpy_size_zero": "dma-size-positive",
    "x_packet_id_32": "packet-id-range",
    "x_rtp_write_unknown_buffer": "unknown-buffer",
    "x_subview_of_rank_two": "dma-operand",
}


@pytest.mark.parametrize(("name", "rule"), REFUSED.items())
def test_invalid_designs_are_refused_at_their_line(name, rule):
    path = ORACLE / "invalid" / f"{name}.mlir"
    with pytest.raises(UserError) as raised:
        lower(read_design(path))
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.rule == rule
    assert (diagnostic.place.file, diagnostic.place.line) == (
        str(path),
        json.loads(path.with_suffix(".json").read_text())["line"],
    )


# What no golden shows -------------------------------------------------------------------------------------------------


def lowered(body, arguments="%a: memref<4096xi32>, %b: memref<4096xi8>", device="npu1_1col", declarations=""):
    """The operations of a sequence with the allocations @in (MM2S 0) and @out (S2MM 1) on shim tile (0, 0)."""
    text = f"""module {{
      aie.device({device}) {{
        %s = aie.tile(0, 0)
        %m = aie.tile(0, 1)
        %t = aie.tile(0, 2)
        aie.shim_dma_allocation @in(%s, MM2S, 0)
        aie.shim_dma_allocation @out(%s, S2MM, 1)
        {declarations}
        aie.runtime_sequence({arguments}) {{
          {body}
        }}
      }}
    }}"""
    return lower(parse_design(text, "design.mlir")).operations


def refused(body, **options):
    with pytest.raises(UserError) as raised:
        lowered(body, **options)
    return [(diagnostic.rule, diagnostic.message) for diagnostic in raised.value.diagnostics]


def memcpy(lists="[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]", attributes="id = 0 : i64, metadata = @in", buffer="%a"):
    element = {"%a": "i32", "%b": "i8"}[buffer]
    return f"aiex.npu.dma_memcpy_nd({buffer}{lists}) {{{attributes}}} : memref<4096x{element}>\n"


# The table of npu-facts.md, 3.4: type; offsets; sizes; strides; words; arg_plus; queue repeat.
VECTORS = [
    ("i32", "0,0,0,0", "1,1,1,4096", "0,0,0,1", "1000 0 0 0 80000000 02000000 0 02000000", 0, 0),
    ("i8", "0,0,2,32", "1,1,64,64", "0,0,256,1", "400 0 0 01000000 8400003F 02000000 0 02000000", 544, 0),
    ("bf16", "0,0,0,0", "3,4,8,32", "4096,1024,64,1", "200 0 0 01000000 8080001F 020001FF 002007FF 02000000", 0, 2),
    ("bf16", "0,0,0,0", "3,1,1,2048", "0,0,0,1", "400 0 0 0 80000000 02000000 0 02000000", 0, 2),
    ("i32", "0,0,0,64", "2,1,1,64", "128,0,0,1", "40 0 0 0 80000000 02000000 0010007F 02000000", 256, 1),
    ("i32", "1,0,0,0", "1,2,32,32", "4096,2048,64,1", "800 0 0 02000000 8200003F 020007FF 0 02000000", 16384, 0),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_memcpy_vectors(vector):
    element, offsets, sizes, strides, words, offset, repeat = vector
    memref = f"memref<65536x{element}>"
    operations = lowered(
        f"aiex.npu.dma_memcpy_nd(%a[{offsets}][{sizes}][{strides}]) {{id = 3 : i64, metadata = @in}} : {memref}",
        arguments=f"%z: memref<4xi32>, %a: {memref}",
    )
    assert operations == (
        BlockWrite(0x1D060, tuple(int(word, 16) for word in words.split())),
        AddressPatch(0x1D064, argument=1, offset=offset),
        Write(0x1D214, 3 | repeat << 16),
    )


def test_a_token_of_an_input_sets_the_controller_id():
    operations = lowered(
        memcpy(attributes="id = 2 : i64, issue_token = true, metadata = @in") + "aiex.npu.dma_wait {symbol = @in}"
    )
    assert operations[2:] == (
        MaskWrite(0x1D210, 0xF00, 0x1F00),
        Write(0x1D214, 0x80000002),
        Sync(column=0, row=0, direction=1, channel=0),
    )


def test_holes_of_the_compiler_are_kept():
    """Numbers past the last descriptor fall on other registers, the 65th iteration wraps to none (npu-facts.md, 3.10)."""
    block, patch, push = lowered(memcpy(attributes="id = 17 : i64, metadata = @in"))
    assert (block.address, patch.address, push.value) == (0x1D220, 0x1D224, 1)
    block, _, push = lowered(memcpy("[0, 0, 0, 0][65, 1, 1, 16][16, 0, 0, 1]"))
    assert (block.words[6], push.value) == (15, 64 << 16)


def test_all_errors_of_a_sequence_are_reported():
    assert [
        rule
        for rule, _ in refused(
            memcpy("[0, 0, 0, 0][1, 1, 2, 3][0, 0, 3, 1]", buffer="%b") + memcpy(attributes="id = 1, metadata = @up")
        )
    ] == [
        "dma-size-alignment",
        "dma-stride-alignment",
        "unknown-allocation",
    ]


@pytest.mark.parametrize(
    ("lists", "rule"),
    [
        ("[0, 0, 0, 0][1, 1, 2, 64][0, 0, 0, 1]", "dma-stride-positive"),
        ("[0, 0, 0, 0][2, 1, 1, 64][-1, 0, 0, 1]", "dma-stride-positive"),
        ("[0, 0, 0, 0][1, 1, 1, 4096][4096, 4096, 4096, 1]", "dma-size-range"),
        ("[0, 0, 0, 0][1, 1, 1024, 2][0, 0, 2, 1]", "dma-size-range"),
        ("[0, 0, 0, 0][1, 1, 2, 2][0, 0, 1048578, 1]", "dma-stride-range"),
        ("[0, 0, 0, -4][1, 1, 1, 4][0, 0, 0, 1]", "dma-offset-range"),
    ],
)
def test_patterns_that_the_hardware_cannot_count(lists, rule):
    assert [found for found, _ in refused(memcpy(lists))] == [rule]


def task(contents, head="_for @in", tail="", buffer="%a : memref<4096xi32>"):
    return f"""%task = aiex.dma_configure_task{head} {{
        aie.dma_bd({buffer}{contents})
        aie.end
      }} {tail}
      aiex.dma_start_task(%task)
    """


def test_a_task_without_length_moves_the_whole_buffer():
    block, patch, push = lowered(task("", tail="{repeat_count = 255 : i32}"))
    assert (block.words[0], patch.offset, push.value) == (4096, 0, 0x00FF0000)


def test_the_offset_of_a_task_is_in_the_descriptor_and_in_the_patch():
    block, patch, _ = lowered(task(", 96, 100"))
    assert (block.words[:2], patch.offset) == ((100, 384), 384)


def test_length_of_a_task_is_rounded_down_to_words():
    block, _, _ = lowered(task(", 0, 30", buffer="%b : memref<4096xi8>"))
    assert block.words[0] == 7


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (task(", 2, 64", buffer="%b : memref<4096xi8>"), "dma-offset-alignment"),
        (
            task(f", 0, 4, [{', '.join(['<size = 1, stride = 4>'] * 5)}]"),
            "dma-dimensions",
        ),
        (task(", 0, 64", tail="{repeat_count = 256 : i32}"), "repeat-count-range"),
        (task(", 0, 64", head="(%s, MM2S, 2)"), "channel-range"),
        (task(", 0, 64", head="(%t, MM2S, 0)"), "buffer-not-reachable"),
        (task(", 0, 8", buffer="%x : memref<8xi32>"), "buffer-not-reachable"),
        (task(", 0, 64", head="_for @up"), "unknown-allocation"),
        ("aiex.npu.write32 {address = 0 : ui32, buffer = @y, value = 1 : ui32}", "unknown-buffer"),
        ("aiex.npu.write32 {address = 0 : ui32, column = 1 : i32, row = 2 : i32, value = 1 : ui32}", "tile-outside-device"),
        ("aiex.set_lock(%l, 64)", "lock-value-range"),
        ("aiex.configure @other {\n}", "unknown-device"),
        ("aiex.run @other() : ()", "unknown-sequence"),
        ("aiex.run @sequence(%a, %b) : (memref<4096xi32>, memref<4096xi8>)", "recursive-run"),
        ("%c = aiex.dma_start_bd_chain_for @ch(%a) : (memref<4096xi32>) for @in", "unknown-chain"),
    ],
)
def test_refusals_with_one_rule(body, expected):
    declarations = """%x = aie.buffer(%t) {sym_name = "x"} : memref<8xi32>
        %l = aie.lock(%t, 1) {sym_name = "l"}"""
    assert [rule for rule, _ in refused(body, declarations=declarations)] == [expected]


def test_a_task_that_failed_does_not_make_its_users_fail():
    body = task(", 0, 64", head="_for @up", tail="{issue_token = true}") + "aiex.dma_await_task(%task)"
    assert [rule for rule, _ in refused(body)] == ["unknown-allocation"]


def test_a_task_on_a_memory_tile_with_locks():
    declarations = """%x = aie.buffer(%m) {sym_name = "x"} : memref<64xi32>
        %full = aie.lock(%m, 3) {sym_name = "full"}
        %empty = aie.lock(%m, 4) {sym_name = "empty"}"""
    body = """%task = aiex.dma_configure_task(%m, MM2S, 2, <pkt_type = 1, pkt_id = 6>) {
        aie.use_lock(%full, AcquireGreaterEqual, 2)
        aie.dma_bd(%x : memref<64xi32>, 0, 64, [<size = 8, stride = 1>, <size = 8, stride = 8>])
        aie.use_lock(%empty, Release)
        aie.end
      }
      aiex.dma_start_task(%task)"""
    block, address, push = lowered(body, declarations=declarations, device="npu2_1col")
    assert block == BlockWrite(
        0x1A0000,
        (
            *(1 << 31 | 1 << 28 | 6 << 23 | 64, 0, 8 << 17 | 7, 8 << 17, 0, 0, 0),
            1 << 31 | 1 << 24 | 68 << 16 | 1 << 15 | 0x7E << 8 | 67,
        ),
    )
    assert address == MaskWrite(0x1A0004, 0x20000, 0x7FFFF)
    assert push == Write(0x1A0644, 0)
    _, address, _ = lowered(body, declarations=declarations, device="npu1_1col")
    assert address == MaskWrite(0x1A0004, 0, 0x7FFFF)


def test_register_operations():
    operations = lowered(
        """aiex.npu.preempt {level = 3 : ui8}
        aiex.npu.load_pdi {device_ref = @main}
        aiex.npu.address_patch {addr = 118788 : ui32, arg_idx = 1 : i32, arg_plus = 64 : i32}
        aiex.npu.push_queue(0, 1, MM2S : 5) {bd_id = 33 : i32, issue_token = true, repeat_count = 2 : i32}
        aiex.npu.rtp_write(@x, 2, -1)
        aiex.set_lock(%l, 63)""",
        declarations="""%x = aie.buffer(%t) {sym_name = "x"} : memref<8xi32>
        %l = aie.lock(%m, 9) {sym_name = "l"}""",
    )
    assert operations == (
        Preempt(3),
        LoadPdi(0, 0, 0),
        AddressPatch(118788, 1, 64),
        MaskWrite(0x1A0658, 26 << 8, 0x1F00),
        Write(0x1A065C, 0x80020001),
        Write(0x200008, 0xFFFFFFFF),
        Write(0x1C0090, 63),
    )


def test_descriptor_numbers_come_back_after_an_await():
    configure = """%t{n} = aiex.dma_configure_task_for @out {{
        aie.dma_bd(%a : memref<4096xi32>, 0, 64)
        aie.end
      }} {{issue_token = true}}
      """
    use = "aiex.dma_start_task(%t{n})\naiex.dma_await_task(%t{n})\n"
    body = "".join((configure + use).format(n=n) for n in range(40))
    pushes = [operation.value for operation in lowered(body) if isinstance(operation, Write)]
    assert pushes == [0x80000000] * 40


def test_descriptor_numbers_are_shared_by_the_channels_of_a_tile():
    tasks = "".join(
        f"""%t{n} = aiex.dma_configure_task_for @{fifo} {{
        aie.dma_bd(%a : memref<4096xi32>, 0, 64){attributes}
        aie.end
      }}
      aiex.dma_start_task(%t{n})
      """
        for n, (fifo, attributes) in enumerate([("in", ""), ("out", " {bd_id = 2 : i32}"), ("in", ""), ("out", "")])
    )
    pushes = [operation.value for operation in lowered(tasks) if isinstance(operation, Write)]
    assert pushes == [0, 2, 1, 3]


# Several devices and sequences ----------------------------------------------------------------------------------------

TWO = """module {
  aie.device(npu1_1col) @left {
    aie.runtime_sequence @one(%a: memref<8xi32>) {
      aiex.npu.preempt {level = 1 : ui8}
    }
    aie.runtime_sequence @two(%a: memref<8xi32>) {
      aiex.npu.preempt {level = 2 : ui8}
    }
  }
  aie.device(npu2) {
    aie.runtime_sequence(%a: memref<64xi32>) {
      %v = memref.subview %a[32] [8] [1] : memref<64xi32> to memref<8xi32, strided<[1], offset: 32>>
      aiex.configure @left {
        aiex.run @one(%a) : (memref<64xi32>)
      }
    }
  }
}
"""


def test_default_device_and_sequence_and_names():
    text = TWO.replace("@one(%a) : (memref<64xi32>)", "@two(%c) : (memref<8xi32>)").replace(
        "aiex.configure", "%c = memref.cast %v : memref<8xi32, strided<[1], offset: 32>> to memref<8xi32>\naiex.configure"
    )
    design = parse_design(text, "two.mlir")
    assert lower(design).operations == (LoadPdi(0, 0, 0), Preempt(2))
    assert lower(design).header.columns == 8
    assert lower(design, "left").operations == (Preempt(1),)
    assert lower(design, "left", "two").operations == (Preempt(2),)


def test_arguments_of_a_run_must_fit():
    with pytest.raises(UserError, match=r"two.mlir:14:9: the arguments do not fit the parameters: \(memref<8xi32>\)"):
        lower(parse_design(TWO, "two.mlir"))


def test_unknown_names_list_what_there_is():
    design = parse_design(TWO, "two.mlir")
    with pytest.raises(UserError, match="left, main"):
        lower(design, "right")
    with pytest.raises(UserError, match="one, two"):
        lower(design, "left", "three")


def test_a_run_passes_subviews_on():
    text = """module {
      aie.device(npu1_1col) @left {
        %s = aie.tile(0, 0)
        aie.shim_dma_allocation @in(%s, MM2S, 0)
        aie.runtime_sequence @copy(%x: memref<8xi32, strided<[1], offset: 32>>) {
          aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 4][1, 1, 1, 4][0, 0, 0, 1]) {id = 0 : i64, metadata = @in}
            : memref<8xi32, strided<[1], offset: 32>>
        }
      }
      aie.device(npu1_1col) {
        aie.runtime_sequence(%z: memref<4xi8>, %a: memref<64xi32>) {
          %v = memref.subview %a[32] [8] [1] : memref<64xi32> to memref<8xi32, strided<[1], offset: 32>>
          aiex.configure @left {
            aiex.run @copy(%v) : (memref<8xi32, strided<[1], offset: 32>>)
          }
        }
      }
    }"""
    patches = [op for op in lower(parse_design(text, "a.mlir")).operations if isinstance(op, AddressPatch)]
    assert patches == [AddressPatch(0x1D004, argument=1, offset=144)]


def test_every_operation_knows_where_it_comes_from():
    design = read_design(ORACLE / "designs" / "mel_like_800_to_80.mlir")
    result = lower_with_origins(design)
    lines = [design.place(origin).line for origin in result.origins]
    source = design.text.splitlines()
    assert [source[line - 1].split("(")[0].split(" {")[0].strip() for line in lines] == [
        *["aiex.npu.dma_memcpy_nd"] * 7,
        "aiex.npu.dma_wait",
    ]
    assert len(result.origins) == len(result.stream.operations)
