"""Reference model of `conv1d_i8` as the second convolution of Whisper's stem: stride 2, 384 channels to a part of as many.

The weights of 16 outputs are what fits the memory of a core twice; a call computes 8 frames of them from 17. Scales and
arithmetic are those of conv1d_i8.py: a sum has nearly five times as many products there as in the first convolution, and is
about twice as large, which the steps of the output have room for.
"""

from __future__ import annotations

import conv1d_i8
import numpy as np
import numpy.typing as npt
from quantise import require, saturated

FRAMES, STRIDE, INPUTS, OUTPUTS = 8, 2, 384, 16

CASES = ("gaussian", "uniform", "edge", "silent")

Int8 = npt.NDArray[np.int8]


def scalars() -> dict[str, int]:
    """The last six arguments of `conv1d_i8`."""
    return conv1d_i8.scalars(FRAMES, STRIDE, INPUTS, OUTPUTS)


def work() -> dict[str, int]:
    """Operations of one call: as in conv1d_i8.py."""
    return conv1d_i8.work(FRAMES, INPUTS, OUTPUTS)


def draw(case: str, seed: int) -> tuple[Int8, ...]:
    """Frames and parameters of one call: int8, shapes (17, 384) and (18496,), biases (as int32) before weights."""
    return conv1d_i8.draw_convolution(case, seed, ((FRAMES - 1) * STRIDE + conv1d_i8.KERNEL, INPUTS), OUTPUTS)


def reference(data: Int8, parameters: Int8, **given: int) -> tuple[npt.NDArray[np.float64], ...]:
    """The output in steps of its scale: float64, shape (8, 16). `ValueError` for scalars that the scales do not give."""
    require(given, scalars())
    return (saturated(conv1d_i8.convolved(data, parameters, FRAMES, STRIDE) / conv1d_i8.OUTPUT_SCALE),)
