"""The faults that a real project had for months, each in a project of one kernel: every one ends with its name.

A stack that overran a fifo, a shift of 4 where 3 was meant, a scaling that gave zeros, writes past the output, results that
depended on what memory held, samples of 16 bits taken for 8, a test on silence, objects and instructions of another build.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from npubuild.registry import read_registry
from npubuild.smoke.cause import BLAME
from npubuild.smoke.child import run_smoke_test
from npubuild.smoke.result import Status

PROJECT = Path(__file__).parents[2]
COMPILER = shutil.which("g++") or shutil.which("clang++")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="neither g++ nor clang++ is installed")

KERNELS = """\
objects:
  scaled.o:
    sources: [scaled.cc]
kernels:
  first:
    summary: y = x / 2^shift
    device: npu1
    object: scaled.o
    entry:
      function: scaled
      inputs: [{name: x, shape: [64], dtype: i8}]
      outputs: [{name: y, shape: [64], dtype: i8}]
      scalars: [{name: shift, dtype: i32, value: 3, meaning: "model.py:shift"}]
    design: {template: single_core}
    smoke:
      reference: model.py
      cases: [{case: ramp, seeds: [1], tolerance: {max_error: 1, correlation: 0.99}}]
"""
SOURCE = """\
#include <stdint.h>
extern "C" void scaled(const int8_t *x, int8_t *y, int32_t shift) {
  for (int i = 0; i < 64; i++) y[i] = x[i] >> shift;
}
"""
MODEL = """\
import math
import numpy as np
CASES = ("ramp", "silent")
def shift():
    return round(math.log2(math.sqrt(64)))
def draw(case, seed):
    return ((np.arange(-64, 64, 2) if case == "ramp" else np.zeros(64)).astype(np.int8),)
def reference(x, shift):
    return (x / 8.0,)
"""
LOOP = "for (int i = 0; i < 64; i++) y[i] = x[i] >> shift;"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copy(PROJECT / "dodo.py", tmp_path)
    for name, text in (("kernels.yaml", KERNELS), ("scaled.cc", SOURCE), ("model.py", MODEL)):
        (tmp_path / name).write_text(text)
    return tmp_path


def doit(root: Path, *words: str) -> tuple[int, str]:
    """Exit code and output, the latter with the line breaks that the report puts into messages undone."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PEANO_INSTALL_DIR": "/nowhere", "NPUBUILD_CACHE": "off"}
    argv = [sys.executable, "-m", "doit", *words]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=root, env=environment, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def make_design(root: Path, old: str, new: str) -> None:
    """Give the kernel a design of its own: that of the template with one thing changed."""
    code, _ = doit(root, "build:first")
    assert code == 0
    text = (root / "build/emulated/first/stages/0-template.mlir").read_text()
    assert old in text
    (root / "own.mlir").write_text(text.replace(old, new))
    replace(root / "kernels.yaml", "{template: single_core}", "{file: own.mlir}")


def test_the_sound_project_passes_also_with_checks(project: Path) -> None:
    code, output = doit(project, "test:first", "sanitize=1")
    assert code == 0, output
    assert "1 PASS (emulated)" in output
    assert "1 calls under address and undefined-behaviour checks" in output


class TestStack:
    """The default of 1024 bytes under a kernel that needs 2.6 KiB: the measured correlation was 0.176."""

    def enlarge(self, project: Path) -> None:
        loop = """\
  for (int i = 0; i < 64; i++) y[i] = 0;
  heads(x, y, shift);
"""
        heads = """\
__attribute__((noinline)) static void heads(const int8_t *x, int8_t *y, int32_t shift) {
  volatile int32_t scores[640];
  for (int i = 0; i < 640; i++) scores[i] = x[i % 64];
  for (int i = 0; i < 64; i++) y[i] = scores[i] >> shift;
}
"""
        replace(project / "scaled.cc", f"  {LOOP}\n", loop)
        replace(project / "scaled.cc", 'extern "C"', f'{heads}extern "C"')

    def test_it_fails_the_build_with_both_figures_the_chain_and_the_cure(self, project: Path) -> None:
        self.enlarge(project)
        code, output = doit(project, "build:first")
        assert code == 1
        assert "error: scaled.cc:7:" in output
        assert "bytes of stack; core (0, 2) has 1024 (stack_size) [stack-too-small]" in output
        needed = int(output.partition("`scaled` needs ")[2].split()[0])
        assert 2560 < needed < 2800
        assert "calls heads (scaled.cc:2:" in output
        assert "for kernel `first` (kernels.yaml:5:3), or make local arrays smaller; frames by" in output
        assert not (project / "build/emulated/first/manifest.json").exists()

    def test_the_cure_cures(self, project: Path) -> None:
        self.enlarge(project)
        _, output = doit(project, "build:first")
        enough = output.partition("set `stack_size: ")[2].partition("`")[0]
        replace(project / "kernels.yaml", "    smoke:", f"    stack_size: {enough}\n    smoke:")
        code, output = doit(project, "test:first")
        assert code == 0, output
        assert "stack-too-small" not in output

    def test_near_the_limit_is_a_warning(self, project: Path) -> None:
        self.enlarge(project)
        replace(project / "kernels.yaml", "    smoke:", "    stack_size: 2688\n    smoke:")
        code, output = doit(project, "build:first")
        assert code == 0, output
        assert "warning: scaled.cc:7:" in output
        assert "with what this estimate may be off by" in output


