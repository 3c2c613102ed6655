"""Floating point of core programs: what generated code calls, and the texts of comparisons.

f32 values are Python floats that f32 can hold; sums, products, quotients and square roots are computed in double and
rounded once more to f32, which gives the correctly rounded f32 result (53 >= 2 * 24 + 2 bits). bf16 values are their
16 bits; an operation on them is done in f32 and rounded to nearest even.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import lru_cache
from math import isnan

import numpy as np

INFINITY = math.inf
NOT_A_NUMBER = math.nan


def to_f32(value: float) -> float:
    """The nearest f32, ties to even; too large numbers become infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.float32(value))


def f32_bits(value: float) -> int:
    """The 32 bits of a value that f32 can hold."""
    return int(np.float32(value).view(np.uint32))


def round_bits_to_bf16(bits: int) -> int:
    """The bf16 (16 bits) nearest to the f32 of these 32 bits, ties to even; NaNs stay NaNs, made quiet."""
    if bits & 0x7FFFFFFF > 0x7F800000:
        return bits >> 16 | 0x40
    return bits + 0x7FFF + (bits >> 16 & 1) >> 16


def to_bf16(value: float) -> int:
    """The bf16 bits nearest to a double, rounded once (a constant of the program is not rounded to f32 in between)."""
    nearest = to_f32(value)
    bits = f32_bits(nearest)
    if bits & 0xFFFF == 0x8000 and nearest != value and math.isfinite(value):
        bits += 1 if abs(value) > abs(nearest) else -1
    return round_bits_to_bf16(bits)


@lru_cache(maxsize=1)
def bf16_table() -> list[float]:
    """The value of each of the 65536 bf16 bit patterns."""
    values: list[float] = (np.arange(0x10000, dtype=np.uint32) << 16).view(np.float32).tolist()
    return values


def divide(a: float, b: float) -> float:
    """IEEE division: x / 0 is infinite, 0 / 0 is not a number."""
    if b:
        return a / b
    if a == 0.0 or isnan(a):
        return NOT_A_NUMBER
    return math.copysign(INFINITY, a) * math.copysign(1.0, b)


def remainder(a: float, b: float) -> float:
    """arith.remf: C's fmod, exact in every format."""
    if math.isinf(a) or b == 0.0:
        return NOT_A_NUMBER
    return math.fmod(a, b)


def square_root(a: float) -> float:
    return math.sqrt(a) if a >= 0.0 else a if isnan(a) else NOT_A_NUMBER


def minimum(a: float, b: float) -> float:
    """arith.minimumf: a NaN wins, -0 is below +0."""
    if isnan(a) or isnan(b):
        return NOT_A_NUMBER
    if a == b:
        return a if math.copysign(1.0, a) < 0 else b
    return a if a < b else b


def maximum(a: float, b: float) -> float:
    """arith.maximumf: a NaN wins, +0 is above -0."""
    if isnan(a) or isnan(b):
        return NOT_A_NUMBER
    if a == b:
        return b if math.copysign(1.0, a) < 0 else a
    return a if a > b else b


def minimum_number(a: float, b: float) -> float:
    """arith.minnumf: the other operand wins over a NaN."""
    return b if isnan(a) else a if isnan(b) else minimum(a, b)


def maximum_number(a: float, b: float) -> float:
    """arith.maxnumf: the other operand wins over a NaN."""
    return b if isnan(a) else a if isnan(b) else maximum(a, b)


def _rounded_by(rounding: Callable[[float], int]) -> Callable[[float], float]:
    def apply(value: float) -> float:
        return math.copysign(float(rounding(value)), value) if math.isfinite(value) else value

    return apply


def _half_away(value: float) -> int:
    whole = math.trunc(value)
    return whole + (1 if value > 0 else -1) if abs(value - whole) >= 0.5 else whole


floor = _rounded_by(math.floor)
ceil = _rounded_by(math.ceil)
truncate = _rounded_by(math.trunc)
round_half_away = _rounded_by(_half_away)
round_half_even = _rounded_by(round)


def fused_multiply_add(a: float, b: float, c: float) -> float:
    """The sum a * b + c of three f32 values, to be rounded to f32 later: rounded to odd here, so that both count as one."""
    product = a * b  # exact: 48 bits
    total = product + c
    if not math.isfinite(total):
        return total
    shadow = total - product
    error = (product - (total - shadow)) + (c - shadow)
    if error == 0.0 or struct.unpack("<Q", struct.pack("<d", total))[0] & 1:
        return total
    return math.nextafter(total, math.copysign(INFINITY, error))


def from_integer(value: int) -> float:
    """The f32 nearest to an integer of any size, rounded once."""
    return float(np.float32(np.int64(value)) if -(2**63) <= value < 2**63 else np.float32(np.uint64(value)))


def literal(value: float) -> str:
    """Python text of a float; the names INFINITY and NOT_A_NUMBER exist in every generated program."""
    if isnan(value):
        return "NOT_A_NUMBER"
    if math.isinf(value):
        return "INFINITY" if value > 0 else "(-INFINITY)"
    return repr(value) if math.copysign(1.0, value) > 0 else f"({value!r})"


COMPARISONS = (
    "False",
    "{a} == {b}",
    "{a} > {b}",
    "{a} >= {b}",
    "{a} < {b}",
    "{a} <= {b}",
    "({a} < {b} or {a} > {b})",
    "({a} == {a} and {b} == {b})",
    "not ({a} < {b} or {a} > {b})",
    "not {a} <= {b}",
    "not {a} < {b}",
    "not {a} >= {b}",
    "not {a} > {b}",
    "{a} != {b}",
    "({a} != {a} or {b} != {b})",
    "True",
)
"""arith.cmpf by number: false, oeq, ogt, oge, olt, ole, one, ord, ueq, ugt, uge, ult, ule, une, uno, true."""

BINARY = {
    "arith.addf": "{a} + {b}",
    "arith.subf": "{a} - {b}",
    "arith.mulf": "{a} * {b}",
    "arith.divf": "divide({a}, {b})",
}
"""Operations whose result is computed in double and still has to be rounded to the type."""

EXACT_BINARY = {
    "arith.remf": "remainder({a}, {b})",
    "arith.minimumf": "minimum({a}, {b})",
    "arith.maximumf": "maximum({a}, {b})",
    "arith.minnumf": "minimum_number({a}, {b})",
    "arith.maxnumf": "maximum_number({a}, {b})",
    "math.copysign": "copysign({a}, {b})",
}

EXACT_UNARY = {
    "arith.negf": "-{a}",
    "math.absf": "abs({a})",
    "math.floor": "floor({a})",
    "math.ceil": "ceil({a})",
    "math.trunc": "truncate({a})",
    "math.round": "round_half_away({a})",
    "math.roundeven": "round_half_even({a})",
}

NAMES: dict[str, object] = {
    "INFINITY": INFINITY,
    "NOT_A_NUMBER": NOT_A_NUMBER,
    "divide": divide,
    "remainder": remainder,
    "square_root": square_root,
    "minimum": minimum,
    "maximum": maximum,
    "minimum_number": minimum_number,
    "maximum_number": maximum_number,
    "copysign": math.copysign,
    "floor": floor,
    "ceil": ceil,
    "truncate": truncate,
    "round_half_away": round_half_away,
    "round_half_even": round_half_even,
    "fused_multiply_add": fused_multiply_add,
    "from_integer": from_integer,
    "round_bits_to_bf16": round_bits_to_bf16,
}
"""What generated programs find under these names."""
