"""Reference model of `mel_kernel_simple`, and the definitions that its tables are made from.

One call turns a frame of 400 samples (25 ms at 16 kHz) into 80 int8: Whisper's log-mel. That is a periodic Hann window, the
power of a DFT of 400 points (bins of 40 Hz), 80 triangular bands on the Slaney mel scale from 0 to 8000 Hz with Slaney's
area normalisation (the definition of `librosa.filters.mel`), the decimal logarithm of at least 1e-10; and then, for int8,

    step = 20 * log10(power) + 72, so one step is half a decibel: -128 is the floor of 1e-10, 127 is 10^2.75

A sine of full scale reaches about 10^2.4 in the lowest bands. Samples count as fractions of 32768.

Whisper goes on to clamp each value to the largest of the utterance minus 8 decades, 160 steps, and to take (x + 4) / 4. One
frame cannot know that largest value, so the host does both: feature = (step + 8) / 80.

All bands have weight: the narrowest triangle is 74.5 Hz wide, so each holds at least one bin of 40 Hz.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16000  # Hz
SAMPLES = 400  # of a frame
BINS = SAMPLES // 2 + 1  # of 40 Hz
BANDS = 80
FLOOR = 1e-10  # least power
STEPS_PER_DECADE = 20
STEP_OF_ONE = 72  # the step of power 1

CASES = ("tone", "chirp", "noise", "speech", "quiet", "silent")

Floats = npt.NDArray[np.float64]

# Slaney's mel scale: linear up to 1000 Hz (mel 15), then 27 mel for each factor of 6.4.
_HZ_PER_MEL = 200 / 3
_BREAK_MEL = 15.0
_LOG_STEP = np.log(6.4) / 27


def window() -> Floats:
    """The periodic Hann window: float64, shape (400,)."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(SAMPLES) / SAMPLES)


def band_edges() -> Floats:
    """The corners of the triangles in Hz, equally spaced in mel: float64, shape (82,). Band b spans corners b to b + 2."""
    top = _BREAK_MEL + np.log(SAMPLE_RATE / 2 / (_BREAK_MEL * _HZ_PER_MEL)) / _LOG_STEP
    mel = np.linspace(0, top, BANDS + 2)
    bent = _BREAK_MEL * _HZ_PER_MEL * np.exp(_LOG_STEP * (mel - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, bent)


def band_weights() -> Floats:
    """The weight of each bin in each band: float64, shape (80, 201). Each triangle has an area of 1 over Hz."""
    bins = np.arange(BINS) * SAMPLE_RATE / SAMPLES
    edges = band_edges()
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre))
    weights: Floats = np.maximum(triangles, 0) * 2 / (high - low)
    return weights


def samples_of(frame: npt.NDArray[np.int8]) -> Floats:
    """Bytes of little-endian int16 samples to fractions of full scale."""
    return frame.view(np.dtype("<i2")).astype(np.float64) / 32768


def log_power(samples: Floats) -> Floats:
    """log10 of the power of each band: shape (80,) for samples of shape (400,), fractions of full scale."""
    power = band_weights() @ np.abs(np.fft.rfft(samples * window())) ** 2
    logarithm: Floats = np.log10(np.maximum(power, FLOOR))
    return logarithm


def reference(frame: npt.NDArray[np.int8]) -> tuple[Floats, ...]:
    """The output of one call in int8 steps: float64, shape (80,). `frame`: int8, shape (800,), 400 int16 samples."""
    steps = STEPS_PER_DECADE * log_power(samples_of(frame)) + STEP_OF_ONE
    return (np.clip(steps, -128, 127),)


def work() -> dict[str, int]:
    """Operations of one call: multiplications of 32 bits; the C++ has no others that count.

    A product with 30 fraction bits is three of them, a rotation four such products. The DFT of 200 complex points has two
    stages of radix 5, with 40 butterflies of 4 rotations and 16 products each, and three of radix 2, with 100 butterflies of
    one rotation. Before it come 400 products with the window, behind it 99 rotations that split the bins. A bin takes 4
    multiplications in each band that it has a weight in, a band 2 for its logarithm.
    """
    product, rotation = 3, 4 * 3
    transform = 2 * 40 * (4 * rotation + 16 * product) + 3 * 100 * rotation
    powers = 4 * int(np.count_nonzero(band_weights()))
    return {"i32 multiply": SAMPLES * product + transform + 99 * rotation + powers + 2 * BANDS}


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """The input of one call, 400 little-endian int16 samples as bytes: int8, shape (800,)."""
    if case not in _SOURCES:
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    samples = _SOURCES[case](np.random.default_rng(seed))
    return (np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").view(np.int8),)


_SECONDS = np.arange(SAMPLES) / SAMPLE_RATE


def _tone(rng: np.random.Generator) -> Floats:
    tone: Floats = rng.uniform(0.01, 1) * np.sin(2 * np.pi * (rng.uniform(50, 7900) * _SECONDS + rng.uniform()))
    return tone


def _chirp(rng: np.random.Generator) -> Floats:
    start, stop = rng.uniform(50, 7900, 2)
    sweep = start * _SECONDS + (stop - start) * _SECONDS**2 / (2 * _SECONDS[-1])
    chirp: Floats = rng.uniform(0.05, 1) * np.sin(2 * np.pi * sweep)
    return chirp


def _noise(rng: np.random.Generator) -> Floats:
    return rng.uniform(0.01, 0.3) * rng.normal(size=SAMPLES)


def _speech(rng: np.random.Generator) -> Floats:
    """A voiced frame: harmonics of a pitch, shaped by three formants and a falling source, over faint noise."""
    harmonics = np.arange(1, 200)[:, None] * rng.uniform(80, 260)
    harmonics = harmonics[harmonics[:, 0] < SAMPLE_RATE / 2]
    formants = np.array([rng.uniform(250, 850), rng.uniform(850, 2300), rng.uniform(2300, 3500)])
    gain = (1 / (1 + ((harmonics - formants) / 90) ** 2)).sum(axis=1, keepdims=True) + 0.01
    gain /= 1 + harmonics / 500
    voice = (gain * np.cos(2 * np.pi * (harmonics * _SECONDS + rng.uniform(size=harmonics.shape)))).sum(axis=0)
    noisy: Floats = rng.uniform(0.05, 0.8) * voice / np.abs(voice).max() + 1e-3 * rng.normal(size=SAMPLES)
    return noisy


def _quiet(rng: np.random.Generator) -> Floats:
    """Noise of a few steps of int16."""
    return 4 / 32768 * rng.normal(size=SAMPLES)


def _silent(_: np.random.Generator) -> Floats:
    return np.zeros(SAMPLES)


_SOURCES = {"tone": _tone, "chirp": _chirp, "noise": _noise, "speech": _speech, "quiet": _quiet, "silent": _silent}
