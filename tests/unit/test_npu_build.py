"""`doit build toolchain=npu` with stand-ins for Peano, aiecc and xclbinutil, as a user runs it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from npubuild.lowering.txn import decode
from npubuild.mlir.source import parse_design
from npubuild.mlir.spelling import Spelling
from npubuild.pipeline.npu import linked_design
from npubuild.toolchain.elf import AIE, read_objects
from npubuild.xclbin.build import read_emulation_image
from npubuild.xclbin.container import Mode, read_container
from tests import standins

KERNELS = """\
objects:
  double.o:
    sources: [double.cc, helper.cc]
kernels:
  first:
    summary: a test
    device: npu1
    object: double.o
    entry:
      function: twice
      inputs: [{name: x, shape: [64], dtype: i8}]
      outputs: [{name: y, shape: [64], dtype: i8}]
    design: {template: single_core}
    smoke:
      reference: double.py
      cases: [{case: small, seeds: [1], tolerance: {max_error: 0}}]
"""
DOUBLE = """\
extern "C" int two(int);
extern "C" void twice(const signed char *x, signed char *y) {
  for (int i = 0; i < 64; i++) y[i] = two(x[i]);
}
"""
HELPER = 'extern "C" int two(int x) { return 2 * x; }\n'
REFERENCE = """\
import numpy as np
CASES = ("small",)
def draw(case, seed):
    return (np.random.default_rng(seed).integers(-60, 60, 64).astype(np.int8),)
def reference(x):
    return (x * 2.0,)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    shutil.copy(standins.PROJECT / "dodo.py", root)
    for name, text in (
        ("kernels.yaml", KERNELS), ("double.cc", DOUBLE), ("helper.cc", HELPER), ("double.py", REFERENCE),
    ):  # fmt: skip
        (root / name).write_text(text)
    standins.aiecc(tmp_path / "tools", "mar26", "=")
    standins.script(tmp_path / "tools" / "xclbinutil", "-c", "print('XRT Build Version: 2.20.0')")
    standins.peano(tmp_path / "peano")
    return root


def doit(root: Path, *words: str, peano: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    tools = root.parent / "tools"
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "HOME": str(root),
        "PYTHONPATH": str(standins.PROJECT),
        "STANDIN_PROJECT": str(standins.PROJECT),
        "STANDIN_LOG": str(root.parent / "calls"),
        **({"PEANO_INSTALL_DIR": str(root.parent / "peano")} if peano else {}),
        **more,
    }
    return subprocess.run(
        [sys.executable, "-m", "doit", *words], capture_output=True, text=True, cwd=root, env=environment, check=False
    )


