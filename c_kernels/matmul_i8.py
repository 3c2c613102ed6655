"""Reference model of `matmul_i8`: the matrix product in float64, and the scales that its multiplier and shift come from.

A and B are drawn with a standard deviation of about 32 steps, so a product of depth 64 has 8192 steps of A_SCALE * B_SCALE:
0.4 at these scales, which C_SCALE makes 40 steps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from quantise import requantisation, require, saturated, steps

SIZE = 64  # rows, depth and columns
A_SCALE = 1 / 128
B_SCALE = 1 / 160
C_SCALE = 1 / 100

CASES = ("gaussian", "uniform", "extreme", "silent")


def scalars() -> dict[str, int]:
    """The last two arguments of `matmul_i8`."""
    return requantisation(A_SCALE * B_SCALE / C_SCALE)


def work() -> dict[str, int]:
    """Operations of one call: products of the depth for each output; requantising one takes two multiplications."""
    return {"i8 x i8": SIZE**3, "i32 multiply": 2 * SIZE**2}


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """A and B of one call: int8, shape (64, 64) each."""
    return draw_matrices(case, seed, (SIZE, SIZE), (SIZE, SIZE))


def draw_matrices(
    case: str, seed: int, a_shape: tuple[int, int], b_shape: tuple[int, int]
) -> tuple[npt.NDArray[np.int8], ...]:
    """Two matrices of int8 of the given shapes."""
    rng = np.random.default_rng(seed)
    shapes = (a_shape, b_shape)
    if case == "gaussian":
        return tuple(steps(rng.normal(0, 32, shape)) for shape in shapes)
    if case == "uniform":
        return tuple(rng.integers(-128, 128, shape).astype(np.int8) for shape in shapes)
    if case == "extreme":
        return tuple(rng.choice([-128, 127], shape).astype(np.int8) for shape in shapes)
    if case == "silent":
        return tuple(np.zeros(shape, np.int8) for shape in shapes)
    raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")


def reference(a: npt.NDArray[np.int8], b: npt.NDArray[np.int8], **given: int) -> tuple[npt.NDArray[np.float64], ...]:
    """C in steps of C_SCALE: float64, shape (64, 64). `ValueError` when multiplier or shift are not those of the scales."""
    require(given, scalars())
    return (saturated(a.astype(np.float64) @ b * (A_SCALE * B_SCALE / C_SCALE)),)
