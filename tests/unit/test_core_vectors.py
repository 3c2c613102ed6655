"""Vectors in core programs: lane arithmetic against the scalar one, transfers, reductions, broadcasts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xdsl.dialects.builtin import IntegerType

from npubuild.emulator.core import integers, lanes
from npubuild.emulator.core.values import any_of
from npubuild.errors import UserError
from tests.unit.core_bench import Bench, design, scratch

WIDTHS = (8, 16, 32, 64)
SIGNED = {8: np.int8, 16: np.int16, 32: np.int32, 64: np.int64}


@pytest.mark.parametrize("name", sorted(integers.BINARY))
@given(width=st.sampled_from(WIDTHS), data=st.data())
def test_lanes_do_what_scalars_do(name: str, width: int, data: st.DataObject) -> None:
    low, high = -(2 ** (width - 1)), 2 ** (width - 1) - 1
    numbers = st.lists(
        st.integers(low, high) | st.sampled_from([low, -1, 0, 1, width - 1, width, high]), min_size=4, max_size=4
    )
    a, b = ([min(max(x, low), high) for x in data.draw(numbers)] for _ in range(2))
    type_ = IntegerType(width)
    computed = integers.BINARY[name](any_of("a", type_), any_of("b", type_), type_)
    wanted = []
    for x, y in zip(a, b, strict=True):
        undefined = computed.undefined and eval(computed.undefined, {"a": x, "b": y})  # noqa: S307 (text under test)
        wanted.append(0 if undefined else eval(computed.text, {"a": x, "b": y}))  # noqa: S307 (text under test)
    with np.errstate(all="ignore"):
        got = lanes.INTEGER[name](np.array(a, SIGNED[width]), np.array(b, SIGNED[width]))
    assert got.dtype == SIGNED[width]
    assert got.tolist() == wanted


def test_loads_arithmetic_and_stores() -> None:
    body = """
        %n = arith.constant 32 : index
        %step = arith.constant 16 : index
        %k = arith.constant 3 : i16
        %kv = vector.broadcast %k : i16 to vector<16xi16>
        scf.for %i = %c0 to %n step %step {
          %a = vector.load %x[%i] : memref<32xi16>, vector<16xi16>
          %b = arith.muli %a, %kv : vector<16xi16>
          %c = arith.maxsi %b, %a : vector<16xi16>
          vector.store %c, %y[%i] : memref<32xi16>, vector<16xi16>
        }"""
    bench = Bench(design(body, scratch("x", "memref<32xi16>") + scratch("y", "memref<32xi16>")))
    x = np.arange(-16000, 16000, 1000, dtype=np.int16)
    bench.memory["x"].view(np.int16)[:] = x
    bench.run()
    np.testing.assert_array_equal(bench.memory["y"].view(np.int16), np.maximum(x * np.int16(3), x))


def test_reductions_of_floats_run_in_order() -> None:
    body = """
        %start = arith.constant 1.000000e+00 : f32
        %a = vector.load %x[%c0] : memref<8xf32>, vector<8xf32>
        %s0 = vector.reduction <add>, %a, %start : vector<8xf32> into f32
        %m = vector.reduction <maxnumf>, %a : vector<8xf32> into f32
        memref.store %s0, %y[%c0] : memref<2xf32>
        memref.store %m, %y[%c1] : memref<2xf32>"""
    bench = Bench(design(body, scratch("x", "memref<8xf32>") + scratch("y", "memref<2xf32>")))
    x = np.array([1e8, 1, -1e8, 0.1, 0.2, 7, 1e-9, 3], np.float32)
    bench.memory["x"].view(np.float32)[:] = x
    bench.run()
    total = np.float32(1)
    for lane in x:
        total = np.float32(total + lane)
    assert bench.memory["y"].view(np.float32).tolist() == [total, x.max()]


def test_lanes_are_taken_out_and_put_in() -> None:
    body = """
        %a = vector.load %x[%c0] : memref<4xi32>, vector<4xi32>
        %third = vector.extract %a[2] : i32 from vector<4xi32>
        %b = vector.insert %third, %a[0] : i32 into vector<4xi32>
        %k = arith.constant dense<[1, 2, 3, 0]> : vector<4xi32>
        %c = arith.divsi %b, %k : vector<4xi32>
        vector.store %c, %x[%c0] : memref<4xi32>, vector<4xi32>"""
    bench = Bench(design(body, scratch("x", "memref<4xi32>", "dense<[10, 21, -32, 43]>")))
    bench.run()
    assert bench.memory["x"].view(np.int32).tolist() == [-32, 10, -10, 0]
    assert "division by zero" in bench.findings[0].message


def test_vectors_of_two_dimensions() -> None:
    body = """
        %k = arith.constant 100 : i16
        %a = vector.load %x[%c1, %c0] : memref<3x4xi16>, vector<2x4xi16>
        %h = vector.splat %k : vector<2x4xi16>
        %b = arith.addi %a, %h : vector<2x4xi16>
        %f = vector.shape_cast %b : vector<2x4xi16> to vector<8xi16>
        %r = vector.shuffle %f, %f [7, 6, 5, 4, 3, 2, 1, 0] : vector<8xi16>, vector<8xi16>
        vector.store %r, %y[%c2] : memref<10xi16>, vector<8xi16>
        %row = vector.extract %b[1] : vector<4xi16> from vector<2x4xi16>
        vector.store %row, %x[%c0, %c0] : memref<3x4xi16>, vector<4xi16>"""
    bench = Bench(design(body, scratch("x", "memref<3x4xi16>") + scratch("y", "memref<10xi16>")))
    bench.memory["x"].view(np.int16)[:] = np.arange(12)
    bench.run()
    assert bench.memory["y"].view(np.int16)[2:].tolist() == [111, 110, 109, 108, 107, 106, 105, 104]
    assert bench.memory["x"].view(np.int16)[:5].tolist() == [108, 109, 110, 111, 4]


def test_bf16_lanes_are_computed_in_f32() -> None:
    body = """
        %a = vector.load %x[%c0] : memref<4xbf16>, vector<4xbf16>
        %p = arith.mulf %a, %a : vector<4xbf16>
        %w = arith.extf %p : vector<4xbf16> to vector<4xf32>
        vector.store %p, %x[%c0] : memref<4xbf16>, vector<4xbf16>
        vector.store %w, %y[%c0] : memref<4xf32>, vector<4xf32>"""
    bench = Bench(design(body, scratch("x", "memref<4xbf16>") + scratch("y", "memref<4xf32>")))
    x = lanes.encode_bf16(np.array([1.1, -2.3, 1e20, 0.0], np.float32))
    bench.memory["x"].view(np.uint16)[:] = x
    bench.run()
    with np.errstate(over="ignore"):
        wanted = lanes.encode_bf16(lanes.decode_bf16(x) ** 2)
    np.testing.assert_array_equal(bench.memory["x"].view(np.uint16), wanted)
    np.testing.assert_array_equal(bench.memory["y"].view(np.float32), lanes.decode_bf16(wanted))


def test_a_vector_that_leaves_its_memory_is_a_fault() -> None:
    body = (
        "%a = vector.load %x[%c2] : memref<4xi32>, vector<4xi32>\n vector.store %a, %x[%c0] : memref<4xi32>, vector<4xi32>"
    )
    bench = Bench(design(body, scratch("x", "memref<4xi32>")))
    bench.run()
    assert bench.fault is not None
    assert bench.fault.message == "core 0 2: `vector.load` outside of buffer x at element 2"


def test_vectors_of_odd_widths_are_refused() -> None:
    with pytest.raises(UserError, match="vectors of i4 are not modelled"):
        Bench(design("%a = arith.constant dense<1> : vector<4xi4>"))
