"""Reference model of `softmax_bf16`: softmax of each row in float64.

A row of 1500 elements is what a query of Whisper's encoder sees: 30 s of audio in steps of 20 ms.
"""

from __future__ import annotations

import bf16
import numpy as np
import numpy.typing as npt

ROWS, COLUMNS = 4, 1500

CASES = ("normal", "peaked", "large", "masked", "silent")


def scalars() -> dict[str, int]:
    """The last two arguments of `softmax_bf16`."""
    return {"rows": ROWS, "columns": COLUMNS}


def work() -> dict[str, int]:
    """Operations of one call: of each element a comparison, twice its power, the sum and the scale.

    A power is a subtraction and `exp_of_negative`: 2 operations to find the whole part, 4 for the rest, 12 for the
    polynomial, 2 to scale.
    """
    return {"f32 operation": (1 + 2 * (1 + 20) + 1 + 1) * ROWS * COLUMNS}


def draw(case: str, seed: int) -> tuple[bf16.Bits, ...]:
    """The logits of one call as bits of bf16: uint16, shape (4, 1500)."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (ROWS, COLUMNS))
    if case == "peaked":  # one or two keys get it all
        logits *= 10
    elif case == "large":  # e^x overflows unless the largest is taken off
        logits = logits * 30 + 1e4
    elif case == "masked":  # the second half counts as padding
        logits[:, COLUMNS // 2 :] = -np.inf
    elif case == "silent":
        logits[:] = 0
    elif case != "normal":
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    return (bf16.bits(logits),)


def reference(logits: npt.NDArray[np.float64], **_: int) -> tuple[npt.NDArray[np.float64], ...]:
    """The weights, unrounded: float64, shape (4, 1500). `logits`: the numbers that bf16 bits stand for."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True),)