class TestShift:
    def test_a_constant_in_kernels_yaml_names_what_it_should_be(self, project: Path) -> None:
        replace(project / "kernels.yaml", "value: 3", "value: 4")
        code, output = doit(project, "build:first")
        assert code == 1
        found = "error: kernels.yaml:13:50: `shift` of kernel `first` is 4, but model.py:shift gives 3 [constant-differs]"
        assert found in output

    def test_a_changed_meaning_is_looked_at_again(self, project: Path) -> None:
        assert doit(project, "build:first")[0] == 0
        replace(project / "model.py", "math.sqrt(64)", "math.sqrt(256)")
        code, output = doit(project, "build:first")
        assert code == 1
        assert "is 3, but model.py:shift gives 4" in output

    def test_in_the_c_plus_plus(self, project: Path) -> None:
        replace(project / "scaled.cc", ">> shift", ">> (shift + 1)")
        code, output = doit(project, "test:first")
        assert code == 1
        assert "error 4.75 exceeds 1 (element 63: got 3, reference 7.75)" in output
        shift = "the outputs of `y` are 0.49 times the reference: a shift that is one too large?"
        assert f"{BLAME}: {shift}" in output
        assert "sanitize=1" not in output


def test_a_scaling_that_gives_zeros(project: Path) -> None:
    replace(project / "scaled.cc", "x[i] >> shift", "(x[i] >> shift) / 256")
    code, output = doit(project, "test:first")
    assert code == 1
    assert "all 64 outputs of `y` are 0, the reference spans -8..7.75: the scaling loses everything" in output
    assert "the correlation is not defined, as all outputs are equal" in output
    assert "0.0%" in output  # of the outputs are not zero


class TestWritePastTheOutput:
    def break_it(self, project: Path) -> None:
        replace(project / "scaled.cc", LOOP, "for (int i = 0; i <= 64; i++) y[i] = x[i % 64] >> shift;")

    def test_the_smoke_test_says_what_lies_there(self, project: Path) -> None:
        self.break_it(project)
        code, output = doit(project, "test:first")
        assert code == 1
        assert "kernel scaled wrote 1 bytes at " in output
        assert "on the host, `scaled` writes 1 byte behind the end of `y`, which has 64 bytes" in output
        assert output.count("note: `doit test:first sanitize=1` may name the line of C++") == 1

    def test_far_beyond_it_is_still_named(self, project: Path) -> None:
        replace(project / "scaled.cc", LOOP, "for (int i = 0; i < 2000; i++) y[i] = x[i % 64] >> shift;")
        code, output = doit(project, "test:first")
        assert code == 1
        assert "bytes behind the end of `y`, which has 64 bytes" in output

    def test_the_checks_name_line_and_buffer(self, project: Path) -> None:
        self.break_it(project)
        code, output = doit(project, "test:first", "sanitize=1")
        assert code == 1
        assert "error: scaled.cc:3" in output
        assert "`scaled` writes 1 byte, right behind `y` of `scaled` (64 bytes) [access-outside-buffer]" in output
        assert "sanitize=1` may" not in output


class TestUninitialisedRead:
    def test_the_smoke_test_finds_an_output_that_is_added_to(self, project: Path) -> None:
        replace(project / "scaled.cc", "y[i] = ", "y[i] += ")
        code, output = doit(project, "test:first")
        assert code == 1
        found = "error: scaled.cc: 60 of 64 bytes of `y`, from byte 0 on, depend on memory that `scaled` has not written"
        assert found in output
        assert "[uninitialised-read]" in output
        assert output.count("sanitize=1") == 1

    @pytest.mark.parametrize(
        "body",
        [
            "for (int i = 0; i < 64; i++) y[i] += x[i] >> shift;",
            "int8_t sum[64]; for (int i = 0; i < 64; i++) sum[i] += x[i]; for (int i = 0; i < 64; i++) y[i] = sum[i];",
        ],
        ids=["output", "local array"],
    )
    def test_the_checks_name_the_buffer(self, project: Path, body: str) -> None:
        replace(project / "scaled.cc", LOOP, body)
        code, output = doit(project, "test:first", "sanitize=1")
        assert code == 1
        assert "64 bytes of `y` of `scaled` (64 bytes), from byte 0 on, depend on memory that was never written" in output


