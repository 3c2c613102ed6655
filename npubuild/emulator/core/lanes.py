"""Arithmetic on whole vectors, lane by lane like the scalar operations: what generated programs call for them.

A vector is a numpy array of its element's dtype: intN for iN, bool for i1, float32, and uint16 holding the bits of bf16.
Functions here take and give such arrays and never change an operand. Lanes without a defined result (division by zero,
too wide shifts) are reported by the program before the call; here they become 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def unsigned(a: Array) -> Array:
    """The same bits as unsigned numbers."""
    return a if a.dtype.kind in "ub" else a.view(f"u{a.dtype.itemsize}")


def _signed_like(result: Array, a: Array) -> Array:
    return result.view(a.dtype)


def _bits(a: Array) -> int:
    return a.dtype.itemsize * 8


# Integers ------------------------------------------------------------------------------------------------------------


def shli(a: Array, b: Array) -> Array:
    amount = unsigned(b)
    return np.where(amount < _bits(a), np.left_shift(a, np.minimum(b, _bits(a) - 1)), 0).astype(a.dtype)


def shrsi(a: Array, b: Array) -> Array:
    amount = unsigned(b)
    shifted = np.right_shift(a, np.minimum(amount, _bits(a) - 1).astype(a.dtype))
    return np.where(amount < _bits(a), shifted, 0).astype(a.dtype)


def shrui(a: Array, b: Array) -> Array:
    amount = unsigned(b)
    shifted = np.right_shift(unsigned(a), np.minimum(amount, _bits(a) - 1))
    return _signed_like(np.where(amount < _bits(a), shifted, 0).astype(shifted.dtype), a)


def _quotient(a: Array, b: Array) -> tuple[Array, Array]:
    """Floored quotient, and the divisor with 1 in place of 0."""
    divisor = np.where(b == 0, 1, b).astype(b.dtype)
    with np.errstate(all="ignore"):
        return np.floor_divide(a, divisor), divisor


def divsi(a: Array, b: Array) -> Array:
    floored, divisor = _quotient(a, b)
    inexact = (a - floored * divisor != 0) & ((a < 0) != (divisor < 0))
    return np.where(b == 0, 0, floored + inexact.astype(a.dtype)).astype(a.dtype)


def remsi(a: Array, b: Array) -> Array:
    _, divisor = _quotient(a, b)
    return np.where(b == 0, 0, a - divsi(a, divisor) * divisor).astype(a.dtype)


def floordivsi(a: Array, b: Array) -> Array:
    return np.where(b == 0, 0, _quotient(a, b)[0]).astype(a.dtype)


def ceildivsi(a: Array, b: Array) -> Array:
    floored, divisor = _quotient(a, b)
    inexact = a - floored * divisor != 0
    return np.where(b == 0, 0, floored + inexact.astype(a.dtype)).astype(a.dtype)


def _on_unsigned(function: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    def apply(a: Array, b: Array) -> Array:
        return _signed_like(function(unsigned(a), unsigned(b)), a)

    return apply


def extend_signed(a: Array, dtype: str) -> Array:
    return -a.astype(dtype) if a.dtype == np.bool_ else a.astype(dtype)


def extend_unsigned(a: Array, dtype: str) -> Array:
    return unsigned(a).astype(dtype)


def truncate(a: Array, dtype: str) -> Array:
    return (a & 1).astype(np.bool_) if dtype == "bool" else a.astype(dtype)


def leading_zeros(a: Array) -> Array:
    lengths = [_bits(a) - int(value).bit_length() for value in unsigned(a).ravel()]
    return np.array(lengths, a.dtype).reshape(a.shape)


def trailing_zeros(a: Array) -> Array:
    counts = [(int(value) & -int(value)).bit_length() - 1 if value else _bits(a) for value in unsigned(a).ravel()]
    return np.array(counts, a.dtype).reshape(a.shape)


def ones(a: Array) -> Array:
    return np.array([int(value).bit_count() for value in unsigned(a).ravel()], a.dtype).reshape(a.shape)


# Floats --------------------------------------------------------------------------------------------------------------


def decode_bf16(a: Array) -> Array:
    """The f32 values of bf16 bits."""
    values: Array = np.left_shift(a.astype(np.uint32), np.uint32(16)).view(np.float32)
    return values


def encode_bf16(a: Array) -> Array:
    """The nearest bf16 bits, ties to even."""
    bits = np.ascontiguousarray(a, np.float32).view(np.uint32).astype(np.uint64)
    nearest = bits + 0x7FFF + (bits >> 16 & 1) >> 16
    is_nan = bits & 0x7FFFFFFF > 0x7F800000
    return np.where(is_nan, bits >> 16 | 0x40, nearest).astype(np.uint16)


def minimum(a: Array, b: Array) -> Array:
    return np.where(a == b, np.where(np.signbit(a), a, b), np.minimum(a, b))


def maximum(a: Array, b: Array) -> Array:
    return np.where(a == b, np.where(np.signbit(a), b, a), np.maximum(a, b))


def minimum_number(a: Array, b: Array) -> Array:
    return np.where(np.isnan(a), b, np.where(np.isnan(b), a, minimum(a, b)))


def maximum_number(a: Array, b: Array) -> Array:
    return np.where(np.isnan(a), b, np.where(np.isnan(b), a, maximum(a, b)))


def _quiet(function: Callable[..., Array]) -> Callable[..., Array]:
    """Without numpy's warnings: infinities and NaNs are results like others."""

    def apply(*operands: Array) -> Array:
        with np.errstate(all="ignore"):
            return function(*operands)

    return apply


