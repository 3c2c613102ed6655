"""Quantisation scales as the integers that kernels compute with. A scale is the value of one step of an int8."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

MULTIPLIER_BITS = 15


def requantisation(scale: float) -> dict[str, int]:
    """`multiplier` (from 2^14 to below 2^15) and `shift` of `requantised` in fixed_point.h: multiplier / 2^(15 + shift).

    `scale` is what a step of the sum is worth in steps of the output. `ValueError` when no shift from 0 to 30 makes it.
    """
    if not 0 < scale < math.inf:
        raise ValueError(f"{scale} is no scale")
    fraction, exponent = math.frexp(scale)
    multiplier = round(fraction * 2**MULTIPLIER_BITS)
    if multiplier == 2**MULTIPLIER_BITS:
        multiplier, exponent = multiplier // 2, exponent + 1
    if not 0 <= -exponent <= 30:
        raise ValueError(f"a scale of {scale:g} needs a shift of {-exponent}, which is not within 0 to 30")
    return {"multiplier": multiplier, "shift": -exponent}


def binary_logarithm(ratio: float) -> int:
    """The exponent of a power of two. `ValueError` when `ratio` is none, which a shift cannot express."""
    fraction, exponent = math.frexp(ratio)
    if fraction != 0.5:
        raise ValueError(f"{ratio:g} is no power of two")
    return exponent - 1


def require(given: Mapping[str, float], derived: Mapping[str, float]) -> None:
    """`ValueError` for a scalar of kernels.yaml that is not the one derived from the scales beside the reference."""
    for name, value in given.items():
        if value != derived[name]:
            raise ValueError(f"`{name}` is {value}, but the kernel's scales and shapes make it {derived[name]}")


def steps(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Numbers in steps, rounded and saturated to int8."""
    return np.clip(np.rint(values), -128, 127).astype(np.int8)


def saturated(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Numbers in steps, saturated like an int8 but not rounded."""
    return np.clip(values, -128, 127)
