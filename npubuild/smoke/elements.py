"""The elements of a buffer as numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from npubuild.mlir.elements import NUMPY_DTYPES

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


def as_floats(data: Bytes, dtype: str) -> Floats:
    """The elements of a buffer as float64; a bf16 is the upper half of an f32."""
    if dtype == "bf16":
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return data.view(NUMPY_DTYPES[dtype]).astype(np.float64)


def ulp(numbers: Floats, dtype: str) -> Floats:
    """The distance of neighbouring numbers of `dtype` at the magnitude of each number; 1 for integers.

    Below the least normal number, the distance is that of subnormal ones.
    """
    bits = {"bf16": 8, "f32": 24}.get(dtype)  # of a significand, with the leading 1 that is not stored
    if bits is None:
        return np.ones_like(numbers)
    exponents = np.where(numbers == 0, -126, np.frexp(numbers)[1] - 1)
    distances: Floats = np.ldexp(1.0, np.maximum(exponents, -126) - (bits - 1))
    return distances
