"""The kernels, built by the host compiler and called as the emulator calls them, against their float64 references."""

import ctypes
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

KERNELS = Path(__file__).resolve().parents[2] / "c_kernels"
SOURCES = {
    "canary": KERNELS / "canary.cc",
    "mel": KERNELS / "mel_fixed.cc",
    "attention": KERNELS / "attention_int8_64x64_tiled.cc",
}
FLAGS = ["-std=c++20", "-O2", "-fPIC", "-fno-exceptions", "-fno-rtti", "-Wall", "-Wextra", "-Werror"]
NM = shutil.which("nm") or "nm"
COMPILER = shutil.which("g++") or shutil.which("clang++")
SILENT = "silent"
MEL_ERROR = 0.75  # steps, half of one for rounding to int8

needs_compiler = pytest.mark.skipif(COMPILER is None, reason="neither g++ nor clang++ is installed")


def load(name):
    """A module of c_kernels, from its path."""
    spec = importlib.util.spec_from_file_location(name, KERNELS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


attention, canary, mel = load("attention"), load("canary"), load("mel")


def compile_with(*arguments):
    return subprocess.run([COMPILER, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def libraries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kernels")
    for name, source in SOURCES.items():
        built = compile_with(*FLAGS, "-shared", source, "-o", folder / f"{name}.so")
        assert built.returncode == 0, built.stderr
    return {name: ctypes.CDLL(str(folder / f"{name}.so")) for name in SOURCES}


def call(function, data, out_bytes, *scalars):
    """One call on a poisoned output."""
    out = np.full(out_bytes, 0xA5, np.uint8).view(np.int8)
    function.restype = None
    function(ctypes.c_void_p(data.ctypes.data), ctypes.c_void_p(out.ctypes.data), *map(ctypes.c_int32, scalars))
    return out


def correlation(left, right):
    return np.corrcoef(left.astype(np.float64), right)[0, 1]


# --- canary


@needs_compiler
@pytest.mark.parametrize("case", canary.CASES)
def test_canary_hands_every_byte_through(libraries, case):
    (data,) = canary.draw(case, 1)
    (expected,) = canary.reference(data)
    assert np.array_equal(call(libraries["canary"].canary_passthrough, data, len(data), len(data)), expected)


@needs_compiler
def test_canary_stops_at_its_count(libraries):
    out = call(libraries["canary"].canary_passthrough, np.arange(64, dtype=np.int8), 64, 40)
    assert np.array_equal(out[:40], np.arange(40))
    assert np.array_equal(out[40:].view(np.uint8), np.full(24, 0xA5))


# --- attention


@needs_compiler
@pytest.mark.parametrize("case", attention.CASES)
def test_attention_is_within_one_step_of_float64(libraries, case):
    for seed in range(12):
        (qkv,) = attention.draw(case, seed)
        (expected,) = attention.reference(qkv)
        out = call(libraries["attention"].attention_64x64, qkv, 4096, attention.score_shift())
        assert np.abs(out - expected).max() <= 1, seed
        if case != SILENT:
            assert correlation(out, expected) >= 0.999, seed


@needs_compiler
@pytest.mark.parametrize("shift", [-40, -8, 0, 2, 5, 9, 20, 40, 2**31 - 1, -(2**31)])
def test_attention_takes_any_score_shift(libraries, shift):
    for case in ("uniform", "extreme"):
        (qkv,) = attention.draw(case, 3)
        expected = attention.attended(qkv, max(-60, min(shift, 60)))
        out = call(libraries["attention"].attention_64x64, qkv, 4096, shift)
        assert np.abs(out - expected).max() <= 1


@needs_compiler
def test_attention_averages_v_when_all_scores_are_equal(libraries):
    qkv = attention.draw("uniform", 5)[0].copy()
    qkv[:4096] = 0
    mean = qkv[8192:].reshape(64, 64).astype(np.float64).mean(axis=0)
    out = call(libraries["attention"].attention_64x64, qkv, 4096, 3).reshape(64, 64)
    assert np.abs(out - mean).max() <= 0.75


@needs_compiler
@pytest.mark.parametrize("value", [-128, -1, 1, 127])
def test_attention_keeps_a_constant_v(libraries, value):
    qkv = attention.draw("gaussian", 6)[0].copy()
    qkv[8192:] = value
    assert np.all(call(libraries["attention"].attention_64x64, qkv, 4096, 3) == value)


def test_score_shift_comes_from_the_scales_and_the_size():
    assert attention.score_shift() == 3
    assert attention.score_shift(1 / 32, 1 / 16) == 4
    assert attention.score_shift(1 / 8, 1 / 8) == 1
    assert attention.score_shift(size=16) == 2
    with pytest.raises(ValueError, match="no power of two"):
        attention.score_shift(0.1)


# --- mel


@needs_compiler
@pytest.mark.parametrize("case", mel.CASES)
def test_mel_follows_float64(libraries, case):
    for seed in range(60):
        (frame,) = mel.draw(case, seed)
        (expected,) = mel.reference(frame)
        out = call(libraries["mel"].mel_kernel_simple, frame, 80)
        assert np.abs(out - expected).max() <= MEL_ERROR, seed
        if case != SILENT:
            assert correlation(out, expected) >= 0.998, seed


@needs_compiler
def test_mel_of_silence_is_the_floor(libraries):
    assert np.all(call(libraries["mel"].mel_kernel_simple, np.zeros(800, np.int8), 80) == -128)


def mel_extremes():
    """Frames of full scale: levels, and the signs that add up in one bin of the complex FFT or of the real one."""
    n = np.arange(400)
    levels = [np.full(400, level) for level in (-32768, -1, 1, 32767)]
    angles = [2 * np.pi * k * (n - n % 2) / 400 + (n % 2) * np.pi / 2 for k in range(200)]
    angles += [2 * np.pi * k * n / 400 for k in range(201)]
    signs = [np.where(np.cos(angle + phase) >= 0, 32767, -32768) for angle in angles for phase in (0.1, 0.8, 1.7)]
    return [samples.astype("<i2").view(np.int8) for samples in [*levels, *signs]]


@needs_compiler
def test_mel_does_not_overflow(libraries):
    for number, frame in enumerate(mel_extremes()):
        (expected,) = mel.reference(frame)
        assert np.abs(call(libraries["mel"].mel_kernel_simple, frame, 80) - expected).max() <= MEL_ERROR, number


def test_mel_stages_drop_enough_bits(monkeypatch):
    monkeypatch.setitem(sys.modules, "mel", mel)
    generator = load("mel_tables")
    pairs = mel.window().reshape(-1, 2).sum(axis=1)
    points, bits = 1, 15
    for radix in generator.RADICES:
        points, bits = points * radix, bits - radix // 2
        bounds = pairs.reshape(points, -1).sum(axis=0)  # of the values of each DFT, for samples up to 1
        assert bounds == pytest.approx(points)
        assert points * 2 ** (15 + bits) <= 1.5625 * 2**30
    assert (points, bits) == (200, generator.GUARD_BITS)


@needs_compiler
def test_every_mel_band_answers_to_its_own_frequency(libraries):
    for band, frequency in enumerate(mel.band_edges()[1:-1]):
        samples = 0.5 * np.sin(2 * np.pi * frequency * np.arange(400) / 16000 + 1)
        out = call(libraries["mel"].mel_kernel_simple, (samples * 32767).astype("<i2").view(np.int8), 80)
        assert abs(int(out.argmax()) - band) <= 1


def test_mel_bands_are_librosas():
    weights = mel.band_weights()
    assert weights.shape == (80, 201)
    assert weights[0, 1] == pytest.approx(0.02486259, abs=1e-8)  # of Whisper's mel_filters.npz
    assert np.diff(mel.band_edges()[:26]) == pytest.approx(37.24, abs=0.01)
    assert mel.band_edges()[-1] == pytest.approx(8000)
    assert np.all(weights.max(axis=1) > 0)


def test_mel_header_is_current(monkeypatch):
    monkeypatch.setitem(sys.modules, "mel", mel)
    generator = load("mel_tables")
    assert generator.HEADER.read_text(encoding="utf-8") == generator.render(), "run python c_kernels/mel_tables.py"


# --- all of them


@pytest.mark.parametrize("module", [attention, canary, mel])
def test_references_refuse_unknown_cases(module):
    with pytest.raises(ValueError, match="unknown case 'loud'"):
        module.draw("loud", 0)


@pytest.mark.parametrize("module", [attention, canary, mel])
def test_cases_are_drawn_from_their_seed(module):
    for case in module.CASES:
        assert np.array_equal(module.draw(case, 7)[0], module.draw(case, 7)[0])
        assert module.draw(case, 7)[0].dtype == np.int8
        if case not in {SILENT}:
            assert not np.array_equal(module.draw(case, 7)[0], module.draw(case, 8)[0])


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_sources_keep_to_what_a_core_can_do(source):
    code = re.sub(r"//.*", "", source.read_text(encoding="utf-8"))
    assert 'extern "C"' in code
    assert not re.findall(r"\b(u?int64_t|long|float|double|static|new|malloc)\b|<c?math", code)


@needs_compiler
@pytest.mark.parametrize(("name", "limit"), [("canary", 64), ("mel", 2304), ("attention", 1024)])
def test_objects_have_small_frames_and_no_mutable_data(tmp_path, name, limit):
    built = compile_with(*FLAGS, "-fstack-usage", "-c", SOURCES[name], "-o", tmp_path / "kernel.o")
    assert built.returncode == 0, built.stderr
    frames = [int(line.split("\t")[1]) for line in (tmp_path / "kernel.su").read_text().splitlines()]
    assert sum(frames) <= limit  # as if every function called the next
    symbols = subprocess.run([NM, tmp_path / "kernel.o"], capture_output=True, text=True, check=True).stdout
    assert not re.findall(r" [BbDdC] ", symbols), symbols
    assert set(re.findall(r" U (\w+)", symbols)) <= {"memcpy", "memmove", "memset"}


DRIVER = """
#include <cstdio>
#include <cstdint>
#include <cstdlib>
extern "C" void {declaration};
int main() {{
  int8_t *in = static_cast<int8_t *>(malloc({in_bytes})), *out = static_cast<int8_t *>(malloc({out_bytes}));
  while (fread(in, 1, {in_bytes}, stdin) == {in_bytes}) {{
    {call};
    fwrite(out, 1, {out_bytes}, stdout);
  }}
  free(in);
  free(out);
}}
"""
POINTERS = "(const int8_t *, int8_t *"
DRIVERS = {
    "canary": (f"canary_passthrough{POINTERS}, int32_t)", "canary_passthrough(in, out, 1024)", 1024, 1024),
    "mel": (f"mel_kernel_simple{POINTERS})", "mel_kernel_simple(in, out)", 800, 80),
    "attention": (f"attention_64x64{POINTERS}, int32_t)", "attention_64x64(in, out, SHIFT)", 12288, 4096),
}


@needs_compiler
@pytest.mark.parametrize(
    ("name", "shift"), [("canary", 0), ("mel", 0), ("attention", 3), ("attention", -99), ("attention", 31)]
)
def test_sanitizers_find_nothing(tmp_path, name, shift):
    sanitize = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    (tmp_path / "trivial.cc").write_text("int main() {}")
    if compile_with(*sanitize, tmp_path / "trivial.cc", "-o", tmp_path / "trivial").returncode:
        pytest.skip("the compiler has no sanitizers")

    declaration, invocation, in_bytes, out_bytes = DRIVERS[name]
    text = DRIVER.format(declaration=declaration, call=invocation, in_bytes=in_bytes, out_bytes=out_bytes)
    (tmp_path / "driver.cc").write_text(text)
    sources = [f"-DSHIFT={shift}", tmp_path / "driver.cc", SOURCES[name]]
    built = compile_with("-std=c++20", "-O1", "-g", *sanitize, *sources, "-o", tmp_path / "driver")
    assert built.returncode == 0, built.stderr

    module = {"canary": canary, "mel": mel, "attention": attention}[name]
    frames = [module.draw(case, seed)[0] for case in module.CASES for seed in range(3)]
    junk = np.random.default_rng(0).integers(-128, 128, (8, in_bytes)).astype(np.int8)
    frames += mel_extremes() if name == "mel" else []
    data = b"".join(frame.tobytes() for frame in [*frames, *junk])
    run = subprocess.run([tmp_path / "driver"], input=data, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    assert len(run.stdout) == out_bytes * (len(frames) + 8)
