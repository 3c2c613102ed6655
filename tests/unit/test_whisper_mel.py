"""The mel kernel against Whisper's log-mel, written here anew from its definition: none of it comes from mel.py."""

import cmath
import ctypes
import importlib.util
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from npubuild.registry import read_registry
from npubuild.toolchain.host import compile_library

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "c_kernels"
COMPILER = shutil.which("g++") or shutil.which("clang++")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="neither g++ nor clang++ is installed")

SPEC = importlib.util.spec_from_file_location("mel", FOLDER / "mel.py")
INPUTS = importlib.util.module_from_spec(SPEC)  # `draw` makes the frames
SPEC.loader.exec_module(INPUTS)

FRAMES = ("tone", "chirp", "noise", "speech", "quiet")
SEEDS = range(100)


def hertz(mel):
    """Slaney's scale: 200 / 3 Hz a mel up to 1000 Hz, and then a factor of 6.4 for 27 mel."""
    return 200 / 3 * mel if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def filters():
    """80 triangles over 201 bins of 40 Hz, from 0 to 8000 Hz, each of the height that makes its area 1."""
    top = 15 + 27 * math.log(8) / math.log(6.4)
    corners = [hertz(top * number / 81) for number in range(82)]
    weights = np.zeros((80, 201))
    for band, (low, centre, high) in enumerate(zip(corners, corners[1:], corners[2:], strict=False)):
        for k in range(201):
            frequency = 40 * k
            if low < frequency <= centre:
                weights[band, k] = (frequency - low) / (centre - low) * 2 / (high - low)
            elif centre < frequency < high:
                weights[band, k] = (high - frequency) / (high - centre) * 2 / (high - low)
    return weights


HANN = [math.sin(math.pi * n / 400) ** 2 for n in range(400)]
TURN = [cmath.exp(-2j * math.pi * n / 400) for n in range(400)]
DFT = np.array([[HANN[n] * TURN[k * n % 400] for n in range(400)] for k in range(201)])
FILTERS = filters()


def whisper(frame):
    """log10 of each band's power, at least 1e-10."""
    samples = frame.view("<i2") / 32768
    return np.log10(np.maximum(FILTERS @ np.abs(DFT @ samples) ** 2, 1e-10))


def features(logarithms):
    """What Whisper makes of the logarithms of an utterance."""
    return (np.maximum(logarithms, logarithms.max() - 8) + 4) / 4


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """The kernel: a frame of 800 bytes -> 80 steps."""
    folder = tmp_path_factory.mktemp("mel")
    function = ctypes.CDLL(str(compile_library([FOLDER / "mel_fixed.cc"], folder / "mel.so"))).mel_kernel_simple
    function.restype = None

    def call(frame):
        out = np.full(80, 0x5A, np.int8)
        function(ctypes.c_void_p(frame.ctypes.data), ctypes.c_void_p(out.ctypes.data))
        return out.astype(np.float64)

    return call


def as_frame(samples):
    return np.rint(32767 * samples).astype("<i2").view(np.int8)


def correlation(left, right):
    return np.corrcoef(np.ravel(left), np.ravel(right))[0, 1]


@pytest.mark.parametrize("case", FRAMES)
def test_each_frame_is_whispers(kernel, case):
    frames = [INPUTS.draw(case, seed)[0] for seed in SEEDS]
    ours, theirs = np.array([kernel(frame) for frame in frames]), np.array([whisper(frame) for frame in frames])
    for seed, (found, logarithms) in enumerate(zip(ours, theirs, strict=True)):
        assert correlation(found, logarithms) >= 0.998, seed
    assert correlation(ours, theirs) >= 0.998
    assert np.abs(ours - np.clip(20 * theirs + 72, -128, 127)).max() <= 0.75


@pytest.mark.parametrize("case", FRAMES)
def test_the_reference_is_whispers(case):
    for seed in SEEDS:
        (frame,) = INPUTS.draw(case, seed)
        assert INPUTS.log_power(INPUTS.samples_of(frame)) == pytest.approx(whisper(frame), abs=1e-6), seed


def test_the_host_makes_whispers_features_of_the_steps(kernel):
    frames = [INPUTS.draw(case, seed)[0] for case in FRAMES for seed in range(10)]
    steps = np.array([kernel(frame) for frame in frames])
    found = (np.maximum(steps, steps.max() - 160) + 8) / 80
    assert found == pytest.approx(features(np.array([whisper(frame) for frame in frames])), abs=0.01)


def test_each_band_is_the_loudest_for_some_tone(kernel):
    n = np.arange(400)
    tones = [as_frame(0.5 * np.sin(2 * np.pi * frequency * n / 16000 + 1)) for frequency in range(20, 8000, 10)]
    steps = np.array([kernel(tone) for tone in tones])
    assert set(steps.argmax(axis=1)) == set(range(80))
    assert steps.max(axis=0).min() >= 72  # a power of 1


@pytest.mark.parametrize("seed", range(10))
def test_no_band_is_silent_in_noise(kernel, seed):
    noise = as_frame(np.clip(0.1 * np.random.default_rng(seed).normal(size=400), -1, 1))
    assert kernel(noise).min() > -64


@pytest.mark.parametrize("name", ["mel", "mel_batch"])
def test_the_smoke_test_demands_it(name):
    for case in read_registry(PROJECT / "kernels.yaml").kernels[name].smoke.cases:
        assert case.tolerance.max_error <= 1
        assert case.name == "silent" or case.tolerance.correlation >= 0.98
