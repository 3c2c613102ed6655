"""Why outputs that are just what the C++ says are not what the reference says, where the numbers themselves tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from npubuild.mlir.elements import NUMPY_DTYPES
from npubuild.registry import Buffer, Tolerance
from npubuild.smoke.elements import Bytes, Floats, as_floats, ulp

BLAME = "the array did what the C++ says, so its arithmetic or a constant is wrong"

FEWEST = 8  # elements that a factor or an offset is read from
FAITHFUL = 0.05  # of the outputs' spread: what a straight line may leave unexplained
NEAR_POWER = 0.1  # of a factor's logarithm to base 2
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


def cause(buffer: Buffer, data: Bytes, ideal: Floats, tolerance: Tolerance) -> str:
    """What is evidently wrong with the outputs in `data`, "" if nothing is."""
    found = as_floats(data, buffer.dtype)
    if not np.isfinite(found).all():
        return ""
    if np.ptp(found) == 0 and np.ptp(ideal) > 0:
        spans = f"all {found.size} outputs of `{buffer.name}` are {found[0]:g}, the reference spans"
        spans = f"{spans} {ideal.min():.4g}..{ideal.max():.4g}"
        return spans if found[0] else f"{spans}: the scaling loses everything"
    if _within(found, ideal, buffer.dtype, tolerance):
        return ""
    for words, other in _other_orders(buffer, data, found):
        if _within(other, ideal, buffer.dtype, tolerance):
            return f"the outputs of `{buffer.name}` are the reference's with {words}"
    return _factor_or_offset(buffer, found, ideal, tolerance)


def _within(found: Floats, ideal: Floats, dtype: str, tolerance: Tolerance) -> bool:
    errors = np.abs(found - ideal)
    in_ulp = tolerance.max_ulp is None or bool((errors <= tolerance.max_ulp * ulp(ideal, dtype)).all())
    return in_ulp and bool((errors <= tolerance.max_error).all())


def _other_orders(buffer: Buffer, data: Bytes, found: Floats) -> Iterator[tuple[str, Floats]]:
    size = np.dtype(NUMPY_DTYPES[buffer.dtype]).itemsize
    if size > 1:
        swapped = as_floats(np.ascontiguousarray(data.reshape(-1, size)[:, ::-1]).reshape(-1), buffer.dtype)
        yield "the bytes of each element in the opposite order", swapped
    if len(buffer.shape) == 2 and min(buffer.shape) > 1:
        yield "rows and columns exchanged", found.reshape(buffer.shape[::-1]).T.reshape(-1)


def _factor_or_offset(buffer: Buffer, found: Floats, ideal: Floats, tolerance: Tolerance) -> str:
    """What the straight line tells that the outputs are of the reference, if they are one."""
    inside = np.ones(found.size, np.bool_)
    rounding = 0.0
    if buffer.dtype not in {"bf16", "f32"}:
        limits = np.iinfo(NUMPY_DTYPES[buffer.dtype])
        for values in (found, ideal):  # what is saturated says nothing
            inside &= (values > limits.min) & (values < limits.max)
        rounding = 1.0
    found, ideal = found[inside], ideal[inside]
    if found.size < FEWEST or np.ptp(ideal) == 0 or np.std(found) <= 2 * rounding:
        return ""
    distances = ideal - ideal.mean()
    factor = float(np.dot(found, distances) / np.dot(distances, distances))
    offset = float(found.mean() - factor * ideal.mean())
    left = float(np.sqrt(np.mean((found - factor * ideal - offset) ** 2)))
    if factor <= 0 or left > max(rounding, FAITHFUL * float(np.std(found))):
        return ""
    power = round(np.log2(factor))
    if abs(np.log2(factor) - power) > NEAR_POWER:
        return ""
    shifted = abs(offset) > max(rounding, 2 * left)
    if power:
        return _as_shift(buffer.name, factor, power, offset if shifted else 0.0)
    distance = float(np.median(found - ideal))
    beyond = not np.isfinite(tolerance.max_error) or abs(distance) > tolerance.max_error
    return _as_offset(buffer.name, distance) if shifted and beyond else ""


def _as_shift(name: str, factor: float, power: int, offset: float) -> str:
    count = COUNTS[abs(power)] if abs(power) < len(COUNTS) else str(abs(power))
    shown = f"{factor:.2f}" if factor >= 0.1 else f"{factor:.2g}"
    beside = f" {'plus' if offset > 0 else 'minus'} {abs(offset):.3g}" if offset else ""
    side = "large" if power < 0 else "small"
    return f"the outputs of `{name}` are {shown} times the reference{beside}: a shift that is {count} too {side}?"


def _as_offset(name: str, offset: float) -> str:
    side = "above" if offset > 0 else "below"
    return (
        f"the outputs of `{name}` are {abs(offset):.3g} {side} the reference throughout: a constant that is added, or in a"
        " logarithm a factor or shift?"
    )
