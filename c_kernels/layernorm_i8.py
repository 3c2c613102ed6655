"""Reference model of `layernorm_i8`: layer norm of rows in float64, and the scales that its scalars come from.

A normalised element has a deviation of 1. Steps of the output are worth 1/32, so they reach to 4; gains are int8 with steps
of 1/64, so they reach to 2. 384 is the width of Whisper's tiny encoder.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from quantise import binary_logarithm, require, saturated, steps

ROWS, COLUMNS = 32, 384
EPSILON = 1e-5  # in units of the variance, as in PyTorch
INPUT_SCALE = 1 / 16
GAIN_SCALE = 1 / 64
OUTPUT_SCALE = 1 / 32  # also of the biases

NORMAL_BITS = 12  # kNormalBits of the kernel
EPSILON_BITS = 16  # kEpsilonBits of the kernel

CASES = ("gaussian", "uniform", "offset", "faint", "constant", "silent")

Int8 = npt.NDArray[np.int8]


def scalars(rows: int = ROWS, columns: int = COLUMNS) -> dict[str, int]:
    """The last four arguments of `layernorm_i8`."""
    return {
        "rows": rows,
        "columns": columns,
        "epsilon": round(EPSILON / INPUT_SCALE**2 * 2**EPSILON_BITS),
        "gain_shift": NORMAL_BITS - binary_logarithm(GAIN_SCALE / OUTPUT_SCALE),
    }


def work(rows: int = ROWS, columns: int = COLUMNS) -> dict[str, int]:
    """Operations of one call, of its elements: what is done once for a row is left out.

    Multiplications: the square of the distance, by the reciprocal of the deviation, by the gain. Other operations: the sum,
    the least and the most; the distance (shift, subtraction) and the sum of squares; the distance again, and the bias.
    """
    return {"i32 multiply": 3 * rows * columns, "i32 operation": 9 * rows * columns}


def draw(case: str, seed: int) -> tuple[Int8, ...]:
    """Input and parameters of one call: int8, shapes (32, 384) and (2, 384)."""
    return draw_rows(case, seed, ROWS, COLUMNS)


def draw_rows(case: str, seed: int, rows: int, columns: int) -> tuple[Int8, ...]:
    """Rows, and their gains (about 1) and biases: int8, shapes (rows, columns) and (2, columns)."""
    rng = np.random.default_rng(seed)
    shape = (rows, columns)
    if case == "gaussian":
        data = rng.normal(0, 24, shape)
    elif case == "uniform":
        data = rng.integers(-128, 128, shape).astype(np.float64)
    elif case == "offset":
        data = rng.normal(rng.uniform(-90, 90, (rows, 1)), 12, shape)
    elif case == "faint":  # a deviation of about one step
        data = rng.normal(rng.uniform(-90, 90, (rows, 1)), 1, shape)
    elif case == "constant":  # no variance: the biases are all that remains
        data = np.repeat(rng.integers(-128, 128, (rows, 1)).astype(np.float64), columns, axis=1)
    elif case == "silent":
        data = np.zeros(shape)
    else:
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    parameters = np.stack([rng.normal(1, 0.2, columns) / GAIN_SCALE, rng.normal(0, 0.2, columns) / OUTPUT_SCALE])
    return steps(data), steps(parameters)


def normalised(data: Int8, parameters: Int8) -> npt.NDArray[np.float64]:
    """Layer norm of each row in units, not steps: float64, of the shape of `data`."""
    x = data.astype(np.float64) * INPUT_SCALE
    x -= x.mean(axis=1, keepdims=True)
    x /= np.sqrt(x.var(axis=1, keepdims=True) + EPSILON)
    gains, biases = parameters * np.array([[GAIN_SCALE], [OUTPUT_SCALE]])
    normal: npt.NDArray[np.float64] = x * gains + biases
    return normal


def reference(data: Int8, parameters: Int8, **given: int) -> tuple[npt.NDArray[np.float64], ...]:
    """The output in steps of OUTPUT_SCALE, unrounded: float64. `ValueError` for scalars that the scales do not give."""
    require(given, scalars())
    return (saturated(normalised(data, parameters) / OUTPUT_SCALE),)
