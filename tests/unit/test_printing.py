"""The printed form is the real tool's, character for character, in every spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from npubuild.mlir.names import identifier
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import parse_design, read_design, structurally_equal
from npubuild.mlir.spelling import Spelling

ORACLE = Path(__file__).parents[1] / "oracle"
DESIGNS = sorted(path.stem for path in (ORACLE / "designs").glob("*.mlir"))
OLD_DESIGNS = sorted(path.stem for path in (ORACLE / "designs" / "oct25").glob("*.mlir"))


def golden(name: str) -> str:
    return (ORACLE / "goldens" / f"{name}.printed.mlir").read_text()


def test_the_oracle_is_there():
    assert len(DESIGNS) > 100
    assert len(OLD_DESIGNS) > 20


@pytest.mark.parametrize("name", DESIGNS)
def test_design_prints_as_the_real_tool_prints_it(name: str):
    assert print_design(read_design(ORACLE / "designs" / f"{name}.mlir")) == golden(name)


@pytest.mark.parametrize("name", OLD_DESIGNS)
def test_old_spelling_prints_as_the_new_one(name: str):
    assert print_design(read_design(ORACLE / "designs" / "oct25" / f"{name}.mlir")) == golden(name)


@pytest.mark.parametrize("spelling", list(Spelling))
@pytest.mark.parametrize("name", DESIGNS)
def test_printed_form_is_a_fixed_point(name: str, spelling: Spelling):
    design = parse_design(golden(name), name)
    printed = print_design(design, spelling)
    again = parse_design(printed, name)
    assert structurally_equal(design, again)
    assert print_design(again, spelling) == printed


def device(*lines: str) -> str:
    return "module {\n  aie.device(npu2_2col) {\n" + "".join(f"    {line}\n" for line in lines) + "  }\n}\n"


def printed(*lines: str, spelling: Spelling = Spelling.MAR26) -> str:
    """The printed lines of a device, without their common indentation."""
    text = print_design(parse_design(device(*lines), "test.mlir"), spelling)
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))


def test_spellings_differ_in_three_places():
    dims = "[<size = 2, stride = 4>, <size = 2, stride = 1>]"
    design = (
        "%t = aie.tile(1, 0)",
        "aie.shim_dma_allocation @s(%t, MM2S, 1, <pkt_type = 0, pkt_id = 3>)",
        "aie.runtime_sequence(%a: memref<8xi32>) {",
        "  %0 = aiex.dma_configure_task_for @s {",
        f"    aie.dma_bd(%a : memref<8xi32>, 2, 4, {dims}) {{burst_length = 0 : i32}}",
        "    aie.end",
        "  }",
        "}",
    )
    old, new, newest = (printed(*design, spelling=spelling) for spelling in Spelling)
    assert "aiex.runtime_sequence(%arg0" in old
    assert "aie.runtime_sequence(%arg0" in new
    assert "@s(MM2S, 1, 1, <pkt_type = 0, pkt_id = 3>)" in old
    assert "@s(%shim_noc_tile_1_0, MM2S, 1, <pkt_type = 0, pkt_id = 3>)" in new
    named = "(%arg0 : memref<8xi32> offset = 2 len = 4 sizes = [2, 2] strides = [4, 1]) {burst_length = 0 : i32}"
    assert named in newest
    assert newest.replace(named, "") == new.replace(f"(%arg0 : memref<8xi32>, 2, 4, {dims}) {{burst_length = 0 : i32}}", "")


def test_attributes_are_sorted_and_defaults_go_without_saying():
    text = printed(
        "%t = aie.tile(0, 2)",
        "%c = aie.core(%t) {",
        "  aie.end",
        '} {stack_size = 1024 : i32, my.note = [1, 2.5, {b = 3 : i8}], link_with = "a.o", dynamic_objfifo_lowering = true}',
    )
    assert text.endswith('} {dynamic_objfifo_lowering = true, link_with = "a.o", my.note = [1, 2.500000e+00, {b = 3 : i8}]}')


def test_names_are_unique_in_their_scope_and_outside_of_it():
    text = printed(
        "%t = aie.tile(0, 2)",
        '%x = aie.buffer(%t) {sym_name = "c1"} : memref<4xi32>',
        "%l = aie.lock(%t)",
        "%m = aie.lock(%t)",
        "%c = aie.core(%t) {",
        "  %one = arith.constant 1 : index",
        "  %again = arith.constant 1 : index",
        "  %minus = arith.constant -1 : i32",
        "  %yes = arith.constant true",
        "  %f = arith.constant 0x7F800000 : f32",
        "  aie.end",
        "}",
    ).splitlines()
    assert text[1:] == [
        '%c1 = aie.buffer(%tile_0_2) {sym_name = "c1"} : memref<4xi32> ',
        "%lock_0_2 = aie.lock(%tile_0_2)",
        "%lock_0_2_0 = aie.lock(%tile_0_2)",
        "%core_0_2 = aie.core(%tile_0_2) {",
        "  %c1_1 = arith.constant 1 : index",
        "  %c1_2 = arith.constant 1 : index",
        "  %c-1_i32 = arith.constant -1 : i32",
        "  %true = arith.constant true",
        "  %cst = arith.constant 0x7F800000 : f32",
        "  aie.end",
        "}",
    ]


def test_blocks_name_their_predecessors():
    text = printed(
        "%t = aie.tile(0, 2)",
        "%c = aie.core(%t) {",
        "  %yes = arith.constant true",
        "  cf.cond_br %yes, ^a, ^b",
        "^a:",
        "  cf.br ^b",
        "^lost:",
        "  cf.br ^b",
        "^b:",
        "  aie.end",
        "}",
    )
    assert "^bb1:  // pred: ^bb0\n" in text
    assert "^bb2:  // no predecessors\n" in text
    assert "^bb3:  // 3 preds: ^bb0, ^bb1, ^bb2\n" in text


def test_several_results_share_one_name():
    text = printed(
        "%t = aie.tile(0, 2)",
        "%c = aie.core(%t) {",
        "  %a = arith.constant 1 : i32",
        "  %r:2 = scf.while (%x = %a, %y = %a) : (i32, i32) -> (i32, i32) {",
        "    %go = arith.cmpi slt, %x, %y : i32",
        "    scf.condition(%go) %x, %y : i32, i32",
        "  } do {",
        "  ^bb0(%x: i32, %y: i32):",
        "    scf.yield %y, %x : i32, i32",
        "  }",
        "  %s = arith.addi %r#0, %r#1 : i32",
        "  aie.end",
        "}",
    )
    assert "%0:2 = scf.while (%arg0 = %c1_i32, %arg1 = %c1_i32)" in text
    assert "%1 = arith.addi %0#0, %0#1 : i32" in text


def test_functions_and_their_bodies():
    text = printed(
        'func.func private @f(memref<8xi32>, i32) -> i32 attributes {link_with = "f.o"}',
        "func.func @g(%m: memref<8xi32>, %x: i32) -> i32 {",
        "  %y = call @f(%m, %x) : (memref<8xi32>, i32) -> i32",
        "  return %y : i32",
        "}",
    ).splitlines()
    assert text == [
        'func.func private @f(memref<8xi32>, i32) -> i32 attributes {link_with = "f.o"}',
        "func.func @g(%arg0: memref<8xi32>, %arg1: i32) -> i32 {",
        "  %0 = call @f(%arg0, %arg1) : (memref<8xi32>, i32) -> i32",
        "  return %0 : i32",
        "}",
    ]


def test_long_literals_print_as_hexadecimal():
    values = ", ".join(map(str, range(101)))
    text = printed("%t = aie.tile(0, 2)", f"%b = aie.buffer(%t) : memref<101xi8> = dense<[{values}]>")
    assert text.endswith(
        f'%buffer_0_2 = aie.buffer(%tile_0_2) : memref<101xi8> = dense<"0x{bytes(range(101)).hex().upper()}">'
    )
    assert printed(*text.splitlines()) == text


@pytest.mark.parametrize(
    ("name", "wanted"), [("b", "b"), ("in$1.x-y", "in$1.x-y"), ("1st", "_1st"), ("a b", "a_b"), ("a/b", "a2Fb")]
)
def test_symbols_become_value_names(name: str, wanted: str):
    assert identifier(name) == wanted
