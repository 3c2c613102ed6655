"""Reference model of `conv1d_i8`: the first convolution of Whisper's stem in float64, for a part of its outputs.

The stem has two convolutions of kernel 3 and padding 1: 80 bands to 384 channels (in the tiny model) with stride 1, and 384
to 384 with stride 2 (conv1d_stride2.py). A call computes 32 frames of 32 channels; its input has the frames before and
behind them, too, which are zero at an end of the audio.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from quantise import requantisation, require, saturated, steps

FRAMES, STRIDE, INPUTS, OUTPUTS, KERNEL = 32, 1, 80, 32, 3
INPUT_SCALE = 1 / 64
WEIGHT_SCALE = 1 / 512
OUTPUT_SCALE = 1 / 25

CASES = ("gaussian", "uniform", "edge", "silent")

Int8 = npt.NDArray[np.int8]


def scalars(frames: int = FRAMES, stride: int = STRIDE, inputs: int = INPUTS, outputs: int = OUTPUTS) -> dict[str, int]:
    """The last six arguments of `conv1d_i8`."""
    shape = {"frames": frames, "stride": stride, "inputs": inputs, "outputs": outputs}
    return {**shape, **requantisation(INPUT_SCALE * WEIGHT_SCALE / OUTPUT_SCALE)}


def work(frames: int = FRAMES, inputs: int = INPUTS, outputs: int = OUTPUTS) -> dict[str, int]:
    """Operations of one call: three frames of inputs for each output; requantising one takes two multiplications."""
    return {"i8 x i8": frames * outputs * KERNEL * inputs, "i32 multiply": 2 * frames * outputs}


def draw(case: str, seed: int) -> tuple[Int8, ...]:
    """Frames and parameters of one call: int8, shapes (34, 80) and (7808,), biases (as int32) before weights."""
    return draw_convolution(case, seed, ((FRAMES - 1) * STRIDE + KERNEL, INPUTS), OUTPUTS)


def draw_convolution(case: str, seed: int, shape: tuple[int, int], outputs: int) -> tuple[Int8, ...]:
    """Frames and parameters of any call: int8, of `shape` (frames, inputs) and of (outputs * (4 + 3 * inputs),)."""
    rng = np.random.default_rng(seed)
    weights = steps(rng.normal(0, 32, (outputs, KERNEL, shape[1])))
    if case in {"gaussian", "edge"}:
        frames = steps(rng.normal(0, 32, shape))
        frames[0] *= case != "edge"  # the padding at the start of the audio
    elif case == "uniform":
        frames = rng.integers(-128, 128, shape).astype(np.int8)
    elif case == "silent":
        frames = np.zeros(shape, np.int8)
    else:
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    biases = np.rint(rng.normal(0, 0.5, outputs) / (INPUT_SCALE * WEIGHT_SCALE)).astype("<i4")
    return frames, np.concatenate([biases.view(np.int8), weights.reshape(-1)])


def reference(data: Int8, parameters: Int8, **given: int) -> tuple[npt.NDArray[np.float64], ...]:
    """The output in steps of OUTPUT_SCALE: float64, shape (32, 32). `ValueError` for scalars that the scales do not give."""
    require(given, scalars())
    return (saturated(convolved(data, parameters, FRAMES, STRIDE) / OUTPUT_SCALE),)


def convolved(data: Int8, parameters: Int8, count: int, stride: int) -> npt.NDArray[np.float64]:
    """The convolution in units, not steps: float64, shape (count, outputs)."""
    inputs = data.shape[1]
    outputs = parameters.size // (4 + KERNEL * inputs)
    biases = parameters[: 4 * outputs].copy().view("<i4") * (INPUT_SCALE * WEIGHT_SCALE)
    weights = parameters[4 * outputs :].reshape(outputs, KERNEL, inputs) * WEIGHT_SCALE
    windows = np.lib.stride_tricks.sliding_window_view(data * INPUT_SCALE, KERNEL, axis=0)[::stride][:count]
    summed: npt.NDArray[np.float64] = np.einsum("tik,oki->to", windows, weights) + biases
    return summed
