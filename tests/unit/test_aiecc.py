"""Every generation of aiecc: recognised by its help, given only flags that it has, and held to what it writes."""

import os
from pathlib import Path

import pytest

from npubuild.errors import InternalError, UserError
from npubuild.process import Step
from npubuild.toolchain.aiecc import Aiecc, compile_design, lower_design, open_aiecc
from npubuild.toolchain.flags import parse_help
from npubuild.toolchain.generations import recognise
from tests import standins
from tests.standins import HELPS, help_file

CHESS = ["--no-xchesscc", "--no-xbridge"]
GENERATION_OF = {name: name.removesuffix("-early") for name in HELPS}
NO_HOST = {"oct25", "mar26-early", "mar26", "mid-jul26"}
OLD_NAMES = NO_HOST
WITHOUT_SWITCHES = {"aug26", "aug26-early"}
DESIGN = "module {\n}\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a Peano, a log of the stand-in's calls, and a stream for it to write."""
    peano = tmp_path / "peano" / "bin" / "clang++"
    peano.parent.mkdir(parents=True)
    peano.touch()
    (tmp_path / "stream").write_bytes(b"stream")
    monkeypatch.setenv("STANDIN_LOG", str(tmp_path / "calls"))
    monkeypatch.setenv("STANDIN_PROJECT", str(standins.PROJECT))
    return tmp_path


def installed(work: Path, name: str) -> Aiecc:
    return open_aiecc(standins.aiecc(work / "bin", name, work / "stream"))


def step(work: Path) -> Step:
    return Step("aiecc", work / "aiecc.log", "mel")


class TestHelp:
    def test_all_flags_of_a_real_text(self) -> None:
        found = parse_help(help_file("mar26").read_text())
        assert len(found.flags) == 73
        assert found.flags["--no-compile"].takes_value is False
        assert found.flags["--npu-insts-name"].takes_value is True
        assert found.flags["-j"].takes_value is True
        assert found.text("-n") == "Dry run mode (don't execute commands)"
        assert found.text("--elide-all-zero-branch-weights") == ""

    def test_the_earlier_text_lacks_what_came_later(self) -> None:
        early, late = (parse_help(help_file(name).read_text()) for name in ("mar26-early", "mar26"))
        assert late.flags.keys() - early.flags.keys() >= {"-j", "--unified", "--no-materialize", "-I"}
        assert early.flags.keys() < late.flags.keys()

    def test_argparse_with_help_on_the_next_line_and_two_names(self) -> None:
        found = parse_help(help_file("oct25").read_text())
        assert found.flags["--peano"].takes_value is True
        assert found.text("--peano") == "Root directory where the Peano compiler is installed"
        assert found.flags["-j"].takes_value is found.flags["--nthreads"].takes_value is True
        assert found.flags["--no-xbridge"].takes_value is False

    def test_what_is_no_help_has_no_flags(self) -> None:
        assert parse_help("").flags == parse_help("Segmentation fault\n - no\n").flags == {}


class TestGeneration:
    @pytest.mark.parametrize("name", HELPS)
    def test_each_is_recognised(self, name: str) -> None:
        found = recognise(parse_help(help_file(name).read_text()))
        assert found is not None
        assert found.name == GENERATION_OF[name]

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            ("mar26", "--aie-generate-xclbin ", "--make-xclbin "),
            ("mar26", "--peano=<string>", "--piano=<string>"),
            ("mar26", "--no-xbridge", "--no-ybridge"),
            ("aug26", "--get-npu-insts", "--npu-insts"),
            ("aug26", "OVERVIEW: AIE", "AIE"),
        ],
    )
    def test_a_help_that_differs_is_refused_with_what_was_expected_and_seen(
        self, work: Path, name: str, old: str, new: str
    ) -> None:
        text = help_file(name).read_text()
        assert old in text
        (work / "help").write_text(text.replace(old, new))
        tool = standins.script(work / "aiecc", standins.TOOLS / "aiecc_standin.py", "next", work / "help", "-")
        with pytest.raises(UserError) as caught:
            open_aiecc(tool)
        message = str(caught.value)
        assert f"error: {tool}: is an aiecc of no known generation\n" in message
        assert "expected: oct25 (October 2025 (v1.1)): usage of a Python program, --aie-generate-xclbin" in message
        assert "expected: aug26" in message
        assert "  seen: `" in message

    def test_both_package_flags_belong_to_no_generation(self) -> None:
        text = help_file("aug26").read_text().replace("  --get-xclbin", "  --aie-generate-xclbin - old\n  --get-xclbin")
        assert recognise(parse_help(text)) is None

    def test_a_tool_that_does_not_answer(self, work: Path) -> None:
        tool = standins.script(work / "aiecc", "-c", "raise SystemExit(1)")
        with pytest.raises(UserError, match="seen: `no help at all`, none of their flags"):
            open_aiecc(tool)


