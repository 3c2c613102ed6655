"""bf16 with NumPy, which has no such type: the upper half of an IEEE single, as uint16 or as the number it stands for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint16]


def bits(values: npt.NDArray[np.floating]) -> Bits:
    """Numbers rounded to the nearest bf16, ties to even: uint16. NaNs stay NaNs."""
    single = values.astype(np.float32)
    whole = single.view(np.uint32).astype(np.uint64)
    rounded = (whole + 0x7FFF + (whole >> 16 & 1)) >> 16
    return np.where(np.isnan(single), whole >> 16 | 0x40, rounded).astype(np.uint16)


def values(data: Bits) -> npt.NDArray[np.float64]:
    """The numbers that bf16 bits stand for: float64, of the same shape."""
    with np.errstate(invalid="ignore"):  # of NaNs
        return (data.astype(np.uint32) << 16).view(np.float32).astype(np.float64)


def ulp(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The distance of neighbouring bf16 at the magnitude of each number; below the least normal one, that of subnormals."""
    exponent = np.where(numbers == 0, -126, np.frexp(numbers)[1] - 1)
    distance: npt.NDArray[np.float64] = np.ldexp(1.0, np.maximum(exponent, -126) - 7)
    return distance
