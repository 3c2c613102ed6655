"""Reference model of `canary_passthrough`: the output is the input."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CASES = ("ramp", "uniform", "silent")
BYTES = 1024


def scalars() -> dict[str, int]:
    """The last argument of `canary_passthrough`."""
    return {"bytes": BYTES}


def work() -> dict[str, int]:
    """Operations of one call: each byte is moved."""
    return {"i32 operation": BYTES}


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """The input of one call: int8, shape (1024,)."""
    rng = np.random.default_rng(seed)
    if case == "ramp":
        return (((np.arange(BYTES) + seed) % 256 - 128).astype(np.int8),)
    if case == "uniform":
        return (rng.integers(-128, 128, BYTES).astype(np.int8),)
    if case == "silent":
        return (np.zeros(BYTES, np.int8),)
    raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")


def reference(data: npt.NDArray[np.int8], bytes: int = BYTES) -> tuple[npt.NDArray[np.float64], ...]:  # noqa: A002
    """The first `bytes` bytes of `data`, as float64."""
    return (data.astype(np.float64).reshape(-1)[:bytes],)