def round_half_away(a: Array) -> Array:
    whole = np.trunc(a)
    return np.where(np.abs(a - whole) >= 0.5, whole + np.copysign(1, a), whole).astype(a.dtype)


@_quiet
def fused_multiply_add(a: Array, b: Array, c: Array) -> Array:
    """The sums a * b + c of f32 lanes, rounded once (see floats.fused_multiply_add)."""
    product = a.astype(np.float64) * b.astype(np.float64)
    addend = c.astype(np.float64)
    total = product + addend
    shadow = total - product
    error = (product - (total - shadow)) + (addend - shadow)
    to_odd = np.isfinite(total) & (error != 0) & (total.view(np.int64) & 1 == 0)
    towards = np.copysign(np.inf, np.where(to_odd, error, 1.0))
    return np.where(to_odd, np.nextafter(total, towards), total).astype(np.float32)


@_quiet
def to_integer(a: Array, dtype: str) -> Array:
    """Towards zero; lanes that do not fit become 0."""
    return np.where(fits(a, dtype), a, 0).astype(dtype)


def fits(a: Array, dtype: str) -> Array:
    """Which lanes a conversion to the integer type can represent."""
    info = np.iinfo(dtype)
    whole = np.trunc(a.astype(np.float64))
    return (whole >= float(info.min)) & (whole < float(int(info.max) + 1))


INTEGER: dict[str, Callable[..., Array]] = {
    "arith.addi": np.add,
    "arith.subi": np.subtract,
    "arith.muli": np.multiply,
    "arith.andi": np.bitwise_and,
    "arith.ori": np.bitwise_or,
    "arith.xori": np.bitwise_xor,
    "arith.shli": shli,
    "arith.shrsi": shrsi,
    "arith.shrui": shrui,
    "arith.divsi": divsi,
    "arith.remsi": remsi,
    "arith.divui": _on_unsigned(floordivsi),
    "arith.remui": _on_unsigned(remsi),
    "arith.floordivsi": floordivsi,
    "arith.ceildivsi": ceildivsi,
    "arith.ceildivui": _on_unsigned(ceildivsi),
    "arith.maxsi": np.maximum,
    "arith.minsi": np.minimum,
    "arith.maxui": _on_unsigned(np.maximum),
    "arith.minui": _on_unsigned(np.minimum),
    "math.absi": np.abs,
    "math.ctlz": leading_zeros,
    "math.cttz": trailing_zeros,
    "math.ctpop": ones,
}

