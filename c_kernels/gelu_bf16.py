"""Reference model of `gelu_bf16`: x * Phi(x) in float64, with the normal distribution's Phi (no tanh, as in Whisper)."""

from __future__ import annotations

import math

import bf16
import numpy as np
import numpy.typing as npt

ROWS, COLUMNS = 4, 1536  # 1536 is the hidden width of the perceptrons in Whisper's tiny encoder

CASES = ("normal", "every", "silent")


def gelu(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """GELU of each element, relatively exact where it is tiny, too: float64, of the same shape."""
    every = np.vectorize(lambda value: 0.5 * value * math.erfc(-value / math.sqrt(2)), otypes=[np.float64])
    result: npt.NDArray[np.float64] = every(x)
    return result


def scalars() -> dict[str, int]:
    """The last argument of `gelu_bf16`."""
    return {"count": ROWS * COLUMNS}


def work() -> dict[str, int]:
    """Operations of one call: of each element its power, the polynomial and what joins them.

    `exp_of_negative` takes 20 (softmax_bf16.py) and 2 for its argument; the polynomial of degree 7 takes 16, its argument 2
    and a reciprocal of three steps of 3; two comparisons, two products and a subtraction.
    """
    return {"f32 operation": (22 + 16 + 2 + 9 + 5) * ROWS * COLUMNS}


def draw(case: str, seed: int) -> tuple[bf16.Bits, ...]:
    """The input of one call as bits of bf16: uint16, shape (4, 1536)."""
    rng = np.random.default_rng(seed)
    if case == "normal":
        return (bf16.bits(rng.normal(0, 2, (ROWS, COLUMNS))),)
    if case == "every":  # any finite bf16
        drawn = rng.integers(0, 1 << 16, (ROWS, COLUMNS)).astype(np.uint16)
        return (np.where(np.isfinite(bf16.values(drawn)), drawn, 0).astype(np.uint16),)
    if case == "silent":
        return (np.zeros((ROWS, COLUMNS), np.uint16),)
    raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")


def reference(x: npt.NDArray[np.float64], **_: int) -> tuple[npt.NDArray[np.float64], ...]:
    """GELU, unrounded: float64, shape (4, 1536). `x`: the numbers that bf16 bits stand for."""
    return (gelu(x),)
