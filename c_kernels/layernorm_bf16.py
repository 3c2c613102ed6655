"""Reference model of `layernorm_bf16`: layer norm of rows in float64."""

from __future__ import annotations

import bf16
import numpy as np
import numpy.typing as npt

ROWS, COLUMNS = 8, 384  # 384 is the width of Whisper's tiny encoder
EPSILON = 1e-5  # kEpsilon of the kernel, as in PyTorch

CASES = ("normal", "offset", "faint", "constant", "silent")

Floats = npt.NDArray[np.float64]


def scalars() -> dict[str, int]:
    """The last two arguments of `layernorm_bf16`."""
    return {"rows": ROWS, "columns": COLUMNS}


def work() -> dict[str, int]:
    """Operations of one call: of each element, what is done once for a row is left out.

    The sum takes 2, the sum of squares 4, and 5 make the output.
    """
    return {"f32 operation": 11 * ROWS * COLUMNS}


def draw(case: str, seed: int) -> tuple[bf16.Bits, ...]:
    """Input and parameters (gains, biases) of one call as bits of bf16: uint16, shapes (8, 384) and (2, 384)."""
    rng = np.random.default_rng(seed)
    data = rng.normal(0, 3, (ROWS, COLUMNS))
    if case == "offset":
        data += rng.uniform(-100, 100, (ROWS, 1))
    elif case == "faint":  # variances about as small as epsilon
        data *= 1e-3
    elif case == "constant":
        data[:] = rng.normal(0, 3, (ROWS, 1))
    elif case == "silent":
        data[:] = 0
    elif case != "normal":
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    parameters = np.stack([rng.normal(1, 0.2, COLUMNS), rng.normal(0, 0.2, COLUMNS)])
    return bf16.bits(data), bf16.bits(parameters)


def reference(data: Floats, parameters: Floats, **_: int) -> tuple[Floats, ...]:
    """The output, unrounded: float64, shape (8, 384). Both: the numbers that bf16 bits stand for."""
    x = data - data.mean(axis=1, keepdims=True)
    x /= np.sqrt(x.var(axis=1, keepdims=True) + EPSILON)
    gains, biases = parameters
    return (x * gains + biases,)
