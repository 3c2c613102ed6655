"""doit on a small project, as a user runs it: what is built, what is not built again, and what failures look like."""

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.pipeline.manifest import require_intact
from npubuild.pipeline.tasks import Settings, reject_unknown_variables, resolve_settings
from tests.building import doit, executed, loaded, make_project, replace


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all kernels built."""
    root = tmp_path_factory.mktemp("built")
    make_project(root)
    done = doit(root, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert executed(done) == {"object:double.o", "object:copy.o", "build:first", "build:second", "build:third"}
    return root


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "project")
    return tmp_path / "project"


class TestBuild:
    def test_outputs_lie_in_the_kernel_s_folder(self, project: Path) -> None:
        folder = project / "build" / "emulated" / "first"
        names = {"double.so", "design.mlir", "insts.bin", "first.xclbin", "manifest.json"}
        assert names <= {path.name for path in folder.iterdir()}
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["facts"]["signature"]["buffers"] == [
            {"name": "arg0", "type": "memref<64xi8>", "nbytes": 64, "direction": "in"},
            {"name": "arg1", "type": "memref<64xi8>", "nbytes": 64, "direction": "out"},
        ]
        assert not list(project.glob("build/**/.npubuild-*"))

    def test_a_second_build_executes_nothing(self, project: Path) -> None:
        assert executed(doit(project, "build:first")) == set()

    def test_new_timestamps_execute_nothing(self, project: Path) -> None:
        for path in project.rglob("*"):
            if path.name != ".doit.db":
                path.touch()
        assert executed(doit(project, "build")) == set()

    def test_a_source_rebuilds_what_depends_on_it(self, project: Path) -> None:
        replace(project / "double.cc", "* 2", "* 3")
        assert executed(doit(project, "build")) == {"object:double.o", "build:first", "build:second"}

    def test_a_header_rebuilds_what_includes_it(self, project: Path) -> None:
        replace(project / "size.h", "64", "32")
        assert executed(doit(project, "build")) == {"object:double.o", "build:first", "build:second"}

    def test_an_object_that_comes_out_the_same_rebuilds_no_kernel(self, project: Path) -> None:
        replace(project / "size.h", "64\n", "64\n\n")
        assert executed(doit(project, "build")) == {"object:double.o"}

    def test_an_entry_rebuilds_its_kernel_only(self, project: Path) -> None:
        replace(project / "kernels.yaml", "summary: a test", "summary: another test", 1)
        assert executed(doit(project, "build")) == {"build:first"}

    def test_flags_rebuild_the_object(self, project: Path) -> None:
        replace(project / "kernels.yaml", "[copy.cc]", "[copy.cc]\n    flags: [-DUNUSED]")
        done = doit(project, "build")
        assert executed(done) == {"object:copy.o"}
        assert ".  object:copy.o  (flag -DUNUSED added)" in done.stdout

    def test_a_deleted_or_edited_target_is_made_again(self, project: Path) -> None:
        (project / "build/emulated/first/insts.bin").unlink()
        (project / "build/emulated/third/design.mlir").write_text("edited")
        done = doit(project, "build")
        assert executed(done) == {"build:first", "build:third"}
        assert ".  build:first  (output build/emulated/first/insts.bin is missing)" in done.stdout
        assert executed(doit(project, "build")) == set()

    def test_forgetting_executes_again(self, project: Path) -> None:
        doit(project, "forget", "build:first")
        assert executed(doit(project, "build")) == {"build:first"}

    def test_a_wrong_source_names_the_line_and_is_exit_code_2(self, project: Path) -> None:
        replace(project / "double.cc", "* 2", "* nothing")
        done = doit(project, "build", "test:third")
        assert done.returncode == 2
        assert "compiling double.o failed with exit code 1:" in done.stdout
        assert "double.cc:3:48: error: " in done.stdout
        assert "third  PASS (emulated)" in done.stdout  # the others go on
        assert "Traceback" not in done.stdout + done.stderr

    def test_a_design_that_the_checks_refuse_is_exit_code_1(self, project: Path) -> None:
        text = (project / "build/emulated/first/stages/0-template.mlir").read_text()
        (project / "half.mlir").write_text(text.replace("[1, 1, 1, 64]", "[1, 1, 1, 32]"))
        replace(project / "kernels.yaml", "{template: single_core}", "{file: half.mlir}", 1)
        done = doit(project, "build")
        assert done.returncode == 1
        assert "error: half.mlir:" in done.stdout
        assert "@x (MM2S 0 of tile (0, 0)) brings 32 bytes: 0 objects of 64 bytes and 32 bytes more" in done.stdout
        assert "[partial-object]" in (project / "build/emulated/first/logs/check.log").read_text()
        # The artefacts of the last good build are whole, and the design that was refused is there to be looked at.
        require_intact(project / "build/emulated/first/manifest.json", project)
        assert "[1, 1, 1, 32]" in (project / "half.mlir").read_text()

    def test_patches_leave_their_stages_and_proofs(self, project: Path) -> None:
        replace(
            project / "kernels.yaml", "{template: single_core}", "{template: single_core, patches: [memcpy-to-dma-task]}", 1
        )
        assert executed(doit(project, "build")) == {"build:first"}
        folder = project / "build/emulated/first"
        assert "aiex.dma_configure_task_for @x" in (folder / "design.mlir").read_text()
        assert {path.name for path in (folder / "stages").iterdir()} == {"0-template.mlir", "1-memcpy-to-dma-task.mlir"}
        assert (
            "same meaning, proven on the instruction stream" in (folder / "logs/patch-1-memcpy-to-dma-task.log").read_text()
        )

    def test_a_function_that_is_not_extern_c(self, project: Path) -> None:
        replace(project / "double.cc", 'extern "C" ', "")
        done = doit(project, "build:first")
        assert done.returncode == 2
        assert 'error: kernels.yaml:7:3: `double.o` has no function `twice`\nhint: declare it `extern "C"`' in done.stdout


class TestSmoke:
    def test_all_pass_with_table_and_junit(self, project: Path) -> None:
        done = doit(project)
        assert done.returncode == 0, done.stdout
        assert "3 PASS (emulated)" in done.stdout
        assert [line.split()[:3] for line in done.stdout.splitlines() if " PASS (emulated) yes" in line] == [
            ["first", "PASS", "(emulated)"],
            ["second", "PASS", "(emulated)"],
            ["third", "PASS", "(emulated)"],
        ]
        suite = ET.parse(project / "build/emulated/junit.xml").getroot()[0]  # noqa: S314 (our own)
        assert (suite.get("tests"), suite.get("failures")) == ("3", "0")

    def test_it_always_runs_when_asked_for(self, project: Path) -> None:
        for _ in range(2):
            assert executed(doit(project, "test:first")) == {"test:first"}

    def test_a_wrong_kernel_fails_with_exit_code_1(self, project: Path) -> None:
        replace(project / "double.cc", "* 2", "* 2 + (i == 5)")
        done = doit(project, "test")
        assert done.returncode == 1
        assert "2 FAIL (emulated), 1 PASS (emulated)" in done.stdout
        assert "case small, seed 1, run 1: error 1 exceeds 0 (element 5: got " in done.stdout

    def test_a_crash_is_a_result(self, project: Path) -> None:
        replace(project / "double.cc", "for (", "*(volatile int *)0 = 1; for (")
        done = doit(project, "test:first", "test:third")
        assert done.returncode == 1
        said = "error: double.cc: `twice` crashes with SIGSEGV on case small, seed 1, called on the host"
        assert said in done.stdout.replace("\n    ", " ")
        assert "note: `doit test:first sanitize=1` may name the line of C++" in done.stdout
        assert ".py" not in done.stdout
        assert "1 FAIL (emulated), 1 PASS (emulated)" in done.stdout

    def test_a_hang_is_explained(self, project: Path) -> None:
        """A core that hands its output on only for an input of 99, which is never drawn: no check can know."""
        text = (project / "build/emulated/first/stages/0-template.mlir").read_text()
        release = "aie.objectfifo.release @y(Produce, 1)"
        guard = f"""
        %value = memref.load %x.object[%c0] : memref<64xi8>
        %wanted = arith.constant 99 : i8
        %equal = arith.cmpi eq, %value, %wanted : i8
        scf.if %equal {{
          {release}
        }}"""
        assert release in text
        (project / "picky.mlir").write_text(text.replace(release, guard))
        replace(project / "kernels.yaml", "{template: single_core}", "{file: picky.mlir}", 1)
        done = doit(project, "test:first")
        assert done.returncode == 1, done.stdout
        assert "1 TIMEOUT (emulated)" in done.stdout
        assert "the sequence waits for a token of DMA 0 0 S2MM 0" in done.stdout
        assert "core (0, 2) waits to acquire @x Consume" in done.stdout

    def test_a_reference_that_fails_is_named(self, project: Path) -> None:
        replace(project / "double_reference.py", "return (x * 2.0,)", "return (x[100],)")
        done = doit(project, "test:first")
        assert done.returncode == 1
        assert "double_reference.py:7: IndexError: index 100 is out of bounds" in done.stdout.replace("\n    ", " ")

    def test_an_npu_that_is_not_there_is_unsupported(self, project: Path) -> None:
        done = doit(project, "test:first", "device=npu")
        assert done.returncode == 2
        assert "1 UNSUPPORTED (npu)" in done.stdout

    def test_a_kernel_that_is_not_built_is_skipped(self, project: Path) -> None:
        replace(project / "double.cc", "* 2", "* nothing")
        done = doit(project, "test:first")
        assert done.returncode == 2
        assert "first: SKIP (emulated)\n  - build:first failed" in done.stdout


class TestCommandLine:
    def test_list_shows_summaries_and_loads_nothing_heavy(self, project: Path) -> None:
        done = doit(project, "list")
        assert ["build:first", "a", "test"] in [line.split() for line in done.stdout.splitlines()]
        modules = loaded(doit(project, "list", python=("-X", "importtime")))
        assert "npubuild" in modules
        assert not modules & {"xdsl", "numpy"}

    def test_a_build_with_nothing_to_do_loads_nothing_heavy(self, project: Path) -> None:
        done = doit(project, "build", python=("-X", "importtime"))
        assert executed(done) == set()
        assert "npubuild" in loaded(done)
        assert not loaded(done) & {"xdsl", "numpy"}

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (("toolchain=npu",), "error: toolchain=npu needs Peano (clang++ for AIE), which was not found; looked for in "),
            (("toolchain=cuda",), "error: toolchain=cuda is unknown\nhint: toolchain is one of auto, emulated, npu"),
            (("toolchian=npu",), "error: unknown variable `toolchian`\nhint: did you mean `toolchain`?"),
            (("build:frist",), "error: unknown kernel `frist`\nhint: did you mean `first`?"),
            (("buld:first",), "error: unknown task `buld:first`\nhint: did you mean `build`?"),
            (("object:dubble.o",), "error: unknown object `dubble.o`\nhint: did you mean `double.o`?"),
            (("first",), "error: unknown task `first`\nhint: did you mean `build:first`?"),
        ],
    )
    def test_wrong_words_are_exit_code_2(self, project: Path, words: tuple[str, ...], message: str) -> None:
        done = doit(project, *words)
        assert done.returncode == 2
        assert message in done.stderr
        assert "Traceback" not in done.stderr

    def test_errors_of_kernels_yaml_are_exit_code_2(self, project: Path) -> None:
        replace(project / "kernels.yaml", "summary", "sumary", 1)
        done = doit(project, "list")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "error: kernels.yaml:8:5: unknown key `sumary`\nhint: did you mean `summary`?\n"

    def test_doctor(self, project: Path) -> None:
        done = doit(project, "doctor")
        assert done.returncode == 2  # no NPU builds without Peano
        assert "toolchain=emulated: ready" in done.stdout
        assert "toolchain=npu: lacks Peano (clang++ for AIE), " in done.stdout
        assert json.loads(doit(project, "doctor", "--json").stdout)["exit_code"] == 2


def test_settings() -> None:
    assert resolve_settings("auto", "auto") == Settings("emulated", "emulator")
    assert resolve_settings("emulated", "npu") == Settings("emulated", "npu")
    with pytest.raises(UserError, match="device=gpu is unknown"):
        resolve_settings("auto", "gpu")


def test_only_known_variables() -> None:
    reject_unknown_variables(["build", "-n=2", "--verbosity=2", "device=npu", "toolchain=auto"])
    with pytest.raises(UserError, match=r"unknown variable `devise`[\s\S]*did you mean `device`"):
        reject_unknown_variables(["devise=npu"])
