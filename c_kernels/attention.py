"""Reference model of `attention_64x64`: softmax(Q K^T / sqrt(64)) V in float64, and the one place that makes a score shift.

Q, K and V are int8 with a scale each: the value of a step. The defaults are 1/16 for Q and K; the output is a weighted mean
of the rows of V, so it has V's scale, whatever that is. The kernel divides a product q . k by 2^(8 + score_shift) to get a
logit: 8 undoes two scales of 1/16, and the shift stands for the rest, 3 = log2(sqrt(64)) at the default scales.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

SIZE = 64  # rows of Q, K and V, and elements of a row
DEFAULT_SCALE = 1 / 16
PRODUCT_BITS = 8  # kProductBits of the kernel

CASES = ("gaussian", "uniform", "aligned", "extreme", "silent")


def score_shift(q_scale: float = DEFAULT_SCALE, k_scale: float = DEFAULT_SCALE, size: int = SIZE) -> int:
    """The third argument of `attention_64x64`: 3 for the default scales.

    `ValueError` when q_scale * k_scale / sqrt(size) is no power of two, which a shift cannot express.
    """
    exponent = -math.log2(q_scale * k_scale / math.sqrt(size))
    if exponent != round(exponent):
        raise ValueError(f"q_scale * k_scale / sqrt({size}) = 2^{-exponent:g} is no power of two")
    return round(exponent) - PRODUCT_BITS


def work() -> dict[str, int]:
    """Operations of one call: scores, and weights of 16 bits with V.

    Of each score: log2(e), three multiplications of 2^-f, and the reciprocal of the sum. Weights of 0 are counted, too.
    """
    return {"i8 x i8": SIZE**3, "i16 x i8": SIZE**3, "i32 multiply": 5 * SIZE**2}


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """Q, K and V of one call, row-major, one after the other: int8, shape (12288,)."""
    rng = np.random.default_rng(seed)
    shape = (3, SIZE, SIZE)
    if case == "gaussian":  # standard deviation 2 at the default scales
        qkv = rng.normal(0, 32, shape)
    elif case == "uniform":
        qkv = rng.integers(-128, 128, shape).astype(np.float64)
    elif case == "aligned":  # each query resembles one key
        qkv = rng.normal(0, 24, shape)
        qkv[0] = qkv[1][rng.permutation(SIZE)] + rng.normal(0, 8, shape[1:])
    elif case == "extreme":
        qkv = rng.choice([-128.0, 127.0], shape)
    elif case == "silent":
        qkv = np.zeros(shape)
    else:
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    return (np.clip(np.rint(qkv), -128, 127).astype(np.int8).reshape(-1),)


DEFAULT_SHIFT = score_shift()


def reference(qkv: npt.NDArray[np.int8], score_shift: int = DEFAULT_SHIFT) -> tuple[npt.NDArray[np.float64], ...]:
    """The output of one call in steps of V: float64, shape (4096,). `qkv`: int8, shape (12288,).

    `ValueError` for a shift that is not the one of the default scales: its result would be attention at other scales.
    """
    if score_shift != DEFAULT_SHIFT:
        raise ValueError(f"`score_shift` is {score_shift}, but the scales of Q and K make it {DEFAULT_SHIFT}")
    return (attended(qkv, score_shift),)


def attended(qkv: npt.NDArray[np.int8], score_shift: int) -> npt.NDArray[np.float64]:
    """What a call with any shift should give: float64, shape (4096,)."""
    q, k, v = qkv.astype(np.float64).reshape(3, SIZE, SIZE)
    logits = np.ldexp(q @ k.T, -(PRODUCT_BITS + score_shift))
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    mixed: npt.NDArray[np.float64] = (weights @ v).reshape(-1)
    return mixed
