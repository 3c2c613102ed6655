"""The kernels of an encoder, compiled for the host: against float64, and against the scales that their constants mean."""

import importlib
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from npubuild.pipeline.meanings import check_meanings
from npubuild.registry import Kernel, ProgramDesign, SmokeCase, Tolerance, read_registry
from npubuild.smoke.elements import as_floats, ulp
from npubuild.smoke.judgement import correlation
from npubuild.smoke.truth import Oracle
from npubuild.toolchain.host import compile_library

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "c_kernels"
KERNELS = read_registry(PROJECT / "kernels.yaml").kernels
COMPILER = shutil.which("g++") or shutil.which("clang++")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="neither g++ nor clang++ is installed")

# How far from float64 a kernel may be, in steps or (the second number) in units in the last place; the least correlation.
LIMITS = {
    "mel_batch": (0.75, None, 0.999),
    "attention_heads": (1.0, None, 0.999),
    "matmul_i8": (0.51, None, 0.9999),
    "matmul_i8_tiled": (0.51, None, 0.9999),
    "matmul_bf16": (np.inf, 0.51, 0.9999),
    "softmax_bf16": (np.inf, 0.51, 0.9999),
    "gelu_i8": (0.5, None, 0.9995),
    "gelu_bf16": (np.inf, 0.51, 0.9999),
    "layernorm_i8": (1.0, None, 0.9995),
    "layernorm_bf16": (np.inf, 2.0, 0.9999),
    "conv1d": (0.51, None, 0.9995),
    "conv1d_stride2": (0.51, None, 0.9995),
    "encoder_chain": (4.0, None, 0.99),
}
SEEDS = range(4)


@pytest.fixture(scope="module", autouse=True)
def neighbours():
    """Reference modules import each other by name."""
    sys.path.insert(0, str(FOLDER))
    yield
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """Compiles the object of a kernel, once."""
    folder, made = tmp_path_factory.mktemp("library"), {}

    def compiled(kernel: Kernel) -> Path:
        item = kernel.object_file
        if item.name not in made:
            sources = [PROJECT / source for source in item.sources]
            made[item.name] = compile_library(sources, folder / f"{item.stem}.so", flags=[*item.flags, "-Werror"])
        return made[item.name]

    return compiled


def module_of(kernel: Kernel):
    return importlib.import_module(Path(kernel.smoke.reference).stem)


# --- accuracy


@pytest.mark.parametrize("name", LIMITS)
def test_it_follows_float64_in_every_case(library, name):
    kernel = KERNELS[name]
    max_error, max_ulp, least_correlation = LIMITS[name]
    oracle = Oracle(kernel, PROJECT, library(kernel))
    (buffer,) = kernel.entry.outputs
    for case in module_of(kernel).CASES:
        for seed in SEEDS:
            truth = oracle.truth(SmokeCase(case, (seed,), Tolerance(0, None)), seed)
            found, (ideal,) = as_floats(truth.exact[0], buffer.dtype), truth.ideal
            errors = np.abs(found - ideal)
            assert errors.max() <= max_error, (case, seed)
            if max_ulp is not None:
                assert (errors / ulp(ideal, buffer.dtype)).max() <= max_ulp, (case, seed)
            if np.ptp(ideal) > 0 and case != "silent":
                assert correlation(found, ideal) >= least_correlation, (case, seed)


@pytest.mark.parametrize("name", LIMITS)
def test_the_smoke_test_is_no_laxer_than_the_target(name):
    for case in KERNELS[name].smoke.cases:
        wanted = {"encoder_chain": 4.0}.get(name, 1.0)
        bound = case.tolerance.max_error if case.tolerance.max_ulp is None else case.tolerance.max_ulp / 2
        assert bound <= wanted


def test_gelu_is_right_for_every_bf16(library):
    import bf16
    import gelu_bf16

    every = np.arange(1 << 16, dtype=np.uint16)
    found = run(library(KERNELS["gelu_bf16"]), "gelu_bf16", every, every.copy(), every.size)
    numbers = bf16.values(every)
    finite = np.isfinite(numbers)
    ideal = gelu_bf16.gelu(numbers[finite])
    assert (np.abs(bf16.values(found[finite]) - ideal) / bf16.ulp(ideal)).max() <= 0.51
    specials = dict(zip(numbers[~finite][[0, 128]], bf16.values(found[~finite][[0, 128]]), strict=True))
    assert specials == {np.inf: np.inf, -np.inf: 0}
    assert np.isnan(bf16.values(found[np.isnan(numbers)])).all()


def test_gelu_is_right_for_every_int8(library):
    import gelu_i8
    from quantise import steps

    every = np.arange(-128, 128).astype(np.int8)
    found = run(library(KERNELS["gelu_i8"]), "gelu_i8", every, every.copy(), every.size)
    assert np.array_equal(found, steps(gelu_i8.reference(every)[0]))
    assert gelu_i8.HEADER.read_text() == gelu_i8.render(), "run python c_kernels/gelu_i8.py"


