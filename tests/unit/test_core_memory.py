"""Memory of core programs: buffers, globals, stack memory, memref views, and accesses outside of them."""

from __future__ import annotations

import numpy as np
import pytest

from npubuild.errors import UserError
from tests.unit.core_bench import Bench, design, scratch


def words(body: str, declarations: str = "", size: int = 4) -> list[int]:
    """The i32 words that a core leaves in its buffer %out, which starts as zeros."""
    bench = Bench(design(body, scratch("out", f"memref<{size}xi32>", "dense<0>") + declarations))
    bench.run()
    assert bench.fault is None
    return [int(word) for word in bench.memory["out"].view(np.int32)]


@pytest.mark.parametrize(
    ("element", "dtype", "value"),
    [
        ("i8", np.int8, -3),
        ("i16", np.int16, -300),
        ("i32", np.int32, -70000),
        ("i64", np.int64, -(2**40)),
        ("f32", np.float32, 2.5),
    ],
)
def test_elements_of_every_width_are_stored_and_loaded(element: str, dtype: type, value: float) -> None:
    literal = f"{value:e}" if element == "f32" else value
    body = f"""
        %v = arith.constant {literal} : {element}
        memref.store %v, %x[%c1] : memref<4x{element}>
        %w = memref.load %x[%c1] : memref<4x{element}>
        memref.store %w, %x[%c2] : memref<4x{element}>"""
    bench = Bench(design(body, scratch("x", f"memref<4x{element}>")))
    bench.run()
    assert bench.memory["x"].view(dtype)[1:3].tolist() == [value, value]
    assert bench.memory["x"][0] == 0xA5


def test_constants_of_the_design_are_read_and_a_splat_is_repeated() -> None:
    globals_ = """
    memref.global "private" constant @table : memref<2x2xi16> = dense<[[1, -2], [3, -4]]>
    memref.global "private" @sevens : memref<8xi8> = dense<7>
    """
    body = """
        %t0 = memref.get_global @table : memref<2x2xi16>
        %s0 = memref.get_global @sevens : memref<8xi8>
        %c7 = arith.constant 7 : index
        %a = memref.load %t0[%c1, %c1] : memref<2x2xi16>
        %b = memref.load %s0[%c7] : memref<8xi8>
        %ax = arith.extsi %a : i16 to i32
        %bx = arith.extsi %b : i8 to i32
        memref.store %ax, %out[%c0] : memref<4xi32>
        memref.store %bx, %out[%c1] : memref<4xi32>"""
    assert words(body, globals_) == [-4, 7, 0, 0]


def test_subviews_are_windows_on_the_same_memory() -> None:
    body = """
        %m = memref.alloca() : memref<4x6xi32>
        %c3 = arith.constant 3 : index
        %c4 = arith.constant 4 : index
        %c6 = arith.constant 6 : index
        scf.for %i = %c0 to %c4 step %c1 {
          scf.for %j = %c0 to %c6 step %c1 {
            %r = arith.muli %i, %c6 : index
            %k = arith.addi %r, %j : index
            %v = arith.index_cast %k : index to i32
            memref.store %v, %m[%i, %j] : memref<4x6xi32>
          }
        }
        %w = memref.subview %m[1, 2] [2, 3] [2, 1] : memref<4x6xi32> to memref<2x3xi32, strided<[12, 1], offset: 8>>
        %row = memref.subview %w[1, 0] [1, 3] [1, 1]
          : memref<2x3xi32, strided<[12, 1], offset: 8>> to memref<3xi32, strided<[1], offset: 20>>
        %a = memref.load %w[%c1, %c2] : memref<2x3xi32, strided<[12, 1], offset: 8>>
        %b = memref.load %row[%c1] : memref<3xi32, strided<[1], offset: 20>>
        memref.store %a, %out[%c0] : memref<4xi32>
        memref.store %b, %out[%c1] : memref<4xi32>
        %flat = memref.collapse_shape %m [[0, 1]] : memref<4x6xi32> into memref<24xi32>
        %c = memref.load %flat[%c6] : memref<24xi32>
        memref.store %c, %out[%c2] : memref<4xi32>
        %other = memref.reinterpret_cast %flat to offset: [5], sizes: [3, 2], strides: [4, 1]
          : memref<24xi32> to memref<3x2xi32, strided<[4, 1], offset: 5>>
        %d = memref.load %other[%c2, %c1] : memref<3x2xi32, strided<[4, 1], offset: 5>>
        memref.store %d, %out[%c3] : memref<4xi32>"""
    assert words(body) == [22, 21, 6, 14]


