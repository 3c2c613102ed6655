"""`npubuild lower --with aiecc`: the real tool's stream beside our own, for every spelling, and when they differ."""

from pathlib import Path

import pytest

from npubuild.cli import main
from npubuild.crosscheck import cross_check
from npubuild.lowering.disassembly import assemble, disassemble
from npubuild.lowering.sequence import lower
from npubuild.lowering.side_by_side import side_by_side
from npubuild.lowering.txn import decode, encode
from npubuild.mlir.source import read_design
from tests import standins
from tests.oracle_files import ORACLE, golden_bytes

NAME = "linear_i8_single_core"
DESIGN = ORACLE / "designs" / f"{NAME}.mlir"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An aiecc of March 2026 alone on PATH: no Peano, no xclbinutil."""
    (tmp_path / "stream").write_bytes(golden_bytes(f"{NAME}.insts.hex"))
    monkeypatch.setenv("STANDIN_LOG", str(tmp_path / "calls"))
    monkeypatch.setenv("STANDIN_PROJECT", str(standins.PROJECT))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("MLIR_AIE_INSTALL_DIR", raising=False)
    return standins.aiecc(tmp_path / "bin", "mar26", tmp_path / "stream")


def test_equal_streams(tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lower", "--with", "aiecc", str(DESIGN), "-o", str(tmp_path / "insts.bin")]) == 0
    size = len(golden_bytes(f"{NAME}.insts.hex"))
    assert capsys.readouterr().out == f"identical: {size} bytes, as {tool} (March 2026) makes them\n"
    assert (tmp_path / "insts.bin").read_bytes() == (tmp_path / "stream").read_bytes()
    (words,) = standins.calls(tmp_path / "calls")
    assert "--no-compile" in words
    assert not [word for word in words if word.startswith("--peano") or "xclbin" in word]


def test_no_output_file_is_needed(tool: Path) -> None:
    assert main(["lower", "--with", "aiecc", str(DESIGN)]) == 0


def test_different_streams_are_shown_side_by_side(tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = disassemble(decode((tmp_path / "stream").read_bytes(), "golden"))
    lines = [line for line in text.splitlines() if not line.startswith("sync")]
    assert len(lines) < len(text.splitlines())
    (tmp_path / "stream").write_bytes(encode(assemble("\n".join(lines), "edited")))
    assert main(["lower", "--with", "aiecc", str(DESIGN)]) == 1
    output = capsys.readouterr().out
    assert output.startswith("different: ")
    assert [line for line in output.splitlines() if line.startswith("sync") and line.endswith("<")]
    assert "npubuild" in output.splitlines()[2]
    assert output.splitlines()[2].endswith("aiecc mar26")


def test_a_stream_that_is_none(tool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stream").write_bytes(b"not a stream")
    assert main(["lower", "--with", "aiecc", str(DESIGN)]) == 2
    assert "the stream of aiecc mar26" in capsys.readouterr().err


def test_the_tool_refuses(tool: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("STANDIN_FAIL", "design.mlir:3:5: error: operand #0 does not dominate this use")
    assert main(["lower", "--with", "aiecc", str(DESIGN)]) == 2
    error = capsys.readouterr().err
    assert "aiecc failed with exit code 1" in error
    assert "hint: the design uses a value before its definition" in error
    assert "note: the tool's working directory was kept: " in error


def test_without_the_tool(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.delenv("MLIR_AIE_INSTALL_DIR", raising=False)
    assert main(["lower", "--with", "aiecc", str(DESIGN)]) == 2
    assert "error: lower --with aiecc needs aiecc (mlir-aie), which was not found; looked for in" in capsys.readouterr().err


def test_without_an_output_file_and_a_tool(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lower", str(DESIGN)]) == 2
    assert capsys.readouterr().err == "error: no output file is named\nhint: npubuild lower DESIGN.mlir -o insts.bin\n"


@pytest.mark.parametrize(("name", "word"), [("oct25", "aiex.runtime_sequence"), ("mar26", "aie.runtime_sequence")])
def test_the_design_is_printed_as_the_generation_reads_it(
    tool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, word: str
) -> None:
    for program in (tmp_path / "bin").iterdir():
        program.unlink()
    standins.aiecc(tmp_path / "bin", name, tmp_path / "stream")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("STANDIN_FAIL", "stop here, so that the folder is kept")
    monkeypatch.setattr("tempfile.tempdir", None)
    assert main(["lower", "--with", "aiecc", str(DESIGN)]) == 2
    (design,) = tmp_path.glob("npubuild-aiecc-*/run/design.mlir")
    assert f" {word}(" in design.read_text()


@pytest.mark.parametrize(
    ("name", "device", "sequence"),
    [("two_sequences_named", "totals", "two_rows"), ("two_devices_two_binaries", "plus", "go")],
)
def test_one_of_several_sequences(
    tool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, name: str, device: str, sequence: str
) -> None:
    (tmp_path / "stream").write_bytes(golden_bytes(f"{name}.{device}.{sequence}.insts.hex"))
    monkeypatch.setenv("STANDIN_NAMES", f"{device} {sequence}")
    design = str(ORACLE / "designs" / f"{name}.mlir")
    assert main(["lower", "--with", "aiecc", design, "--device", device, "--sequence", sequence]) == 0
    assert "--npu-insts-name=insts.{0}.{1}.bin" in standins.calls(tmp_path / "calls")[0]


def test_rows_that_only_one_side_has() -> None:
    stream = lower(read_design(DESIGN))
    shorter = assemble("\n".join(disassemble(stream).splitlines()[:-1]), "shorter")
    lines = side_by_side(stream, shorter, ("left", "right")).splitlines()
    assert lines[-1].endswith(" <")
    assert side_by_side(shorter, stream, ("left", "right")).splitlines()[-1].lstrip().startswith("> ")
    assert not cross_check(stream, encode(shorter), "x").agrees
