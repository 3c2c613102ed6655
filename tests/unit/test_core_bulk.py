"""Loops done on whole arrays: the same results as element by element, and only where iterations are independent."""

from __future__ import annotations

import time
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npubuild.emulator.core import bulk
from npubuild.mlir.elements import BITS
from tests.unit.core_bench import Bench, design, scratch

COUNT = 40
INTEGER_OPS = ("addi", "subi", "muli", "andi", "ori", "xori", "maxsi", "minui", "divsi", "remui", "shli", "shrsi", "shrui")
FLOAT_OPS = ("addf", "subf", "mulf", "divf", "minimumf", "maxnumf")


def both(text: str, contents: dict[str, np.ndarray]) -> tuple[Bench, Bench]:
    """The design run on arrays where it can be, and element by element."""
    benches = []
    for whole in (True, False):
        with patch.object(bulk, "_worth_it", bulk._worth_it if whole else lambda *_: False):
            bench = Bench(text)
        for name, values in contents.items():
            bench.memory[name][:] = np.ascontiguousarray(values).view(np.uint8)
        bench.run()
        benches.append(bench)
    return benches[0], benches[1]


def is_bulk(bench: Bench) -> bool:
    return "run_of" in bench.programs[0].source


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, str]:
    """Random straight-line arithmetic on x[i], y[i + 3] and the loop variable, stored to z."""
    element = draw(st.sampled_from(["i8", "i16", "i32", "i64", "f32", "bf16"]))
    type_ = f"memref<{COUNT + 8}x{element}>"
    floating = element in {"f32", "bf16"}
    lines = [
        f"%v0 = memref.load %x[%i] : {type_}",
        "%j = arith.addi %i, %c3 : index",
        f"%v1 = memref.load %y[%j] : {type_}",
        "%n = arith.index_cast %i : index to i32" if floating else "%n = arith.muli %i, %c3 : index",
        f"%v2 = arith.sitofp %n : i32 to {element}" if floating else f"%v2 = arith.index_cast %n : index to {element}",
        f"%v3 = arith.constant {draw(st.integers(-9, 9))}{'.0' if floating else ''} : {element}",
    ]
    for number in range(4, 4 + draw(st.integers(1, 6))):
        a, b = (draw(st.integers(0, number - 1)) for _ in range(2))
        op = draw(st.sampled_from(FLOAT_OPS if floating else INTEGER_OPS))
        lines.append(f"%v{number} = arith.{op} %v{a}, %v{b} : {element}")
        last = number
    compare = f"arith.cmpf olt, %v{last}, %v0" if floating else f"arith.cmpi slt, %v{last}, %v0"
    lines += [
        f"%less = {compare} : {element}",
        f"%r = arith.select %less, %v{last}, %v1 : {element}",
        f"memref.store %r, %{draw(st.sampled_from(['z', 'x']))}[%i] : {type_}",
    ]
    return element, "\n".join(lines)


@settings(max_examples=60, deadline=None)
@given(body=bodies(), seed=st.integers(0, 2**32 - 1))
def test_any_loop_gives_the_same_bytes_and_reports_either_way(body: tuple[str, str], seed: int) -> None:
    element, lines = body
    text = design(
        f"""%c3 = arith.constant 3 : index
        %n0 = arith.constant {COUNT} : index
        scf.for %i = %c0 to %n0 step %c1 {{
          {lines}
        }}""",
        "".join(scratch(name, f"memref<{COUNT + 8}x{element}>") for name in "xyz"),
    )
    width = BITS[element] // 8
    rng = np.random.default_rng(seed)
    contents = {name: rng.integers(0, 256, (COUNT + 8) * width, np.uint8) for name in "xyz"}
    if element == "f32":
        contents = {
            name: (rng.standard_normal(COUNT + 8) * 10.0 ** rng.integers(-3, 3)).astype(np.float32) for name in "xyz"
        }
    whole, single = both(text, contents)
    assert is_bulk(whole)
    assert not is_bulk(single)
    for name in "xyz":
        got, wanted = whole.memory[name], single.memory[name]
        if element == "f32":
            np.testing.assert_array_equal(got.view(np.float32), wanted.view(np.float32))
        elif element == "bf16":
            quiet = [np.where(a.view(np.uint16) & 0x7FFF > 0x7F80, 0x7FC0, a.view(np.uint16)) for a in (got, wanted)]
            np.testing.assert_array_equal(*quiet)
        else:
            np.testing.assert_array_equal(got, wanted)
    assert {finding.message for finding in whole.findings} == {finding.message for finding in single.findings}


