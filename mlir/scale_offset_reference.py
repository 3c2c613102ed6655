"""Reference model of the design that `scale_offset.py` prints: saturate(x * scale + offset) on int8."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CASES = ("ramp", "uniform")
ELEMENTS = 1024
SCALE, OFFSET = 3, -7


def scalars() -> dict[str, int]:
    """The constants of the design, which are options of `scale_offset.py` as well."""
    return {"scale": SCALE, "offset": OFFSET, "elements": ELEMENTS}


def work() -> dict[str, int]:
    """Operations of one call: for each element a product, an addition and two comparisons that saturate."""
    return {"i32 multiply": ELEMENTS, "i32 operation": 3 * ELEMENTS}


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """The input of one call: int8, shape (1024,)."""
    if case == "ramp":
        return (((np.arange(ELEMENTS) + seed) % 256 - 128).astype(np.int8),)
    if case == "uniform":
        return (np.random.default_rng(seed).integers(-128, 128, ELEMENTS).astype(np.int8),)
    raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")


def reference(x: npt.NDArray[np.int8], scale: int, offset: int) -> tuple[npt.NDArray[np.float64], ...]:
    """The output: float64, shape (1024,)."""
    return (np.clip(x.astype(np.float64) * scale + offset, -128, 127),)
