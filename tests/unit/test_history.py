"""The history of smoke tests, and the look of what is printed."""

import io
from pathlib import Path

import pytest

from npubuild.cli import main
from npubuild.errors import UserError
from npubuild.report.history import Entry, history, latest_by_kernel, remember
from npubuild.report.steps import StepRecord, read_steps, record_steps
from npubuild.terminal import painted, table, wants_colour


def entry(at: float, kernel: str, status: str = "PASS") -> Entry:
    return Entry(at, "emulated", "emulated", kernel, status, True, 0.99999, 0.5, 0.001, 300, 4000)


def test_entries_come_back_oldest_first(tmp_path: Path) -> None:
    file = tmp_path / "build" / "history.sqlite"
    assert history(file) == []
    remember(file, [entry(1, "mel"), entry(1, "gelu")])
    remember(file, [entry(2, "mel", "FAIL"), Entry(2, "npu", "npu", "gelu", "UNSUPPORTED")])
    assert [found.status for found in history(file, "mel")] == ["PASS", "FAIL"]
    assert history(file, "mel", 1) == [entry(2, "mel", "FAIL")]
    assert history(file, "gelu")[-1].exact is None
    assert {name: len(found) for name, found in latest_by_kernel(file, 1).items()} == {"mel": 1, "gelu": 1}


def test_a_file_that_is_no_database_is_told_by_name(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    file.write_text("nothing of the kind, but long enough to be looked at" * 40)
    with pytest.raises(UserError, match="is no usable history"):
        remember(file, [entry(1, "mel")])


def test_the_history_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["history", "mel"]) == 2
    assert "doit test makes some" in capsys.readouterr().err
    remember(tmp_path / "build" / "history.sqlite", [entry(1, "mel"), entry(2, "mel", "FAIL")])
    assert main(["history", "mel"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["when", "status", "exact", "corr", "error", "ms", "stream", "xclbin"]
    assert ["PASS" in line for line in lines[2:]] == [True, False]
    assert all(len(line) <= 80 for line in lines)
    assert main(["history", "mell"]) == 2
    assert "mel" in capsys.readouterr().err.splitlines()[1]


def test_steps_are_kept_until_they_run_again(tmp_path: Path) -> None:
    file = tmp_path / "steps.json"
    record_steps(file, {"build:a": StepRecord(1.0, "not built yet"), "build:b": StepRecord(2.0)})
    record_steps(file, {"build:a": StepRecord(3.0, cached=True)})
    assert read_steps(file) == {"build:a": StepRecord(3.0, cached=True), "build:b": StepRecord(2.0)}
    file.write_text("[1]")
    assert read_steps(file) == {}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_whose_user_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not wants_colour(Terminal())


def test_colour_adds_nothing_but_colour() -> None:
    text = "mel PASS (emulated)\nerror: a.mlir:1: no PASSAGE [rule]\nhint: do\nok   g++: /usr/bin/g++\n----------"
    assert painted(text) == (
        "mel \x1b[32mPASS\x1b[0m (emulated)\n\x1b[31merror:\x1b[0m a.mlir:1: no PASSAGE [rule]\n\x1b[36mhint:\x1b[0m do\n"
        "\x1b[32mok  \x1b[0m g++: /usr/bin/g++\n\x1b[2m----------\x1b[0m"
    )


def test_tables_are_aligned() -> None:
    assert (
        table(("kernel", "ms"), [("a", "1"), ("gelu_i8", "12.5")])
        == "kernel    ms\n------------\na          1\ngelu_i8 12.5"
    )


def test_completion_knows_commands_and_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert main(["completion", shell]) == 0
        script = capsys.readouterr().out
        assert " draw " in script
        assert "COMMANDS" not in script.replace("COMP_", "")
    monkeypatch.chdir(Path(__file__).parents[2])
    assert main(["completion", "names"]) == 0
    assert "attention_4col" in capsys.readouterr().out.split()
    monkeypatch.chdir(tmp_path)
    assert main(["completion", "names"]) == 2
    assert capsys.readouterr().err == ""