def loop(body: str, carried: str = "", count: int = COUNT) -> str:
    return f"""
        %n = arith.constant {count} : index
        %c3 = arith.constant 3 : index
        %zero = arith.constant 0 : i32
        {carried}scf.for %i = %c0 to %n step %c1 {body}"""


X = scratch("x", "memref<200xi32>")
Y = scratch("y", "memref<200xi32>")
VALUES = np.arange(200, dtype=np.int32) * 7919 % 1000 - 500


NEEDS_THE_ONE_BEFORE = """{
          %j = arith.addi %i, %c1 : index
          %v = memref.load %y[%i] : memref<200xi32>
          memref.store %v, %y[%j] : memref<200xi32>
        }"""
SUM_IN_MEMORY = """{
          %v = memref.load %x[%i] : memref<200xi32>
          %a = memref.load %y[%c0] : memref<200xi32>
          %r = arith.addi %a, %v : i32
          memref.store %r, %y[%c0] : memref<200xi32>
        }"""
TABLE_WRITTEN_WHILE_READ = """{
          %v = memref.load %x[%i] : memref<200xi32>
          %m = arith.constant 63 : i32
          %w = arith.andi %v, %m : i32
          %k = arith.index_cast %w : i32 to index
          %e = memref.load %y[%k] : memref<200xi32>
          %u = arith.addi %e, %v : i32
          memref.store %u, %y[%i] : memref<200xi32>
        }"""


@pytest.mark.parametrize("body", [NEEDS_THE_ONE_BEFORE, SUM_IN_MEMORY, TABLE_WRITTEN_WHILE_READ])
def test_dependent_iterations_run_one_by_one(body: str) -> None:
    whole, single = both(design(loop(body), X + Y), {"x": VALUES, "y": VALUES[::-1]})
    assert not is_bulk(whole)
    np.testing.assert_array_equal(whole.memory["y"], single.memory["y"])


def test_strided_and_looked_up_elements() -> None:
    body = """{
          %j = arith.muli %i, %c3 : index
          %k = arith.addi %j, %c2 : index
          %v = memref.load %x[%k] : memref<200xi32>
          %m = arith.constant 127 : i32
          %w = arith.andi %v, %m : i32
          %p = arith.index_cast %w : i32 to index
          %t0 = memref.load %y[%p] : memref<200xi32>
          %back = arith.subi %n, %i : index
          memref.store %t0, %x[%back] : memref<200xi32>
        }"""
    whole, single = both(design(loop(body), X + Y), {"x": VALUES, "y": VALUES[::-1]})
    assert not is_bulk(whole)  # it stores to what it reads
    text = design(loop(body.replace("%x[%back]", "%z[%back]")), X + Y + scratch("z", "memref<200xi32>"))
    whole, single = both(text, {"x": VALUES, "y": VALUES[::-1]})
    assert is_bulk(whole)
    np.testing.assert_array_equal(whole.memory["z"], single.memory["z"])


@pytest.mark.parametrize("op", ["addi", "xori", "andi", "ori"])
def test_integer_sums_are_carried(op: str) -> None:
    body = f"""iter_args(%acc = %zero) -> (i32) {{
          %v = memref.load %x[%i] : memref<200xi32>
          %p = arith.muli %v, %v : i32
          %q = arith.muli %p, %p : i32
          %s0 = arith.{op} %acc, %q : i32
          scf.yield %s0 : i32
        }}
        memref.store %r, %y[%c0] : memref<200xi32>"""
    whole, single = both(design(loop(body, "%r = "), X + Y), {"x": VALUES})
    assert is_bulk(whole)
    np.testing.assert_array_equal(whole.memory["y"], single.memory["y"])


