"""Reference model of `matmul_bf16`: the matrix product in float64."""

from __future__ import annotations

import bf16
import numpy as np
import numpy.typing as npt

SIZE = 64  # rows, depth and columns

CASES = ("normal", "wide", "silent")


def work() -> dict[str, int]:
    """Operations of one call: products of the depth for each output."""
    return {"bf16 x bf16": SIZE**3}


def draw(case: str, seed: int) -> tuple[bf16.Bits, ...]:
    """A and B of one call as bits of bf16: uint16, shape (64, 64) each."""
    rng = np.random.default_rng(seed)
    matrices = rng.normal(size=(2, SIZE, SIZE))
    if case == "wide":  # magnitudes over 13 decimal places
        matrices *= 10.0 ** rng.uniform(-6, 6, matrices.shape)
    elif case == "silent":
        matrices[:] = 0
    elif case != "normal":
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    return tuple(bf16.bits(matrix) for matrix in matrices)


def reference(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    """C, unrounded: float64, shape (64, 64). `a`, `b`: the numbers that bf16 bits stand for."""
    return (a @ b,)
