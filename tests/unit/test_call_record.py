"""What is known of a process that a C function has ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from npubuild.smoke.call_record import CallRecord, death_in_call
from tests.building import doit, make_project, replace

PROJECT = Path(__file__).parents[2]
CALL = """
import ctypes, pathlib, sys
from npubuild.smoke.call_record import CallRecord
record = CallRecord(pathlib.Path(sys.argv[1]), "case ramp, seed 1", 0.2)
with record.during("first", "k.cc"):
    pass
assert not record.file.exists()
with record.during("f", "k.cc"):
    ctypes.CDLL(None).{call}
"""


@pytest.mark.parametrize(
    ("call", "ended_by", "said"),
    [
        ("abort()", "SIGABRT", "error: k.cc: `f` crashes with SIGABRT on case ramp, seed 1, called on the host"),
        ("sleep(60)", "SIGALRM", "error: k.cc: `f` does not return within 0.2 s on case ramp, seed 1, called on the host"),
    ],
)
def test_the_call_is_named(tmp_path: Path, call: str, ended_by: str, said: str) -> None:
    argv = [sys.executable, "-c", CALL.format(call=call), tmp_path / "record"]
    done = subprocess.run(argv, capture_output=True, cwd=PROJECT, check=False)
    assert -done.returncode == signal.Signals[ended_by]
    assert str(death_in_call(tmp_path / "record", ended_by)) == said
    assert death_in_call(tmp_path / "record", "SIGKILL") is None  # somebody else did that


def test_no_call_is_named_when_none_was_made(tmp_path: Path) -> None:
    assert death_in_call(tmp_path / "record", "SIGSEGV") is None
    with CallRecord(tmp_path / "record").during("f", "k.cc"):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 29
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert death_in_call(tmp_path / "record", "SIGSEGV") is None


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A project whose kernel never returns, built."""
    make_project(tmp_path / "project")
    loop = "for (volatile int forever = 1; forever;) {} for ("
    replace(tmp_path / "project" / "double.cc", "for (", loop)
    assert doit(tmp_path / "project", "build:first").returncode == 0
    return tmp_path / "project"


def test_an_endless_loop_is_named(endless: Path) -> None:
    replace(endless / "npubuild/smoke/call_record.py", "TIME_LIMIT = 30.0", "TIME_LIMIT = 0.5")
    done = doit(endless, "test:first")
    assert done.returncode == 1
    assert "1 TIMEOUT (emulated)" in done.stdout
    said = "error: double.cc: `twice` does not return within 0.5 s on case small, seed 1, called on the host"
    assert said in done.stdout.replace("\n    ", " ")
    assert "note: `doit test:first sanitize=1`" in done.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs prctl and /proc")
def test_a_test_ends_with_the_build_that_started_it(endless: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(endless), "PEANO_INSTALL_DIR": "/nowhere", "NPUBUILD_CACHE": "off"}
    argv = [sys.executable, "-m", "doit", "test:first"]
    build = subprocess.Popen(argv, cwd=endless, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    record = endless / "build/emulated/first/host-call.json"
    assert within(20, record.exists)
    [child] = [int(word) for word in Path(f"/proc/{build.pid}/task/{build.pid}/children").read_text().split()]
    build.send_signal(signal.SIGTERM)
    build.wait(10)
    assert within(5, lambda: has_ended(child))


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def within(seconds: float, happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not happened():
        time.sleep(0.05)
    return happened()
