"""What a build shows of itself: a line that moves on a terminal, plain lines elsewhere, and files for other tools."""

import io
import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from npubuild.pipeline.lock import DeviceLock
from npubuild.report.progress import ERASE, Progress
from tests.building import doit, make_project


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def task(*depends: str, actions: bool = True) -> Any:
    return SimpleNamespace(actions=[print] if actions else [], task_dep=list(depends), setup_tasks=[])


TASKS = {"all": task("a", "b", actions=False), "a": task(), "b": task("a"), "unasked": task()}


def test_the_line_counts_what_was_asked_for_with_all_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    progress = Progress(stream)
    progress.expect(TASKS, ["all"])
    progress.begin("a")
    assert stream.getvalue() == f"{ERASE}[0/2, 0 s] a"
    progress.end("a", cached=True)
    progress.begin("b")
    assert progress.line() == "[1/2, 1 cached, 0 s] b"
    progress.erase()
    assert stream.getvalue().endswith(ERASE)


def test_elsewhere_nothing_moves() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.expect(TASKS, ["b"])
    progress.begin("a")
    progress.end("a")
    progress.erase()
    assert stream.getvalue() == ""


def test_a_build_on_a_terminal(tmp_path: Path) -> None:
    make_project(tmp_path / "project")
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "project"), "NPUBUILD_CACHE": "off", "TERM": "xterm"}
    argv = [sys.executable, "-m", "doit", "build"]
    child = subprocess.Popen(argv, cwd=tmp_path / "project", env=environment, stdout=slave, stderr=slave)
    os.close(slave)
    said = b""
    try:
        while data := os.read(master, 4096):
            said += data
    except OSError:
        pass  # Linux's way to say that the other side is closed
    assert child.wait() == 0
    assert b"\r\x1b[K[4/5, " in said
    assert said.endswith(b"\r\x1b[K")


def test_compile_commands_are_written_for_clangd(tmp_path: Path) -> None:
    make_project(tmp_path / "project")
    assert doit(tmp_path / "project", "object").returncode == 0
    entries = json.loads((tmp_path / "project" / "build" / "compile_commands.json").read_text())
    assert [entry["file"] for entry in entries] == ["double.cc", "copy.cc"]
    done = subprocess.run([*entries[0]["arguments"], "-fsyntax-only"], cwd=entries[0]["directory"], check=False)
    assert done.returncode == 0


def test_the_npu_is_used_by_one_at_a_time(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    order = []

    def use_later() -> None:
        with DeviceLock(tmp_path / "lock"):
            order.append("second")

    with DeviceLock(tmp_path / "lock"):
        other = threading.Thread(target=use_later)
        other.start()
        other.join(0.3)
        order.append("first")
    other.join(10)
    assert order == ["first", "second"]
    assert "the NPU is in use by another test: waiting for it" in capfd.readouterr().err