FLOAT: dict[str, Callable[..., Array]] = {
    "arith.addf": _quiet(np.add),
    "arith.subf": _quiet(np.subtract),
    "arith.mulf": _quiet(np.multiply),
    "arith.divf": _quiet(np.divide),
    "arith.remf": _quiet(np.fmod),
    "arith.minimumf": _quiet(minimum),
    "arith.maximumf": _quiet(maximum),
    "arith.minnumf": _quiet(minimum_number),
    "arith.maxnumf": _quiet(maximum_number),
    "arith.negf": np.negative,
    "math.absf": np.abs,
    "math.copysign": np.copysign,
    "math.floor": np.floor,
    "math.ceil": np.ceil,
    "math.trunc": np.trunc,
    "math.round": round_half_away,
    "math.roundeven": np.rint,
    "math.sqrt": _quiet(np.sqrt),
    "math.fma": fused_multiply_add,
    "vector.fma": fused_multiply_add,
}

_ORDERED: tuple[Callable[..., Array], ...] = (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal)


def compare_integers(predicate: int) -> Callable[[Array, Array], Array]:
    """arith.cmpi by number (see integers.compare)."""
    if predicate >= 6:
        compare = _ORDERED[predicate - 4]
        return lambda a, b: compare(unsigned(a), unsigned(b))
    return _ORDERED[predicate]


def compare_floats(predicate: int) -> Callable[[Array, Array], Array]:
    """arith.cmpf by number (see floats.COMPARISONS): the unordered ones hold wherever a NaN is."""
    functions = (None, np.equal, np.greater, np.greater_equal, np.less, np.less_equal, np.not_equal)
    unordered = predicate >= 8

    def apply(a: Array, b: Array) -> Array:
        nan = np.isnan(a) | np.isnan(b)
        if predicate in {0, 15}:
            return np.full(a.shape, predicate == 15)
        if predicate in {7, 14}:
            return nan if unordered else ~nan
        function = functions[predicate % 7 if unordered else predicate]
        assert function is not None
        result: Array = function(a, b)
        return result | nan if unordered else result & ~nan

    return apply


def in_order(function: Callable[..., Any], lanes: Array) -> Any:
    """A reduction from the first lane to the last, rounding after every step."""
    result = lanes[0]
    for lane in lanes[1:]:
        with np.errstate(all="ignore"):
            result = function(result, lane)
    return result


def run_of(array: Array, start: int, count: int, step: int) -> Array:
    """The elements start, start + step, ... of memory, `count` of them (at least 1). IndexError outside of it."""
    last = start + (count - 1) * step
    if min(start, last) < 0 or max(start, last) >= len(array):
        raise IndexError("run of elements outside its memory")
    if step > 0:
        return array[start : last + 1 : step]
    return array[last : start + 1 : -step][::-1]


def gather(array: Array, places: Array) -> Array:
    """The elements at `places`. IndexError outside of the memory, before its start too."""
    if places.min() < 0:
        raise IndexError("element outside its memory")
    return array[places]


def lane_range(start: int, count: int, step: int, dtype: str) -> Array:
    """The numbers start, start + step, ..., `count` of them."""
    return (start + step * np.arange(count, dtype=np.int64)).astype(dtype)


def ordered_sum(start: float, values: Array) -> float:
    """An f32 sum from the first value to the last, rounded after every step."""
    with np.errstate(all="ignore"):
        steps = np.add.accumulate(np.concatenate((np.array([start], np.float32), values)), dtype=np.float32)
    return float(steps[-1])


REDUCTIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "mul": np.multiply,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "minsi": np.minimum,
    "maxsi": np.maximum,
    "minimumf": minimum,
    "maximumf": maximum,
    "minnumf": minimum_number,
    "maxnumf": maximum_number,
}
