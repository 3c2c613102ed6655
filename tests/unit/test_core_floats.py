"""Floating point of core programs: rounding against numpy, NaNs, infinities, conversions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npubuild.emulator.core import floats, lanes
from tests.unit.core_bench import Bench, design, scratch

f32 = st.floats(width=32)
INTERESTING = [0.0, -0.0, 1.0, -1.5, 1e-45, 3.4e38, math.inf, -math.inf, math.nan, 0.1, 2**24 + 1, 65536.5]


def bits(value: float) -> int:
    return int(np.float32(value).view(np.uint32))


def nearest_bf16(value: float) -> int:
    """The bf16 nearest to a finite value, by exact arithmetic."""
    candidates = (np.arange(0x7F80, dtype=np.uint32) << 16).view(np.float32)
    exact = Fraction(abs(value))
    best = min(range(len(candidates)), key=lambda n: (abs(Fraction(float(candidates[n])) - exact), n & 1))
    return best | (0x8000 if math.copysign(1, value) < 0 else 0)


@pytest.mark.parametrize("value", [0.1, -0.1, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-30, 1 + 2**-8 - 2**-30, 3e38, 1e-40])
def test_constants_are_rounded_to_bf16_once(value: float) -> None:
    assert floats.to_bf16(value) == nearest_bf16(value)


@given(value=f32)
def test_bf16_rounding_agrees_with_its_vector_form_and_keeps_nans(value: float) -> None:
    scalar = floats.round_bits_to_bf16(bits(value))
    vector = int(lanes.encode_bf16(np.array([value], np.float32))[0])
    assert scalar == vector
    assert math.isnan(floats.bf16_table()[scalar]) == math.isnan(value)


@given(pattern=st.integers(0, 0xFFFF))
def test_every_bf16_survives_a_trip_through_f32(pattern: int) -> None:
    value = floats.bf16_table()[pattern]
    quiet = pattern | 0x40 if math.isnan(value) else pattern
    assert floats.round_bits_to_bf16(bits(value)) in {pattern, quiet}


@given(a=f32, b=f32, c=f32)
def test_fused_multiply_add_rounds_once(a: float, b: float, c: float) -> None:
    got = floats.to_f32(floats.fused_multiply_add(a, b, c))
    assert bits(got) == bits(
        float(lanes.fused_multiply_add(*(np.array([x], np.float32) for x in (a, b, c)))[0])
    ) or math.isnan(got)
    if all(map(math.isfinite, (a, b, c))):
        exact = Fraction(a) * Fraction(b) + Fraction(c)
        below, above = (np.nextafter(np.float32(got), np.float32(side)) for side in (-np.inf, np.inf))
        if math.isfinite(got):
            error = abs(Fraction(got) - exact)
            assert all(not np.isfinite(other) or error <= abs(Fraction(float(other)) - exact) for other in (below, above))


@pytest.mark.parametrize("a", INTERESTING)
@pytest.mark.parametrize("b", INTERESTING)
def test_minima_and_maxima_agree_with_their_vector_forms(a: float, b: float) -> None:
    pairs = [
        (floats.minimum, lanes.minimum), (floats.maximum, lanes.maximum),
        (floats.minimum_number, lanes.minimum_number), (floats.maximum_number, lanes.maximum_number),
    ]  # fmt: skip
    for scalar, vector in pairs:
        with np.errstate(all="ignore"):
            lane = float(vector(np.array([a], np.float32), np.array([b], np.float32))[0])
        assert bits(scalar(floats.to_f32(a), floats.to_f32(b))) & 0x7FC00000 == bits(lane) & 0x7FC00000


@pytest.mark.parametrize("predicate", range(16))
@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (2.0, 1.0), (1.0, 1.0), (math.nan, 1.0), (1.0, math.nan)])
def test_comparisons_follow_the_predicate(predicate: int, a: float, b: float) -> None:
    unordered, ordered_truth = math.isnan(a) or math.isnan(b), [a == b, a > b, a >= b, a < b, a <= b, a != b]
    wanted = {0: False, 7: not unordered, 14: unordered, 15: True}
    for number, truth in enumerate(ordered_truth):
        wanted[number + 1] = truth and not unordered
        wanted[number + 8] = truth or unordered
    text = floats.COMPARISONS[predicate].format(a="a", b="b")
    assert bool(eval(text, {"a": a, "b": b})) is wanted[predicate]  # noqa: S307 (text of the code under test)
    vector = lanes.compare_floats(predicate)(np.array([a], np.float32), np.array([b], np.float32))
    assert bool(vector[0]) is wanted[predicate]


def binary(op: str, a: float, b: float) -> float:
    """One f32 operation as a core does it."""
    bench = Bench(
        design(
            f"""
            %a = memref.load %x[%c0] : memref<1xf32>
            %b = memref.load %y[%c0] : memref<1xf32>
            %r = {op} %a, %b : f32
            %again = arith.negf %r : f32
            %back = arith.negf %again : f32
            memref.store %back, %z[%c0] : memref<1xf32>""",
            scratch("x", "memref<1xf32>") + scratch("y", "memref<1xf32>") + scratch("z", "memref<1xf32>"),
        )
    )
    bench.memory["x"].view(np.float32)[0], bench.memory["y"].view(np.float32)[0] = a, b
    bench.run()
    return float(bench.memory["z"].view(np.float32)[0])


@pytest.mark.parametrize("op", ["addf", "subf", "mulf", "divf"])
@pytest.mark.parametrize(
    ("a", "b"), [(0.1, 0.2), (1e30, 1e30), (1e-30, 3e-30), (1.0, 0.0), (0.0, 0.0), (-1.0, 3.0), (16777216.0, 1.0)]
)
def test_f32_arithmetic_rounds_after_every_operation(op: str, a: float, b: float) -> None:
    with np.errstate(all="ignore"):
        x, y = np.float32(a), np.float32(b)
        wanted = {"addf": x + y, "subf": x - y, "mulf": x * y, "divf": x / y}[op]
    got = binary(f"arith.{op}", a, b)
    assert np.float32(got) == wanted or (math.isnan(got) and np.isnan(wanted))


def test_copying_f32_memory_keeps_signalling_nans() -> None:
    bench = Bench(
        design(
            """
            %a = memref.load %x[%c1] : memref<2xf32>
            memref.store %a, %x[%c0] : memref<2xf32>""",
            scratch("x", "memref<2xf32>"),
        )
    )
    bench.memory["x"].view(np.uint32)[1] = 0xFF800001
    bench.run()
    assert bench.memory["x"].view(np.uint32).tolist() == [0xFF800001, 0xFF800001]


def test_bf16_arithmetic_is_done_in_f32_and_rounded() -> None:
    bench = Bench(
        design(
            """
            %k = arith.constant 1.000000e-01 : bf16
            scf.for %i = %c0 to %c2 step %c1 {
              %a = memref.load %x[%i] : memref<2xbf16>
              %p = arith.mulf %a, %k : bf16
              %n = arith.negf %p : bf16
              memref.store %n, %x[%i] : memref<2xbf16>
            }""",
            scratch("x", "memref<2xbf16>", "dense<[1.0, 3.140000e+00]>"),
        )
    )
    inputs = lanes.decode_bf16(bench.memory["x"].view(np.uint16).copy())
    bench.run()
    tenth = lanes.decode_bf16(np.array([floats.to_bf16(0.1)], np.uint16))[0]
    assert bench.memory["x"].view(np.uint16).tolist() == lanes.encode_bf16(-(inputs * tenth)).tolist()


def test_conversions_between_integers_and_floats() -> None:
    bench = Bench(
        design(
            """
            %big = arith.constant 16777217 : i32
            %f = arith.sitofp %big : i32 to f32
            %m = arith.constant -1 : i8
            %u = arith.uitofp %m : i8 to f32
            %t0 = arith.sitofp %m : i8 to f32
            memref.store %f, %x[%c0] : memref<4xf32>
            memref.store %u, %x[%c1] : memref<4xf32>
            memref.store %t0, %x[%c2] : memref<4xf32>
            %h = arith.constant -2.75 : f32
            %i = arith.fptosi %h : f32 to i32
            %none = arith.constant 0.000000e+00 : f32
            %inf = arith.divf %h, %none : f32
            %j = arith.fptosi %inf : f32 to i32
            memref.store %i, %y[%c0] : memref<2xi32>
            memref.store %j, %y[%c1] : memref<2xi32>""",
            scratch("x", "memref<4xf32>") + scratch("y", "memref<2xi32>"),
        )
    )
    bench.run()
    assert bench.memory["x"].view(np.float32)[:3].tolist() == [16777216.0, 255.0, -1.0]
    assert bench.memory["y"].view(np.int32).tolist() == [-2, 0]
    assert [finding.rule for finding in bench.findings] == ["undefined-result"]
    assert "does not fit i32" in bench.findings[0].message


@pytest.mark.parametrize(
    ("op", "function"),
    [("floor", math.floor), ("ceil", math.ceil), ("trunc", math.trunc), ("roundeven", round), ("absf", abs), ("sqrt", None)],
)
def test_math_operations(op: str, function: object) -> None:
    values = [-2.5, -0.5, 0.5, 1.5, 2.25, 1e10]
    listed = ", ".join(f"{value:e}" for value in values)
    bench = Bench(
        design(
            f"""
            %n = arith.constant {len(values)} : index
            scf.for %i = %c0 to %n step %c1 {{
              %a = memref.load %x[%i] : memref<{len(values)}xf32>
              %r = math.{op} %a : f32
              memref.store %r, %x[%i] : memref<{len(values)}xf32>
            }}""",
            scratch("x", f"memref<{len(values)}xf32>", f"dense<[{listed}]>"),
        )
    )
    bench.run()
    with np.errstate(invalid="ignore"):
        wanted = np.sqrt(np.array(values, np.float32)) if function is None else [function(v) for v in values]  # type: ignore[operator]
    np.testing.assert_array_equal(bench.memory["x"].view(np.float32), np.array(wanted, np.float32))
