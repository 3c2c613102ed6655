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