def executed(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {line.split()[1] for line in done.stdout.splitlines() if line.startswith(".  ")}


def replace(file: Path, old: str, new: str) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_all_artefacts_of_a_kernel(project: Path) -> None:
    done = doit(project, "build", "toolchain=npu")
    assert done.returncode == 0, done.stdout + done.stderr
    folder = project / "build" / "npu" / "first"
    assert read_container(folder / "first.xclbin").mode == Mode.FLAT
    assert read_emulation_image(folder / "first.emulated.xclbin").manifest.device == "npu1"
    assert decode((folder / "insts.bin").read_bytes(), "insts.bin").operations
    taken = folder / "first-double.o"
    assert {one.machine for one in read_objects(taken.read_bytes(), "double.o")} == {AIE}
    assert not (folder / "aiecc.prj").exists()
    package = standins.calls(project.parent / "calls")[-1]
    assert package[:3] == ["--no-compile-host", "--no-xchesscc", "--no-xbridge"]
    assert f"--peano={project.parent}/peano" in package
    outputs = json.loads((folder / "manifest.json").read_text())["outputs"]
    assert {"build/npu/first/first.xclbin", "build/npu/first/first.emulated.xclbin"} <= outputs.keys()


def test_a_second_build_executes_nothing_and_another_tool_builds_anew(project: Path) -> None:
    assert executed(doit(project, "build", "toolchain=npu")) == {"object:double.o", "build:first"}
    assert executed(doit(project, "build", "toolchain=npu")) == set()
    tool = project.parent / "tools" / "aiecc"
    tool.write_text(tool.read_text() + "# another one\n")
    done = doit(project, "build", "toolchain=npu")
    assert "build:first" in executed(done)
    assert f"aiecc {tool} was replaced by another one of the same version" in done.stdout


def test_auto_takes_the_npu_s_tools_when_all_are_there(project: Path) -> None:
    assert executed(doit(project, "build")) == {"object:double.o", "build:first"}
    assert (project / "build" / "npu" / "first" / "first.xclbin").is_file()
    assert executed(doit(project, "build", peano=False)) == {"object:double.o", "build:first"}
    assert (project / "build" / "emulated" / "first" / "first.xclbin").is_file()


@pytest.mark.parametrize("late", ["peano/bin", "tools/xclbinutil", "tools/aiecc"])
def test_tools_that_come_to_be_later_are_taken(project: Path, late: str) -> None:
    """What was found current without them is not the last word."""
    (project.parent / late).rename(project.parent / "aside")
    assert doit(project, "build").returncode == 0
    assert "nothing to do" in doit(project, "build").stdout
    (project.parent / "aside").rename(project.parent / late)
    assert executed(doit(project, "build")) == {"object:double.o", "build:first"}
    assert (project / "build" / "npu" / "first" / "first.xclbin").is_file()


def test_an_aiecc_alone_gets_as_far_as_the_missing_peano(project: Path) -> None:
    (project.parent / "tools" / "xclbinutil").unlink()
    done = doit(project, "build:first", "toolchain=npu", peano=False)
    assert done.returncode == 2
    message = done.stdout + done.stderr
    assert (
        "error: toolchain=npu needs Peano (clang++ for AIE), which was not found; looked for in $PEANO_INSTALL_DIR"
        in message
    )
    assert "hint: python -m pip install llvm-aie -f " in message
    assert "needs aiecc" not in message
    assert "Traceback" not in message


def test_an_entry_without_extern_c_stops_before_aiecc(project: Path) -> None:
    replace(project / "double.cc", 'extern "C" void twice', "void twice")
    done = doit(project, "build", "toolchain=npu")
    assert done.returncode == 2
    assert "the entry function `twice` is there under its C++ name `_Z5twicePKaPa`" in done.stdout
    assert 'hint: declare it `extern "C"`' in done.stdout
    assert not [call for call in standins.calls(project.parent / "calls") if "design.mlir" in call]


class TestStreams:
    def test_a_difference_fails_with_both_side_by_side(self, project: Path) -> None:
        done = doit(project, "build", "toolchain=npu", STANDIN_SHORTER="1")
        assert done.returncode == 2
        assert "kernels.yaml:5:3: aiecc makes another instruction stream of this design than npubuild:" in done.stdout
        assert re.search(r"^npubuild +aiecc mar26$", done.stdout, re.MULTILINE)
        assert re.search(r"^sync .* <$", done.stdout, re.MULTILINE)
        assert not (project / "build" / "npu" / "first" / "manifest.json").exists()

    def test_it_can_be_allowed_with_a_reason(self, project: Path) -> None:
        replace(project / "kernels.yaml", "    device: npu1\n", "    device: npu1\n    stream_difference: it waits less\n")
        done = doit(project, "build", "toolchain=npu", STANDIN_SHORTER="1")
        assert done.returncode == 0, done.stdout
        assert "than npubuild; it is allowed: it waits less [stream-differs]" in done.stdout
        folder = project / "build" / "npu" / "first"
        assert " <\n" in (folder / "logs" / "stream-difference.log").read_text()
        operations = decode((folder / "insts.bin").read_bytes(), "insts.bin").operations
        emulated = doit(project, "build", "toolchain=emulated")
        assert emulated.returncode == 0
        ours = decode((project / "build" / "emulated" / "first" / "insts.bin").read_bytes(), "insts.bin").operations
        assert len(operations) == len(ours) - 1


def test_a_failing_aiecc_keeps_its_folder_and_leaves_the_previous_build(project: Path) -> None:
    assert doit(project, "build", "toolchain=npu").returncode == 0
    folder = project / "build" / "npu" / "first"
    before = (folder / "first.xclbin").read_bytes()
    replace(project / "kernels.yaml", "    device: npu1\n", "    device: npu1\n    stack_size: 2048\n")
    done = doit(project, "build", "toolchain=npu", STANDIN_FAIL="section '.data' will not fit in region 'data': overflowed")
    assert done.returncode == 2
    assert "first: aiecc failed with exit code 1:" in done.stdout
    assert "hint: constants of the kernel exceed what the object fifos leave" in done.stdout
    assert (folder / "aiecc.prj" / "design.mlir").is_file()
    assert (folder / "first.xclbin").read_bytes() == before


def test_an_npu_build_without_an_npu_is_not_tested_silently(project: Path) -> None:
    done = doit(project, "test", "toolchain=npu")
    assert done.returncode == 2
    assert "1 UNSUPPORTED (npu)" in done.stdout


class TestLinks:
    TEXT = """
module {
  aie.device(npu1) {
    func.func private @f(memref<16xi8>) LINK
    %t = aie.tile(0, 2)
    %b = aie.buffer(%t) {sym_name = "b"} : memref<16xi8>
    %c = aie.core(%t) {
      func.call @f(%b) : (memref<16xi8>) -> ()
      aie.end
    } CORE
    aie.runtime_sequence(%a: memref<16xi8>) {
    }
  }
}
"""

    @pytest.mark.parametrize(
        ("function", "core"),
        [('attributes {link_with = "k.o"}', ""), ("", '{link_with = "k.o"}'), ("", '{link_files = ["k.o"]}')],
    )
    def test_every_form_becomes_a_full_path_on_the_core(self, function: str, core: str) -> None:
        design = parse_design(self.TEXT.replace("LINK", function).replace("CORE", core), "k.mlir")
        text = linked_design(design, design.device(None), {"k.o": Path("/build/first-k.o")}, Spelling.MAR26)
        assert re.findall(r'link_\w+ = .*"', text) == ['link_with = "/build/first-k.o"']
        assert '{link_with = "/build/first-k.o"}' in text[text.index("aie.end") :]
        assert "link_with" in design.text or "link_files" in design.text