class TestBuffers:
    def test_an_output_that_is_left_unwritten_in_part(self, project: Path) -> None:
        replace(project / "scaled.cc", "i < 64", "i < 63")
        code, output = doit(project, "test:first")
        assert code == 1
        found = "error: scaled.cc: `scaled` leaves 1 of 64 bytes of `y` unwritten, from byte 63 on [output-unwritten]"
        assert f"first: FAIL (emulated) - {found}" in output
        assert "expected" not in output

    def test_the_checks_tell_it_from_an_uninitialised_read(self, project: Path) -> None:
        replace(project / "scaled.cc", "i < 64", "i < 63")
        _, output = doit(project, "test:first", "sanitize=1")
        assert "1 bytes of `y` of `scaled` (64 bytes), from byte 63 on, are never written [output-unwritten]" in output
        assert "uninitialised-read" not in output

    def test_an_input_that_is_changed(self, project: Path) -> None:
        replace(project / "scaled.cc", "const int8_t *x", "int8_t *x")
        replace(project / "scaled.cc", LOOP, f"{LOOP} x[5] ^= 1; x[9] ^= 1;")
        code, output = doit(project, "test:first")
        assert (code, "1 PASS (emulated)" in output) == (0, True)
        found = "`scaled` changes 2 of 64 bytes of `x`, which is an input, from byte 5 on [input-written]"
        assert f"note: warning: scaled.cc: {found}" in output


class TestTypes:
    def test_samples_of_16_bits_for_a_buffer_of_8(self, project: Path) -> None:
        replace(project / "model.py", ".astype(np.int8)", ".astype(np.int16)")
        code, output = doit(project, "test:first")
        assert code == 1
        assert "draw gives 64 x int16 for `x`, which is memref<64xi8>" in output

    def test_a_design_for_another_type(self, project: Path) -> None:
        make_design(project, "64xi8", "32xi16")
        replace(project / "own.mlir", "[1, 1, 1, 64]", "[1, 1, 1, 32]")
        code, output = doit(project, "build:first")
        assert code == 2
        assert "`@scaled` takes (memref<32xi16>, memref<32xi16>, i32), kernel `first` says (memref<64xi8>," in output


def test_a_case_of_silence_proves_nothing(project: Path) -> None:
    replace(project / "kernels.yaml", "{case: ramp, seeds: [1], tolerance: {max_error: 1, correlation: 0.99}}", "{case: silent, seeds: [1, 2], tolerance: {max_error: 1}}")  # fmt: skip  # noqa: E501
    code, output = doit(project, "test:first")
    assert code == 1
    assert "the cases prove nothing, since a kernel that ignores its input could pass: case silent, seed 1 expects" in output


def test_a_tolerance_that_zeros_meet(project: Path) -> None:
    replace(project / "kernels.yaml", "max_error: 1, correlation: 0.99", "max_error: 255")
    replace(project / "scaled.cc", "x[i] >> shift", "0")
    code, output = doit(project, "test:first")
    assert code == 1
    assert "case ramp, seed 1, a tolerance of 255 accepts outputs that are all 0 (their error is 8)" in output


class TestStaleFiles:
    def test_a_design_that_links_another_object(self, project: Path) -> None:
        make_design(project, "scaled.o", "scaled_v2.o")
        code, output = doit(project, "build:first")
        assert code == 2
        assert "core (0, 2) links `scaled_v2.o`, but kernel `first` makes `scaled.o` [object-differs]" in output

    @pytest.mark.parametrize("name", ["insts.bin", "first.xclbin", "scaled.so"])
    def test_a_file_of_another_build_is_not_run(self, project: Path, name: str) -> None:
        assert doit(project, "build:first")[0] == 0
        file = project / "build/emulated/first" / name
        file.write_bytes(file.read_bytes() + b"\0\0\0\0")
        registry = read_registry(project / "kernels.yaml")
        result = run_smoke_test(registry.kernels["first"], registry.file.resolve(), "emulated", "emulator")
        assert result.status is Status.FAIL
        assert f"{name}: is not the one that this kernel's build made [stale-artefact]" in result.problems[0]

    def test_doit_makes_it_anew(self, project: Path) -> None:
        assert doit(project, "build:first")[0] == 0
        (project / "build/emulated/first/insts.bin").write_bytes(bytes(64))
        code, output = doit(project, "test:first")
        assert code == 0, output
        assert "insts.bin" in output  # the reason for the build