@pytest.mark.parametrize("columns", [1, 2, 3, 64, 100, 511, 1024])
@pytest.mark.parametrize("least", [-128, 0, 126])
def test_layer_norm_takes_rows_of_any_width_and_range(library, columns, least):
    import layernorm_i8

    rng = np.random.default_rng(columns)
    data = np.vstack([rng.integers(least, 128, (4, columns)), rng.choice([least, 127], (4, columns))]).astype(np.int8)
    parameters = np.stack([np.full(columns, 64), np.zeros(columns)]).astype(np.int8)
    scalars = layernorm_i8.scalars(8, columns).values()
    found = run(library(KERNELS["layernorm_i8"]), "layernorm_i8", data, parameters, np.empty_like(data), *scalars)
    ideal = np.clip(layernorm_i8.normalised(data, parameters) / layernorm_i8.OUTPUT_SCALE, -128, 127)
    assert np.abs(found - ideal).max() <= 1


def test_convolution_takes_a_stride(library):
    import conv1d_i8

    frames, parameters = conv1d_i8.draw("gaussian", 5)
    scalars = conv1d_i8.scalars(frames=16, stride=2).values()
    found = run(library(KERNELS["conv1d"]), "conv1d_i8", frames, parameters, np.empty((16, 32), np.int8), *scalars)
    ideal = conv1d_i8.convolved(frames, parameters, 16, 2) / conv1d_i8.OUTPUT_SCALE
    assert np.abs(found - np.clip(ideal, -128, 127)).max() <= 0.51


def test_convolution_is_that_of_numpy():
    import conv1d_i8

    frames, parameters = conv1d_i8.draw("uniform", 1)
    weights = parameters[128:].reshape(32, 3, 80)[7] * conv1d_i8.WEIGHT_SCALE
    bias = int.from_bytes(parameters[28:32].tobytes(), "little", signed=True)
    bands = [np.correlate(frames[:, band] * conv1d_i8.INPUT_SCALE, weights[:, band], "valid") for band in range(80)]
    expected = np.sum(bands, axis=0) + bias * conv1d_i8.INPUT_SCALE * conv1d_i8.WEIGHT_SCALE
    assert conv1d_i8.convolved(frames, parameters, 32, 1)[:, 7] == pytest.approx(expected)


def run(library: Path, function: str, *arguments):
    """Call a C function with arrays and int32; gives its last array, the output."""
    kernel = next(kernel for kernel in KERNELS.values() if function in kernel.entry.called)
    oracle = Oracle(kernel, PROJECT, library)
    oracle.call_function(function, *arguments)
    return [argument for argument in arguments if isinstance(argument, np.ndarray)][-1]


# --- rounding


@pytest.mark.parametrize("name", [name for name in KERNELS if name.endswith("_bf16")])
def test_results_that_are_cut_off_in_place_of_rounded_do_not_pass(tmp_path, name):
    """The cases of kernels.yaml, with a `store` that drops the lower half of a single."""
    kernel = KERNELS[name]
    sources = [shutil.copy(PROJECT / source, tmp_path) for source in kernel.object_file.sources]
    header = (FOLDER / "bf16.h").read_text()
    rounding = "bits + 0x7fff + ((bits >> 16) & 1)"
    assert header.count(rounding) == 1
    (tmp_path / "bf16.h").write_text(header.replace(rounding, "bits"))
    cut_off = Oracle(kernel, PROJECT, compile_library([Path(source) for source in sources], tmp_path / "k.so", flags=[]))
    distances = []
    for case in kernel.smoke.cases:
        truth = cut_off.truth(case, case.seeds[0])
        (exact,), (ideal,) = truth.exact, truth.ideal
        distances.append((np.abs(as_floats(exact, "bf16") - ideal) / ulp(ideal, "bf16")).max() - case.tolerance.max_ulp)
    assert max(distances) > 0.2


# --- one source of constants


@pytest.mark.parametrize("name", KERNELS)
def test_every_constant_of_the_list_is_derived(name):
    kernel = KERNELS[name]
    assert [scalar.name for scalar in kernel.entry.scalars if not scalar.meaning] == []
    if isinstance(kernel.design, ProgramDesign):
        options = {word for word in kernel.design.arguments if word.startswith("--")} - {"--device"}
        assert {option.name for option in kernel.design.derived} == options
    assert check_meanings(kernel, PROJECT).findings == ()


def test_constants_of_the_chain_are_those_of_the_scales():
    import encoder_chain

    text = (PROJECT / "mlir" / "encoder_chain.mlir").read_text()
    constants = {name: int(value) for name, value in re.findall(r"%(\w+) = arith.constant (\d+) : i32", text)}
    names = {
        "layernorm_i8": ("rows", "columns", "epsilon", "gain_shift"),
        "attention_64x64": ("score_shift",),
        "gelu_i8": ("count",),
    }
    for function, values in encoder_chain.scalars().items():
        assert tuple(constants[name] for name in names[function]) == values


@pytest.mark.parametrize("name", ["attention", "matmul_i8", "layernorm_i8", "conv1d", "conv1d_stride2"])
def test_a_scalar_that_the_scales_do_not_give_is_named(name):
    module = module_of(KERNELS[name])
    inputs = module.draw("gaussian", 0)
    derived = module.scalars() if hasattr(module, "scalars") else {"score_shift": module.score_shift()}
    for scalar, value in derived.items():
        with pytest.raises(ValueError, match=f"`{scalar}` is {value + 1}, but .* make it {value}"):
            module.reference(*inputs, **{**derived, scalar: value + 1})