class TestCommandLine:
    @pytest.mark.parametrize("name", HELPS)
    def test_package(self, work: Path, name: str) -> None:
        aiecc = installed(work, name)
        old = name in OLD_NAMES
        assert aiecc.package_argv(Path("/opt/peano")) == [
            str(aiecc.path),
            *(["--no-compile-host"] if name in NO_HOST else []),
            *([] if name in WITHOUT_SWITCHES else CHESS),
            "--peano=/opt/peano",
            "--aie-generate-xclbin" if old else "--get-xclbin",
            "--xclbin-name=final.xclbin",
            "--aie-generate-npu-insts" if old else "--get-npu-insts",
            "--npu-insts-name=insts.bin",
            "--tmpdir=design.prj",
            "design.mlir",
        ]

    @pytest.mark.parametrize("name", HELPS)
    def test_stream_only(self, work: Path, name: str) -> None:
        aiecc = installed(work, name)
        assert aiecc.stream_argv() == [
            str(aiecc.path),
            "--no-compile",
            "--no-link",
            *(["--no-compile-host"] if name in NO_HOST else []),
            *([] if name in WITHOUT_SWITCHES else CHESS),
            "--aie-generate-npu-insts" if name in OLD_NAMES else "--get-npu-insts",
            "--npu-insts-name=insts.bin",
            "--tmpdir=design.prj",
            "design.mlir",
        ]

    def test_a_flag_that_the_help_lacks_is_never_passed(self, work: Path) -> None:
        aiecc = installed(work, "mar26")
        without = {name: flag for name, flag in aiecc.help.flags.items() if name not in {"--no-link", "--tmpdir"}}
        crippled = Aiecc(aiecc.path, aiecc.generation, type(aiecc.help)(aiecc.help.overview, without))
        with pytest.raises(InternalError, match="has no `--tmpdir`"):
            crippled.stream_argv()

    def test_the_stand_in_itself_is_strict(self, work: Path) -> None:
        tool = standins.aiecc(work / "bin", "aug26", work / "stream")
        assert os.system(f"{tool} --no-xchesscc design.mlir 2>{work}/err") != 0  # noqa: S605
        assert "Unknown command line argument '--no-xchesscc'" in (work / "err").read_text()


class TestRun:
    @pytest.mark.parametrize("name", HELPS)
    def test_package_and_stream_of_every_generation(self, work: Path, name: str) -> None:
        aiecc = installed(work, name)
        xclbin, stream = compile_design(DESIGN, work / "run.prj", aiecc, work / "peano", step(work))
        assert (xclbin[:7], stream) == (b"xclbin2", b"stream")
        assert lower_design(DESIGN, work / "run.prj", aiecc, step(work)) == b"stream"
        package, lowered = standins.calls(work / "calls")
        assert package == aiecc.package_argv(work / "peano")[1:]
        assert lowered == aiecc.stream_argv()[1:]
        assert not (work / "run.prj").exists()

    def test_each_run_has_a_folder_of_its_own_without_old_files(self, work: Path) -> None:
        (work / "run.prj").mkdir()
        (work / "run.prj" / "insts.bin").write_bytes(b"of another build")
        aiecc = open_aiecc(standins.aiecc(work / "bin", "mar26"))
        with pytest.raises(UserError, match=r"did not write insts\.bin; its folder has design\.mlir"):
            lower_design(DESIGN, work / "run.prj", aiecc, step(work))

    @pytest.mark.parametrize("variable", ["STANDIN_SKIP", "STANDIN_OLD"])
    def test_an_output_that_is_missing_or_old(self, work: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
        aiecc = installed(work, "mar26")
        monkeypatch.setenv(variable, "final.xclbin")
        problem = {"STANDIN_SKIP": "did not write final.xclbin", "STANDIN_OLD": "final.xclbin is older than this run"}
        with pytest.raises(UserError, match=problem[variable]):
            compile_design(DESIGN, work / "run.prj", aiecc, work / "peano", step(work))

    def test_an_empty_output(self, work: Path) -> None:
        (work / "stream").write_bytes(b"")
        with pytest.raises(UserError, match=r"insts\.bin is empty"):
            lower_design(DESIGN, work / "run.prj", installed(work, "mar26"), step(work))

    def test_a_stream_in_the_work_folder_is_found(self, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STANDIN_IN_WORK", "1")
        assert lower_design(DESIGN, work / "run.prj", installed(work, "mar26"), step(work)) == b"stream"

    def test_one_of_several_sequences_has_a_name_of_its_own(self, work: Path) -> None:
        aiecc = installed(work, "mar26")
        assert lower_design(DESIGN, work / "run.prj", aiecc, step(work), named=("main", "sequence")) == b"stream"
        assert "--npu-insts-name=insts.{0}.{1}.bin" in standins.calls(work / "calls")[0]

    def test_a_failure_keeps_the_folder_and_brings_the_cure(self, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STANDIN_FAIL", "error: 'aie.tile' op allocated buffers exceeded available memory")
        with pytest.raises(UserError) as caught:
            compile_design(DESIGN, work / "run.prj", installed(work, "mar26"), work / "peano", step(work))
        message = str(caught.value)
        assert "mel: aiecc failed with exit code 1:" in message
        assert "hint: object fifos and stack exceed the 64 KiB" in message
        assert f"note: the tool's working directory was kept: {work}/run.prj" in message
        assert (work / "run.prj" / "design.mlir").read_text() == DESIGN

    def test_a_dead_peano_is_reported_by_the_tool(self, work: Path) -> None:
        with pytest.raises(UserError, match="Peano was not found"):
            compile_design(DESIGN, work / "run.prj", installed(work, "mar26"), Path("/dead"), step(work))
