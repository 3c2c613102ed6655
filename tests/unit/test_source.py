"""Reading designs: what is accepted, where things stand, and what is said about what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from xdsl.utils.exceptions import VerifyException

from npubuild.errors import Diagnostic, UserError
from npubuild.hardware.devices import Direction, Tile
from npubuild.mlir.dialect import aie, aiex
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import Design, parse_design, read_design, structurally_equal, verify_design

ORACLE = Path(__file__).parents[1] / "oracle"
INVALID = sorted(path.stem for path in (ORACLE / "invalid").glob("*.mlir"))
VALID = sorted(path.relative_to(ORACLE).as_posix() for path in (ORACLE / "designs").rglob("*.mlir"))
LATER_SPELLING = {"x_oct25_spelling_in_mar26", "x_allocation_oct25_spelling_in_mar26"}
"""Errors of one generation only: both spellings are read."""


def in_device(*lines: str, device: str = "npu2_2col") -> str:
    return f"module {{\n  aie.device({device}) {{\n" + "".join(f"    {line}\n" for line in lines) + "  }\n}\n"


def parsed(*lines: str) -> Design:
    return parse_design(in_device(*lines), "test.mlir")


def only(design: Design, cls: type):
    found = [op for op in design.module.walk() if isinstance(op, cls)]
    assert len(found) == 1
    return found[0]


def problems(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(UserError) as caught:
        parse_design(text, "test.mlir")
    return caught.value.diagnostics


def findings(*lines: str) -> list[tuple[str, int]]:
    return [(each.rule, each.place.line - 2) for each in verify_design(parsed(*lines)) if each.place]


# The vectors of the real tool ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VALID)
def test_valid_designs_raise_no_alarm(name: str):
    assert verify_design(read_design(ORACLE / name)) == []


@pytest.mark.parametrize("name", INVALID)
def test_invalid_designs(name: str):
    """What the real verifier refuses is refused at the same line; what it lets through can at least be read."""
    wanted = json.loads((ORACLE / "invalid" / f"{name}.json").read_text())
    try:
        found = verify_design(read_design(ORACLE / "invalid" / f"{name}.mlir"))
    except UserError as error:
        found = list(error.diagnostics)
    if wanted["caught_by"] == "verifier" and name not in LATER_SPELLING:
        assert found
    if found:
        assert found[0].place.line == wanted["line"]
        assert found[0].rule


def test_read_design_can_verify_at_once():
    with pytest.raises(UserError, match="dma-size-alignment"):
        read_design(ORACLE / "invalid" / "r17_memcpy_size_30_bytes.mlir", verify=True)


# Accessors -----------------------------------------------------------------------------------------------------------


def test_tiles_buffers_and_locks():
    design = parsed(
        "%t = aie.tile(1, 3) {controller_id = #aie.packet_info<pkt_type = 2, pkt_id = 27>}",
        '%b = aie.buffer(%t) {address = 2048 : i32, sym_name = "b"} : memref<4xi16> = dense<[1, 2, 3, 4]>',
        "%l = aie.lock(%t, 4) {init = 2 : i32}",
        "%c = aie.core(%t) {",
        "  aie.use_lock(%l, Acquire)",
        "  aie.end",
        '} {link_with = "fir.o", stack_size = 3072 : i32}',
    )
    tile, buffer, lock = (only(design, cls) for cls in (aie.TileOp, aie.BufferOp, aie.LockOp))
    assert (tile.tile, tile.controller_id.type, tile.controller_id.id) == (Tile(1, 3), 2, 27)
    assert (buffer.symbol, buffer.address_value, buffer.tile) == ("b", 2048, Tile(1, 3))
    assert buffer.initial_value.get_values() == (1, 2, 3, 4)
    assert (lock.symbol, lock.id_value, lock.init_value) == (None, 4, 2)
    core, use = only(design, aie.CoreOp), only(design, aie.UseLockOp)
    assert (core.tile, core.links, core.stack, core.elf, core.dynamic) == (Tile(1, 3), ("fir.o",), 3072, None, None)
    assert (use.action, use.amount, use.lock) == ("Acquire", 1, lock.result)


def test_fifo_with_everything():
    design = parsed(
        "%m = aie.tile(0, 1)",
        "%a = aie.tile(0, 2)",
        "%b = aie.tile(0, 4)",
        "aie.objectfifo @w(%m dimensionsToStream [<size = 2, stride = 16>], {%a dimensionsFromStream "
        "[<size = 8, stride = 4>], %b}, [2, 3, 2]) {repeat_count = 2 : i32, via_DMA = true} : "
        "!aie.objectfifo<memref<32xi32>>",
        "aie.objectfifo @x(%b, {%m}, 2 : i32) : !aie.objectfifo<memref<2xi32>> = [dense<5> : memref<2xi32>, dense<0>]",
        "aie.objectfifo.link [@x] -> [@w]([] [])",
    )
    w, x = (op for op in design.module.walk() if isinstance(op, aie.ObjectFifoOp))
    assert (w.symbol, w.producer, w.consumers) == ("w", Tile(0, 1), (Tile(0, 2), Tile(0, 4)))
    assert (w.depths, w.has_depth_array, w.repeat_count, w.via_DMA, w.plio) == ((2, 3, 2), True, 2, True, False)
    assert (w.dims_to, w.dims_from, w.initial) == (((2, 16),), (((8, 4),), ()), None)
    assert (x.depths, x.has_depth_array, x.dims_from) == ((2,), False, ((),))
    assert [value.get_values() for value in x.initial] == [(5, 5), (0, 0)]
    link = only(design, aie.ObjectFifoLinkOp)
    assert (link.inputs, link.outputs, link.src_offsets, link.dst_offsets) == (("x",), ("w",), (), ())


def test_memcpy_lists_are_constants_outermost_first():
    design = parsed(
        "%t = aie.tile(0, 0)",
        "aie.shim_dma_allocation @s(%t, MM2S, 1)",
        "aie.runtime_sequence(%a: memref<64xi32>) {",
        "  %two = arith.constant 2 : i64",
        "  aiex.npu.dma_memcpy_nd(%a[0, 0, %two, 1][1, 1, %two, 8][0, 0, 16, 1], packet = <pkt_type = 1, pkt_id = 6>) "
        "{id = 4 : i64, metadata = @s::@inner, issue_token = true, d1_zero_after = 3 : i64} : memref<64xi32>",
        "}",
    )
    op = only(design, aiex.NpuDmaMemcpyNdOp)
    assert (op.offsets, op.sizes, op.strides) == ((0, 0, 2, 1), (1, 1, 2, 8), (0, 0, 16, 1))
    assert (op.metadata, op.id, op.issue_token, op.burst) == ("s", 4, True, 0)
    assert (op.packet.type, op.packet.id, op.zero_padding) == (1, 6, (0, 0, 0, 3, 0, 0))


def test_a_list_that_is_not_constant_is_refused_not_guessed():
    design = read_design(ORACLE / "invalid" / "x_memcpy_list_not_constant.mlir")
    op = next(op for op in design.module.walk() if isinstance(op, aiex.NpuDmaMemcpyNdOp))
    with pytest.raises(VerifyException, match="four constants"):
        _ = op.sizes


@pytest.mark.parametrize(
    "places",
    [
        "0, 8, [<size = 2, stride = 4>, <size = 4, stride = 1>], [<const_pad_before = 1, const_pad_after = 0>]",
        " offset = 0 len = 8 dims = [ <size = 2, stride = 4>, <stride = 1, size = 4>] pads = [<const_pad_before = 1>]",
        " len = 8, offset = 0, sizes = [2, 4], strides = [4, 1], pad_dimensions = [<const_pad_before = 1>]",
    ],
)
def test_buffer_descriptor_in_each_generation(places: str):
    comma = "" if places.startswith(" ") else ", "
    design = parsed(
        "aie.bd_chain @c(%a: memref<64xi32>) {",
        f"  aie.dma_bd(%a : memref<64xi32>{comma}{places}) {{bd_id = 3 : i32}}",
        "  aie.end",
        "}",
    )
    bd = only(design, aie.DmaBdOp)
    assert (bd.offset_value, bd.length, bd.dims, bd.pads) == (0, 8, ((2, 4), (4, 1)), ((1, 0),))
    assert (bd.bd_id, bd.next_bd_id, bd.burst, bd.packet) == (3, None, 0, None)


def test_the_length_of_a_descriptor_is_that_of_its_memref_when_it_gives_none():
    design = parsed("aie.bd_chain @c(%a: memref<4x5xi8>) {", "  aie.dma_bd(%a : memref<4x5xi8>)", "  aie.end", "}")
    assert only(design, aie.DmaBdOp).length == 20


def test_dma_programs_have_blocks():
    design = parsed(
        "%t = aie.tile(0, 2)",
        "%b = aie.buffer(%t) : memref<8xi32>",
        "%p = aie.mem(%t) {",
        "  %0 = aie.dma_start(MM2S, 1, ^bd, ^end, repeat_count = 3)",
        "^bd:",
        "  aie.dma_bd_packet(2, 9)",
        "  aie.dma_bd(%b : memref<8xi32>)",
        "  aie.next_bd ^bd",
        "^end:",
        "  aie.end",
        "}",
    )
    start, after = only(design, aie.DmaStartOp), only(design, aie.NextBdOp)
    assert (start.direction, start.channel_index, start.repeat) == (Direction.MM2S, 1, 3)
    assert start.first is after.target is after.parent
    assert isinstance(start.chain.first_op, aie.EndOp)


def test_old_allocations_find_or_get_their_tile():
    design = parsed(
        "aie.shim_dma_allocation @new(S2MM, 0, 0)",
        "aie.shim_dma_allocation @later(MM2S, 1, 1)",
        "%t = aie.tile(1, 0)",
        "aie.shim_dma_allocation @same(MM2S, 0, 1)",
    )
    allocations = [op for op in design.module.walk() if isinstance(op, aie.ShimDmaAllocationOp)]
    assert [op.tile for op in allocations] == [Tile(0, 0), Tile(1, 0), Tile(1, 0)]
    assert [op.channel_index for op in allocations] == [0, 1, 0]
    assert len([op for op in design.module.walk() if isinstance(op, aie.TileOp)]) == 2
    assert structurally_equal(parse_design(print_design(design), "again"), design)


def test_devices_and_sequences_by_name():
    text = (
        "aie.device(npu1) @left {\n  aie.runtime_sequence @warm() {\n  }\n  aie.runtime_sequence() {\n  }\n}\n"
        "aie.device(npu2) {\n}\n"
    )
    design = parse_design(text, "two.mlir")
    assert [device.symbol for device in design.devices()] == ["left", "main"]
    left = design.device("left")
    assert design.device().device_name == "npu2"
    assert design.sequence(left).symbol == "warm"
    assert design.sequence(left, "sequence").block.args == ()
    with pytest.raises(UserError, match=r"no runtime sequence named `cold`.*\n.*warm, sequence"):
        design.sequence(left, "cold")
    with pytest.raises(UserError, match=r"no device named `right`.*\n.*left, main"):
        design.device("right")


def test_generic_form():
    design = parse_design(
        '"builtin.module"() ({\n'
        '  "aie.device"() <{device = "npu1_1col"}> ({\n'
        '    %t = "aie.tile"() <{col = 0 : i32, row = 2 : i32}> : () -> index\n'
        '    %l = "aie.lock"(%t) <{lockID = 1 : i32}> : (index) -> index\n'
        '    %c = "aie.core"(%t) ({\n'
        '      "aie.use_lock"(%l) <{action = 2 : i32, value = 1 : i32}> : (index) -> ()\n'
        '      "aie.end"() : () -> ()\n'
        "    }) : (index) -> index\n"
        "  }) : () -> ()\n"
        "}) : () -> ()\n",
        "generic.mlir",
    )
    assert only(design, aie.UseLockOp).action == "AcquireGreaterEqual"
    assert only(design, aie.CoreOp).tile == Tile(0, 2)


def test_places_are_those_of_operation_names():
    design = parsed("%t = aie.tile(0, 0)", "aie.runtime_sequence() {", "  aiex.npu.preempt {level = 1 : ui8}", "}")
    assert str(design.place(only(design, aie.TileOp))) == "test.mlir:3:10"
    assert str(design.place(only(design, aiex.NpuPreemptOp))) == "test.mlir:5:7"
    made = aie.EndOp.create()
    only(design, aie.RuntimeSequenceOp).block.add_op(made)
    assert str(design.place(made)) == "test.mlir:4:5"


def test_locations_of_another_tool_are_skipped():
    design = parse_design(
        '#loc = loc("a.mlir":1:1)\nmodule {\n  aie.device(npu1) {\n    %0 = aie.tile(0, 2) loc(#loc9)\n'
        '  } loc(#loc)\n} loc(#loc)\n#loc9 = loc(callsite(#loc at "b"))\n',
        "located.mlir",
    )
    assert design.place(only(design, aie.TileOp)).line == 4


# What cannot be read -------------------------------------------------------------------------------------------------

HUGE = 10_000_000


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "1:1", "the file is empty"),
        ("// nothing\n", "2:1", "the file is empty"),
        ("module {\0}", "1:9", "NUL character"),
        ("module {\n  \x01}", "2:3", "unexpected character"),
        ("module { é }", "1:10", "unexpected character"),
        ('module attributes {a = "x', "1:24", "a string without an end"),
        ("module { module", "1:16", "expected"),
        ("module {}}", "1:10", "expected an operation here"),
        ("module {\n", "2:1", "expected an operation, a block label or `}`"),
        ("(" * HUGE, "1:1", "expected an operation here"),
        ("{" * HUGE, "1:1", "expected an operation here"),
        ("module {" * (HUGE // 8), "1:520", "nested more than 64 deep"),
        ("module attributes {a = " + "[" * HUGE, "1:87", "nested more than 64 deep"),
        ("module attributes {a = dense<" + "[" * HUGE, "1:92", "nested more than 64 deep"),
        ("module attributes {a = affine_map<(d0) -> (" + "-" * 100_000, "1:", "nested too deeply"),
        ("a" * HUGE, "1:1", "is not an operation"),
        ('"' + "a" * HUGE, "1:1", "a string without an end"),
        ("module attributes {a = " + "1" * 5000 + "}", "1:24", "a number of more than"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_text_that_is_no_design(text: str, place: str, message: str):
    (found,) = problems(text)
    assert str(found.place).startswith(f"test.mlir:{place}")
    assert message in found.message
    assert len(str(found)) < 600


def test_files_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(UserError, match="cannot be read"):
        read_design(tmp_path / "missing.mlir")
    (tmp_path / "latin.mlir").write_bytes(b"module {\n  // \xe9\n}\n")
    with pytest.raises(UserError, match=r"latin\.mlir:2:6: .*not UTF-8"):
        read_design(tmp_path / "latin.mlir")


@pytest.mark.parametrize(
    ("lines", "place", "rule", "message"),
    [
        (["aie.tiel(0, 0)"], "3:5", "unknown-operation", "`aie.tiel` is not an operation that designs may use"),
        (["foo.bar"], "3:5", "unknown-operation", "`foo.bar`"),
        (["aie.core(%t) {", "}"], "3:14", "undefined-value", "`%t` is used before it is defined"),
        (["%c = arith.addi %a, %a : i32"], "3:21", "undefined-value", "`%a` is used before it is defined"),
        (["%t = aie.tile(0, 0)", "%t = aie.tile(0, 1)"], "4:5", "duplicate-value", "`%t` is defined twice"),
        (["%t = aie.tile(2, 0)"], "3:10", "tile-outside-device", "tile (2, 0) is outside"),
        (["%t = aie.tile(0, 0) {col = 1 : i32}"], "", "syntax", "`col` is given twice"),
        (["aiex.npu.sync {column = 0 : i32}"], "3:5", "attribute", "`aiex.npu.sync` needs the attribute `row`"),
        (['aiex.npu.preempt {level = "x"}'], "3:5", "attribute", "`level` of `aiex.npu.preempt` must be an integer"),
        (["%t = aie.tile(0, 2)", "aie.core(%t) {", "}"], "4:5", "terminator", "a block of `aie.core` has no end"),
        (["%t = aie.tile(0, 2)", "aie.mem(%t) {", "aie.next_bd ^x", "}"], "5:17", "undefined-block", "no block `^x`"),
        (["%c = arith.constant 300 : i8"], "3:10", "verification", "300 is out of range"),
        (
            ["%c = arith.constant 3 : i8", "%d = arith.addi %c, %c : i32"],
            "4:21",
            "type-mismatch",
            "`%c` has type i8, but is used as i32",
        ),
        (
            ["%c = arith.constant 0 : index", "aie.core(%c) {", "aie.end", "}"],
            "4:14",
            "operand",
            "expected the result of `aie.tile`",
        ),
        (
            ["%t = aie.tile(0, 2)", "aie.core(%t) {", "aie.end", "aie.end", "}"],
            "5:5",
            "terminator",
            "must be the last operation",
        ),
    ],
)
def test_located_errors(lines: list[str], place: str, rule: str, message: str):
    (found,) = problems(in_device(*lines))
    assert str(found.place).startswith(f"test.mlir:{place}")
    assert (found.rule, message in found.message) == (rule, True), str(found)


def test_unknown_device_names_the_known_ones():
    (found,) = problems(in_device(device="npu"))
    assert (str(found.place), found.rule) == ("test.mlir:2:14", "unknown-device")
    assert "npu1, npu1_1col" in found.hint


def test_near_misses_get_a_hint():
    (found,) = problems(in_device("aie.tiel(0, 0)"))
    assert found.hint == "did you mean `aie.tile`?"


def test_a_value_must_be_defined_on_every_path():
    text = in_device(
        "%t = aie.tile(0, 2)",
        "aie.core(%t) {",
        "  %yes = arith.constant true",
        "  cf.cond_br %yes, ^a, ^b",
        "^a:",
        "  %x = arith.constant 1 : i32",
        "  cf.br ^b",
        "^b:",
        "  %y = arith.addi %x, %x : i32",
        "  aie.end",
        "}",
    )
    assert {(found.rule, found.place.line) for found in problems(text)} == {("undefined-value", 11)}


def test_all_structural_problems_come_together():
    found = problems(in_device("%t = aie.tile(9, 0)", "%u = aie.tile(0, 7)", "aie.runtime_sequence() {", "}"))
    assert [each.place.line for each in found] == [3, 4]


# The verifier --------------------------------------------------------------------------------------------------------

TILES = ("%s = aie.tile(0, 0)", "%m = aie.tile(0, 1)", "%t = aie.tile(0, 2)", "%u = aie.tile(0, 3)")
FIFO = "!aie.objectfifo<memref<8xi32>>"


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        (["aie.core(%m) {", "aie.end", "}"], [("tile-kind", 5)]),
        (["aie.mem(%s) {", "aie.end", "}"], [("tile-kind", 5)]),
        (
            ["%l = aie.lock(%t, 16)", "%k = aie.lock(%m, 63) {init = 64 : i32}"],
            [("lock-id-range", 5), ("lock-value-range", 6)],
        ),
        (
            ["aie.flow(%t, DMA : 2, %m, DMA : 5)", "aie.flow(%m, DMA : 6, %s, North : 7)"],
            [("channel-range", 5), ("channel-range", 6)],
        ),
        (["aie.packet_flow(32) {", "aie.packet_source<%t, DMA : 0>", "}"], [("packet-id-range", 5)]),
        (
            ["aie.core(%t) {", "%c = arith.constant 1 : i32", "aie.end", '} {elf_file = "a.elf"}'],
            [("core-elf-body", 5)],
        ),
        ([f"aie.objectfifo @f(%s, {{%t}}, 0 : i32) : {FIFO}"], [("fifo-depth", 5)]),
        ([f"aie.objectfifo @f(%m, {{%t}}, 2 : i32) {{iter_count = 257 : i32}} : {FIFO}"], [("fifo-iter-count", 5)]),
        (
            [f"aie.objectfifo @f(%s, {{%t}}, 2 : i32) : {FIFO}", f"aie.objectfifo @f(%t, {{%s}}, 2 : i32) : {FIFO}"],
            [("duplicate-symbol", 6)],
        ),
        (
            [
                f"aie.objectfifo @a(%s, {{%m}}, 2 : i32) : {FIFO}",
                f"aie.objectfifo @b(%m, {{%t}}, 2 : i32) : {FIFO}",
                f"aie.objectfifo @c(%m, {{%u}}, 2 : i32) : {FIFO}",
                f"aie.objectfifo @d(%t, {{%u}}, 2 : i32) : {FIFO}",
                "aie.objectfifo.link [@a] -> [@b, @c]([] [0])",
                "aie.objectfifo.link [@a] -> [@d]([] [])",
                "aie.objectfifo.link [@a] -> [@e]([] [])",
            ],
            [("link-offset-count", 9), ("link-no-shared-tile", 10), ("unknown-fifo", 11)],
        ),
        (
            [
                f"aie.objectfifo @a(%s, {{%t}}, 2 : i32) : {FIFO}",
                "aie.core(%t) {",
                "%0 = aie.objectfifo.acquire @a(Consume, 1) : !aie.objectfifosubview<memref<8xi32>>",
                "%1 = aie.objectfifo.subview.access %0[1] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>",
                "aie.objectfifo.release @a(Produce, 1)",
                "aie.objectfifo.release @b(Consume, 1)",
                "aie.end",
                "}",
            ],
            [("fifo-access-index", 8), ("fifo-access-from-foreign-tile", 9), ("unknown-fifo", 10)],
        ),
        (["aie.core(%t) {", "func.call @f() : () -> ()", "aie.end", "}"], [("unknown-symbol", 6)]),
        (
            ["func.func private @f(i32)", "aie.core(%t) {", "func.call @f() : () -> ()", "aie.end", "}"],
            [("call-type", 7)],
        ),
        (
            ["aie.runtime_sequence(%a: i32) {", "aiex.run @x(%a) : (i32)", "aiex.configure @y {", "}", "}"],
            [("run-without-configure", 6), ("unknown-device", 7)],
        ),
        (
            [
                "%b = aie.buffer(%t) : memref<8xi32>",
                "aie.mem(%t) {",
                "aie.dma_bd(%b : memref<8xi32>)",
                f"aie.dma_bd(%b : memref<8xi32>, 0, 8, [{', '.join(['<size = 1, stride = 1>'] * 4)}])",
                "aie.end",
                "}",
            ],
            [("dma-dimensions", 8), ("dma-bd-per-block", 8)],
        ),
    ],
)
def test_verifier_rules(lines: list[str], rules: list[tuple[str, int]]):
    assert findings(*TILES, *lines) == rules


@pytest.mark.parametrize(
    ("transfer", "rule"),
    [
        ("%a[0, 0, 0, 0][1, 1, 1, 8][0, 0, 0, 1]) {id = 0 : i64, metadata = @g} : memref<64xi8>", "unknown-allocation"),
        ("%a[0, 0, 0, 2][1, 1, 1, 8][0, 0, 0, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>", "dma-offset-alignment"),
        ("%a[0, 0, 0, 0][1, 1, 1, 6][0, 0, 0, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>", "dma-size-alignment"),
        ("%a[0, 0, 0, 0][1, 0, 1, 8][0, 0, 0, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>", "dma-size-positive"),
        ("%a[0, 0, 0, 0][1, 1, 2, 8][0, 0, 6, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>", "dma-stride-alignment"),
        ("%a[0, 0, 0, 0][1, 1, 2, 8][0, 0, 0, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>", "dma-stride-positive"),
        ("%a[0, 0, 0, 0][66, 1, 1, 8][8, 0, 0, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>", "dma-iteration-range"),
        ("%a[0, 0, 0, 0][1, 1, 1, 4096][0, 4, 4, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>", "dma-size-range"),
        (
            "%a[0, 0, 0, 0][1, 1, 2, 8][0, 0, 4194312, 1]) {id = 0 : i64, metadata = @f} : memref<64xi8>",
            "dma-stride-range",
        ),
        (
            "%a[0, 0, 0, 0][1, 1, 1, 8][0, 0, 0, 1]) {burst_length = 96 : i64, id = 0 : i64, metadata = @f} : memref<64xi8>",
            "dma-burst-length",
        ),
    ],
)
def test_memcpy_rules(transfer: str, rule: str):
    fifo = "aie.objectfifo @f(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<8xi8>>"
    sequence = ("aie.runtime_sequence(%a: memref<64xi8>) {", f"  aiex.npu.dma_memcpy_nd({transfer}", "}")
    if rule == "dma-stride-positive":
        assert findings(*TILES, fifo, *sequence) == [(rule, 7)]
    assert rule in {name for name, _ in findings(*TILES, fifo, *sequence)}


def test_limits_of_memcpy_are_those_of_the_real_verifier():
    """npu-facts.md, 3.10: outer size 65 and a stride of 2^20 + 1 words pass there, and any length in one piece."""
    fifo = "aie.objectfifo @f(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<8xi32>>"
    passing = ("[65, 1, 1, 8][8, 0, 0, 1]", "[1, 1, 2, 8][0, 0, 1048577, 1]", "[1, 1, 1, 4096][0, 0, 0, 1]")
    for lists in passing:
        memcpy = f"aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0]{lists}) {{id = 0 : i64, metadata = @f}} : memref<64xi32>"
        assert findings(*TILES, fifo, "aie.runtime_sequence(%a: memref<64xi32>) {", memcpy, "}") == []
