"""Kernels whose cores call several functions: how the list declares them, what they must give, and that mistakes show."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from npubuild.emulator.load import load_design
from npubuild.errors import UserError
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import parse_design
from npubuild.pipeline.agreement import require_agreement
from npubuild.pipeline.design_source import obtain_design
from npubuild.placement.place import place
from npubuild.registry import Entry, Kernel, SmokeCase, Tolerance, read_registry
from npubuild.smoke.truth import Oracle
from npubuild.toolchain.host import compile_library

PROJECT = Path(__file__).resolve().parents[2]
CASE = SmokeCase("gaussian", (1,), Tolerance(1, None))

LIST = """\
objects:
  two.o:
    sources: [two.cc]
kernels:
  two:
    summary: two functions
    device: npu1
    object: two.o
    entry:
      functions: [first, second]
      inputs: [{name: x, shape: [64], dtype: bf16}]
      outputs: [{name: y, shape: [64], dtype: bf16}]
    design:
      file: two.mlir
    smoke:
      reference: two.py
      cases:
        - {case: any, seeds: [1], tolerance: {max_ulp: 2}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("two.cc", "two.mlir"):
        (tmp_path / name).touch()
    (tmp_path / "two.py").write_text('CASES = ("any",)\n')
    return tmp_path / "kernels.yaml"


def test_functions_and_ulps_are_read(project: Path) -> None:
    project.write_text(LIST)
    kernel = read_registry(project).kernels["two"]
    assert (kernel.entry.function, kernel.entry.functions) == ("", ("first", "second"))
    assert kernel.entry.called == ("first", "second")
    assert kernel.smoke.cases[0].tolerance == Tolerance(np.inf, None, 2)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "functions:",
            "function: one\n      functions:",
            "kernels.yaml:10:7: `function` and `functions` exclude each other",
        ),
        ("    object: two.o\n", "", "kernels.yaml:9:7: a function without its object"),
        ("file: two.mlir", "template: single_core", "kernels.yaml:14:7: a template calls one function"),
        (
            "bf16}]\n    design",
            "bf16}]\n      scalars: [{name: n, dtype: i32, value: 1, meaning: none}]\n    design",
            "kernels.yaml:13:7: `scalars` and `functions` exclude each other",
        ),
        ("{max_ulp: 2}", "{correlation: 1}", "kernels.yaml:18:46: give one of `max_error` or `max_ulp`"),
        ("{max_ulp: 2}", "{max_ulp: 2, max_error: 1}", "kernels.yaml:18:47: `max_ulp` and `max_error` exclude each other"),
    ],
)
def test_what_does_not_fit_is_located(project: Path, old: str, new: str, expected: str) -> None:
    assert old in LIST
    project.write_text(LIST.replace(old, new))
    with pytest.raises(UserError) as caught:
        read_registry(project)
    assert any(str(found).startswith(f"error: {expected}") for found in caught.value.diagnostics), caught.value


def test_each_function_must_be_in_the_design() -> None:
    kernel = read_registry(PROJECT / "kernels.yaml").kernels["encoder_chain"]
    text = (PROJECT / "mlir" / "encoder_chain.mlir").read_text()
    design = parse_design(text.replace("@gelu_i8", "@gelu_i16"), "d.mlir")
    device = design.device(None)
    with pytest.raises(UserError, match=r"does not declare `@gelu_i8`, which kernel `encoder_chain` names"):
        require_agreement(kernel, design, device, place(design, device))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("encoder_chain", "%score_shift = arith.constant 5", "%score_shift = arith.constant 4"),
        ("encoder_chain", "%gain_shift = arith.constant 13", "%gain_shift = arith.constant 12"),
        ("matmul_i8_tiled", "%shift = arith.constant 8", "%shift = arith.constant 7"),
        ("matmul_i8_tiled", "[0, 64, 128, 1]", "[0, 32, 128, 1]"),
    ],
)
def test_a_wrong_constant_in_the_design_is_seen(tmp_path: Path, name: str, old: str, new: str) -> None:
    kernel = read_registry(PROJECT / "kernels.yaml").kernels[name]
    assert kernel.object_file is not None
    library = compile_library([PROJECT / source for source in kernel.object_file.sources], tmp_path / "kernel.so")
    truth = Oracle(kernel, PROJECT, library).truth(CASE, 1)
    text = obtain_design(kernel, PROJECT, tmp_path / "design.log").text
    assert text.count(old) == 1
    assert truth.exact is not None
    for design, equal in ((text, True), (text.replace(old, new), False)):
        buffers = [*(data.copy() for data in truth.inputs), np.full_like(truth.exact[0], 0xA5)]
        parsed = parse_design(design, "d.mlir")
        outcome = load_design(parsed, libraries=[library]).run(encode(lower(parsed)), buffers)
        assert outcome.status == "completed"
        assert np.array_equal(buffers[-1], truth.exact[0]) is equal


@pytest.fixture
def incomplete(tmp_path: Path) -> Kernel:
    """The chain, with a reference that the test writes."""
    kernel = read_registry(PROJECT / "kernels.yaml").kernels["encoder_chain"]
    entry = Entry("", kernel.entry.inputs[:1], kernel.entry.inputs[:1], (), ("gelu_i8",))
    return replace(kernel, entry=entry, smoke=replace(kernel.smoke, reference="r.py"))


REFERENCE = """
import numpy as np
def draw(case, seed): return (np.ones((192, 64), np.int8),)
def reference(x): return (x.astype(float),)
def compose(call, x):
    y = np.empty_like(x)
    call("gelu_i8", x, y, x.size)
    return (y,)
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("def compose", "def other", "^error: r.py: AttributeError: .* has no attribute 'compose'"),
        ('"gelu_i8"', '"gelu_i9"', "^error: r.py:7: ValueError: `gelu_i9` is none of the functions of the kernel's entry"),
        ("return (y,)", "return (y[1:],)", "compose gives 12224 x int8 for `qkv`, which is memref<192x64xi8>"),
        ("y = np", "x += 1; y = np", "^error: r.py:6: ValueError: output array is read-only"),
    ],
)
def test_a_composition_that_breaks_its_contract(
    incomplete: Kernel, tmp_path: Path, old: str, new: str, message: str
) -> None:
    library = compile_library([PROJECT / "c_kernels" / "gelu_i8.cc"], tmp_path / "kernel.so")
    (tmp_path / "r.py").write_text(REFERENCE)
    truth = Oracle(incomplete, tmp_path, library).truth(CASE, 1)
    assert truth.exact is not None
    assert set(truth.exact[0].tolist()) == {1}  # GELU of 1/32 is 0.5125/32, which is rounded to 1/32
    assert REFERENCE.count(old) == 1
    (tmp_path / "r.py").write_text(REFERENCE.replace(old, new))
    with pytest.raises(UserError, match=message):
        Oracle(incomplete, tmp_path, library).truth(CASE, 1)


def test_a_composed_function_that_changes_an_input(incomplete: Kernel, tmp_path: Path) -> None:
    (tmp_path / "k.cc").write_text('extern "C" void gelu_i8(signed char *x, signed char *y, int) { y[3] = x[2]++; }\n')
    (tmp_path / "r.py").write_text(REFERENCE)
    oracle = Oracle(incomplete, tmp_path, compile_library([tmp_path / "k.cc"], tmp_path / "kernel.so"))
    assert set(oracle.truth(CASE, 1).inputs[0]) == {1}
    [note] = oracle.notes
    assert "`gelu_i8` changes 1 of 12288 bytes of argument 0, which is an input, from byte 2 on [input-written]" in note
    assert oracle.problems == ()