def test_a_constant_term_counts_once_per_iteration() -> None:
    body = """iter_args(%acc = %zero, %f = %half) -> (i32, f32) {
          %v = memref.load %x[%i] : memref<200xi32>
          memref.store %v, %y[%i] : memref<200xi32>
          %k = arith.constant 5 : i32
          %s0 = arith.addi %k, %acc : i32
          %g = arith.addf %f, %half : f32
          scf.yield %s0, %g : i32, f32
        }
        memref.store %r#0, %x[%c0] : memref<200xi32>
        %h = arith.fptosi %r#1 : f32 to i32
        memref.store %h, %x[%c1] : memref<200xi32>"""
    text = design("%half = arith.constant 5.000000e-01 : f32\n" + loop(body, "%r:2 = "), X + Y)
    whole, _ = both(text, {"x": VALUES})
    assert is_bulk(whole)
    assert whole.memory["x"].view(np.int32)[:2].tolist() == [5 * COUNT, (COUNT + 1) // 2]


def test_f32_sums_are_rounded_after_every_term() -> None:
    body = """iter_args(%acc = %start) -> (f32) {
          %v = memref.load %x[%i] : memref<200xf32>
          %s0 = arith.addf %acc, %v : f32
          scf.yield %s0 : f32
        }
        memref.store %r, %y[%c0] : memref<1xf32>"""
    text = design(
        "%start = arith.constant 1.000000e+08 : f32\n" + loop(body, "%r = ", 200),
        scratch("x", "memref<200xf32>") + scratch("y", "memref<1xf32>"),
    )
    whole, single = both(text, {"x": (VALUES * 0.37).astype(np.float32)})
    assert "ordered_sum" in whole.programs[0].source
    np.testing.assert_array_equal(whole.memory["y"], single.memory["y"])


def test_a_run_that_leaves_its_memory_is_a_fault() -> None:
    body = """{
          %v = memref.load %x[%i] : memref<200xi32>
          memref.store %v, %y[%i] : memref<200xi32>
        }"""
    whole, single = both(design(loop(body, count=201), X + Y), {"x": VALUES})
    assert is_bulk(whole)
    assert whole.fault is not None
    assert single.fault is not None
    assert "`memref.load` outside of buffer x" in whole.fault.message


def test_signalling_nans_are_copied_unchanged() -> None:
    body = """{
          %v = memref.load %x[%i] : memref<200xf32>
          %w = memref.load %y[%c0] : memref<1xf32>
          memref.store %v, %z[%i] : memref<200xf32>
          memref.store %w, %u[%i] : memref<200xf32>
        }"""
    buffers = "".join(scratch(name, f"memref<{1 if name == 'y' else 200}xf32>") for name in "xyzu")
    x = np.arange(200, dtype=np.uint32) + 0x7F800001
    whole, _ = both(design(loop(body, count=200), buffers), {"x": x, "y": np.array([0xFF800002], np.uint32)})
    assert is_bulk(whole)
    np.testing.assert_array_equal(whole.memory["z"].view(np.uint32), x)
    assert set(whole.memory["u"].view(np.uint32).tolist()) == {0xFF800002}


def test_a_long_copy_takes_little_more_than_numpy_and_pauses() -> None:
    size = 200_000
    body = f"""{{
          %v = memref.load %g[%i] : memref<{size}xi32>
          memref.store %v, %h[%i] : memref<{size}xi32>
        }}"""
    stack = f"%g = memref.alloc() : memref<{size}xi32>\n %h = memref.alloc() : memref<{size}xi32>\n"
    bench = Bench(design(stack + loop(body, count=size)))
    start = time.perf_counter()
    bench.run()
    assert time.perf_counter() - start < 0.5  # element by element this takes tens of milliseconds per 100 000
    assert 1 <= len(bench.steps) <= 4
