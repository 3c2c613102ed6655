"""The arithmetic that kernels share, bf16.h and fixed_point.h, against NumPy and whole numbers of any size."""

import ctypes
import importlib
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from npubuild.toolchain.host import compile_library

FOLDER = Path(__file__).resolve().parents[2] / "c_kernels"
COMPILER = shutil.which("g++") or shutil.which("clang++")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="neither g++ nor clang++ is installed")

sys.path.insert(0, str(FOLDER))
bf16, quantise = importlib.import_module("bf16"), importlib.import_module("quantise")
sys.path.remove(str(FOLDER))

PROBE = """
#include "bf16.h"
#include "fixed_point.h"
extern "C" void probe_store(const float *in, uint16_t *out, int32_t count) {
  for (int32_t i = 0; i < count; i++) out[i] = store(in[i]);
}
extern "C" void probe_load(const uint16_t *in, float *out, int32_t count) {
  for (int32_t i = 0; i < count; i++) out[i] = load(in[i]);
}
extern "C" void probe_exp(const float *in, float *out, int32_t count) {
  for (int32_t i = 0; i < count; i++) out[i] = exp_of_negative(in[i]);
}
extern "C" void probe_reciprocal(const float *in, float *out, int32_t count) {
  for (int32_t i = 0; i < count; i++) out[i] = reciprocal(in[i]);
}
extern "C" void probe_root(const float *in, float *out, int32_t count) {
  for (int32_t i = 0; i < count; i++) out[i] = reciprocal_sqrt(in[i]);
}
extern "C" void probe_requantised(const int32_t *in, int32_t *out, int32_t count, int32_t multiplier, int32_t shift) {
  for (int32_t i = 0; i < count; i++) out[i] = requantised(in[i], multiplier, shift);
}
"""


@pytest.fixture(scope="session")
def probe(tmp_path_factory):
    """Calls a function of the shared headers on an array: probe(name, array, type of the output, *int32)."""
    folder = tmp_path_factory.mktemp("probe")
    (folder / "probe.cc").write_text(PROBE)
    built = ctypes.CDLL(str(compile_library([folder / "probe.cc"], folder / "probe.so", flags=[f"-I{FOLDER}", "-Werror"])))

    def call(name, data, dtype, *scalars):
        out = np.empty(data.shape, dtype)
        words = [ctypes.c_void_p(data.ctypes.data), ctypes.c_void_p(out.ctypes.data), *map(ctypes.c_int32, scalars)]
        built[name](*words[:2], ctypes.c_int32(data.size), *words[2:])
        return out

    return call


def test_every_bf16_survives_a_load_and_a_store(probe):
    every = np.arange(1 << 16, dtype=np.uint16)
    loaded = probe("probe_load", every, np.float32)
    assert np.array_equal(loaded.view(np.uint32), every.astype(np.uint32) << 16)
    kept = probe("probe_store", loaded, np.uint16)
    nan = np.isnan(loaded)
    assert np.array_equal(kept[~nan], every[~nan])
    assert np.array_equal(kept[nan], every[nan] | 0x40)


def test_bf16_is_rounded_to_nearest_even(probe):
    rng = np.random.default_rng(0)
    bits = np.concatenate(
        [rng.integers(0, 1 << 32, 200000), np.arange(0x3F7F0000, 0x3F830000), np.arange(0x7F7F0000, 0x7F800001)]
    )
    single = bits.astype(np.uint32).view(np.float32)
    stored = probe("probe_store", single, np.uint16)
    assert np.array_equal(stored, bf16.bits(single))
    inside = np.isfinite(single) & (np.abs(single) < 3.38e38)
    below, above = stored[inside].astype(np.uint32) - 1, stored[inside].astype(np.uint32) + 1
    error = np.abs(bf16.values(stored[inside]) - single[inside].astype(np.float64))
    for neighbour in (below, above):
        other = np.abs(bf16.values(neighbour.astype(np.uint16)) - single[inside].astype(np.float64))
        assert not (other < error).any()
        assert not (stored[inside][other == error] & 1).any()


@pytest.mark.parametrize(
    ("name", "ideal", "least", "most", "relative"),
    [
        ("probe_exp", np.exp, -87.0, 0.0, 3e-7),
        ("probe_reciprocal", np.reciprocal, 2.0**-125, 2.0**125, 2e-7),
        ("probe_root", lambda x: 1 / np.sqrt(x), 2.0**-126, 2.0**127, 3e-7),
    ],
)
def test_functions_are_as_exact_as_their_comments_say(probe, name, ideal, least, most, relative):
    if least < 0:
        x = np.linspace(least, most, 1 << 20).astype(np.float32)
    else:
        x = np.exp2(np.linspace(np.log2(least), np.log2(most), 1 << 20)).astype(np.float32)
    wanted = ideal(x.astype(np.float64))
    assert np.abs(probe(name, x, np.float32) / wanted - 1).max() <= relative


def test_exp_of_what_is_no_negative_number(probe):
    x = np.array([-np.inf, -1e30, -104.1, np.nan, -0.0, 0.0], np.float32)
    assert probe("probe_exp", x, np.float32).tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("scale", [1.0 - 2**-15, 0.0048828125, 1 / 3, 1e-3, 7.7e-7, 2.0**-29])
def test_requantisation_is_rounded_once(probe, scale):
    multiplier, shift = quantise.requantisation(scale).values()
    assert abs(multiplier / 2 ** (15 + shift) / scale - 1) <= 2**-15
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.integers(-(2**30) + 1, 2**30, 50000), rng.integers(-(2**20), 2**20, 50000)])
    exact = (values * multiplier + (1 << (14 + shift))) >> (15 + shift)
    # Halves are rounded upwards on what the low 15 bits leave, which for a shift of 0 is nothing.
    exact = exact if shift else (values * multiplier) >> 15
    assert np.array_equal(probe("probe_requantised", values.astype(np.int32), np.int32, multiplier, shift), exact)


@pytest.mark.parametrize("scale", [0.0, -0.5, 1.5, 1e-12, np.inf, np.nan])
def test_scales_that_cannot_be_requantised_are_refused(scale):
    with pytest.raises(ValueError, match="scale"):
        quantise.requantisation(scale)