def test_dynamic_subviews_and_copies() -> None:
    body = """
        %c4 = arith.constant 4 : index
        scf.for %i = %c0 to %c2 step %c1 {
          %o = arith.muli %i, %c2 : index
          %src = memref.subview %data[%o] [2] [1] : memref<4xi32> to memref<2xi32, strided<[1], offset: ?>>
          %p = arith.subi %c2, %o : index
          %dst = memref.subview %out[%p] [2] [1] : memref<4xi32> to memref<2xi32, strided<[1], offset: ?>>
          memref.copy %src, %dst : memref<2xi32, strided<[1], offset: ?>> to memref<2xi32, strided<[1], offset: ?>>
        }"""
    assert words(body, scratch("data", "memref<4xi32>", "dense<[1, 2, 3, 4]>")) == [3, 4, 1, 2]


def test_memrefs_can_be_chosen_and_carried_by_loops() -> None:
    """Ping-pong by exchanging memrefs: each pass adds one on the way from one buffer to the other."""
    body = """
        %one = arith.constant 1 : i32
        %n = arith.constant 5 : index
        %a, %b = scf.for %i = %c0 to %n step %c1 iter_args(%p = %x, %q = %y) -> (memref<1xi32>, memref<1xi32>) {
          %v = memref.load %p[%c0] : memref<1xi32>
          %w = arith.addi %v, %one : i32
          memref.store %w, %q[%c0] : memref<1xi32>
          scf.yield %q, %p : memref<1xi32>, memref<1xi32>
        }
        %r = memref.load %a[%c0] : memref<1xi32>
        %o = memref.load %b[%c0] : memref<1xi32>
        memref.store %r, %out[%c0] : memref<4xi32>
        memref.store %o, %out[%c1] : memref<4xi32>
        %less = arith.cmpi slt, %r, %o : i32
        %m = arith.select %less, %a, %b : memref<1xi32>
        %s0 = memref.load %m[%c0] : memref<1xi32>
        memref.store %s0, %out[%c2] : memref<4xi32>"""
    buffers = scratch("x", "memref<1xi32>", "dense<10>") + scratch("y", "memref<1xi32>", "dense<0>")
    assert words(body, buffers) == [15, 14, 14, 0]


@pytest.mark.parametrize(("index", "where"), [(4, 4), (-1, -1), (2**40, 2**40)])
def test_an_access_outside_its_buffer_ends_the_core_and_names_it(index: int, where: int) -> None:
    body = f"""
        %one = arith.constant 1 : i32
        %k = arith.constant {index} : index
        memref.store %one, %out[%k] : memref<4xi32>
        memref.store %one, %out[%c0] : memref<4xi32>"""
    bench = Bench(design(body, scratch("out", "memref<4xi32>", "dense<0>") + scratch("next", "memref<4xi32>", "dense<0>")))
    bench.run()
    assert bench.fault is not None
    assert bench.fault.message == f"core 0 2: `memref.store` outside of buffer out at element {where}"
    assert bench.fault.place is not None
    assert bench.fault.place.line == 15
    assert not bench.memory["out"].any()


def test_an_index_of_unknown_sign_is_checked_at_run_time() -> None:
    body = """
        %w = memref.load %out[%c0] : memref<4xi32>
        %k = arith.index_cast %w : i32 to index
        %v = memref.load %out[%k] : memref<4xi32>
        memref.store %v, %out[%c1] : memref<4xi32>"""
    bench = Bench(design(body, scratch("out", "memref<4xi32>", "dense<[-2, 0, 5, 6]>")))
    bench.run()
    assert bench.fault is not None
    assert "at element -2" in bench.fault.message
    bench = Bench(design(body, scratch("out", "memref<4xi32>", "dense<[2, 0, 5, 6]>")))
    bench.run()
    assert bench.memory["out"].view(np.int32).tolist() == [2, 5, 5, 6]


def test_undefined_results_are_reported_and_the_core_goes_on() -> None:
    body = """
        %zero = memref.load %out[%c0] : memref<4xi32>
        %k = arith.constant 40 : i32
        %q = arith.divsi %k, %zero : i32
        %w = arith.addi %zero, %k : i32
        %sh = arith.shli %k, %w : i32
        memref.store %q, %out[%c1] : memref<4xi32>
        memref.store %sh, %out[%c2] : memref<4xi32>"""
    bench = Bench(design(body, scratch("out", "memref<4xi32>", "dense<[0, 9, 9, 9]>")))
    bench.run()
    assert bench.memory["out"].view(np.int32).tolist() == [0, 0, 0, 9]
    assert [finding.place.line for finding in bench.findings if finding.place] == [14, 16]
    assert "division by zero" in bench.findings[0].message
    assert "shift by the width of i32 or more" in bench.findings[1].message


def test_memory_of_the_host_is_out_of_reach() -> None:
    body = "%v = memref.load %e[%c0] : memref<4xi32>"
    with pytest.raises(UserError, match=r"uses the value of `aie\.external_buffer` outside of it"):
        Bench(design(body, '%e = aie.external_buffer {sym_name = "e"} : memref<4xi32>'))
