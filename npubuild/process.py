"""The one door to other programs.

An argument list (never a shell string) is logged as it could be typed, runs in a process group of its own, and that whole
group is killed when its time is up. What it prints goes to a log file; a failure names kernel, tool, exit code and log.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from npubuild.errors import Diagnostic, Place, UserError

TIME_LIMIT = 600.0  # seconds
GRACE = 2.0  # seconds between asking a group to end and killing it
TAIL_BYTES = 8192
TAIL_LINES = 12


PARENT = "NPUBUILD_PARENT"  # the variable that tells a program which process has started it


@dataclass(frozen=True)
class Step:
    """What a program is run for: the names a failure must mention, and the log file of its output."""

    tool: str
    log: Path
    kernel: str = ""

    def __str__(self) -> str:
        return f"{self.kernel}: {self.tool}" if self.kernel else self.tool


@dataclass(frozen=True)
class Completed:
    """A program that ended by itself. `output` is the end of its standard output and error, in the order written."""

    argv: tuple[str, ...]
    exit_code: int
    output: str
    log: Path
    seconds: float


class TimeLimitError(UserError):
    """A program that was killed because its time was up."""


class SignalError(UserError):
    """A program that was ended by a signal, `name`."""

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic], name: str = "") -> None:
        super().__init__(diagnostics)
        self.name = name


def run(
    argv: Sequence[str | os.PathLike[str]],
    step: Step,
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
    answer: Path | None = None,
    meanwhile: Callable[[], object] = lambda: None,
    cure: Callable[[str], str] = lambda output: "",  # noqa: ARG005
) -> Completed:
    """Run a program to its end, appending command, output and exit code to `step.log`.

    `environment` is added to this process's own. Standard output goes to the file `answer` if one is given. `meanwhile` is
    done beside the program, once it has started. `cure` turns the end of the log into a hint, or "". Raises UserError when
    the program cannot be started, exits with another code than 0, or is still running after `time_limit` seconds.
    """
    words = tuple(os.fspath(word) for word in argv)
    step.log.parent.mkdir(parents=True, exist_ok=True)
    with step.log.open("ab") as log:
        log.write(f"$ {shlex.join(words)}\n".encode(errors="surrogateescape"))
        log.flush()
        begin = log.tell()
        started = time.monotonic()
        time_limit = _chosen_limit(time_limit)
        try:
            with answer.open("wb") if answer else contextlib.nullcontext(log) as output_file:
                child = _start(words, output_file, log, cwd, environment)
                exit_code = _wait(child, time_limit, meanwhile)
        except subprocess.TimeoutExpired:
            log.write(f"# killed after {time_limit:g} s\n".encode())
            message = f"{step} was still running after {time_limit:g} s and was killed"
            raise TimeLimitError.at(Place(_shown(step.log)), message, hint=f"run it by hand: {shlex.join(words)}") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            log.write(f"# not started: {reason}\n".encode())
            raise UserError.at(Place(words[0]), f"{step} cannot be started: {reason}") from error
        seconds = time.monotonic() - started
        output = _tail(step.log, begin)
        log.write(f"# exit code {exit_code} after {seconds:.2f} s\n".encode())
    if exit_code:
        message = f"{step} failed with {_describe(exit_code)}{_quote(output)}"
        found = Diagnostic(message, Place(_shown(step.log)), hint=cure(output))
        raise UserError(found) if exit_code > 0 else SignalError(found, _signal_name(exit_code))
    return Completed(words, exit_code, output, step.log, seconds)


def _chosen_limit(usual: float) -> float:
    """Seconds that a program may take: NPUBUILD_TIME_LIMIT where that is set."""
    text = os.environ.get("NPUBUILD_TIME_LIMIT", "")
    if not text:
        return usual
    try:
        chosen = float(text)
    except ValueError:
        chosen = 0.0
    if not 0 < chosen < threading.TIMEOUT_MAX:
        place = Place("$NPUBUILD_TIME_LIMIT")
        raise UserError.at(place, f"`{text}` is no time", hint=f"write a number of seconds, like {TIME_LIMIT:g}")
    return chosen


def query(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    time_limit: float = 20.0,
) -> str:
    """What a program prints when asked about itself (`--version`, `--help`); "" when it does not answer with exit code 0."""
    with tempfile.TemporaryFile() as answer:
        try:
            words = [os.fspath(word) for word in argv]
            exit_code = _wait(_start(words, answer, answer, cwd, environment), time_limit)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        answer.seek(0)
        return answer.read().decode(errors="replace") if exit_code == 0 else ""


def _shown(path: Path) -> str:
    """As a user would type it: relative to the current folder where it lies below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _start(
    words: Sequence[str],
    output: IO[bytes],
    errors: IO[bytes],
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """A child that leads a new session, and so a group of its own."""
    return subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C", PARENT: str(os.getpid()), **(environment or {})},
        start_new_session=True,
    )


def _wait(child: subprocess.Popen[bytes], time_limit: float, meanwhile: Callable[[], object] = lambda: None) -> int:
    """The exit code. When this is left early, for whatever reason, the child's group does not survive."""
    try:
        meanwhile()
        _wait_until_ended(child, time_limit)
        return child.wait(time_limit)
    finally:
        if child.returncode is None:
            _kill(child)


def _wait_until_ended(child: subprocess.Popen[bytes], time_limit: float) -> None:
    """At most as long as that. `Popen.wait` looks now and then, which costs up to 50 ms a program."""
    if not hasattr(os, "pidfd_open"):
        return
    try:
        descriptor = os.pidfd_open(child.pid)
    except OSError:  # an old kernel, or a container that forbids it
        return
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if not poll.poll(time_limit * 1000):
            raise subprocess.TimeoutExpired(child.args, time_limit)
    finally:
        os.close(descriptor)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the group politely, then by force. The leader is reaped last, so that its number cannot be reused meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
        # `wait` would reap the leader; look without reaping.
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline and not _has_ended(child.pid):
            time.sleep(0.01)
        os.killpg(child.pid, signal.SIGKILL)
    # A process that hangs inside a driver (a wedged NPU) does not even die of this: it is left behind, never waited for.
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _tail(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(begin, end - TAIL_BYTES))
        return file.read().decode(errors="replace")


def _quote(output: str) -> str:
    lines = output.rstrip().splitlines()[-TAIL_LINES:]
    return ":\n" + "\n".join(f"  | {line}" for line in lines) if lines else ""


def _describe(exit_code: int) -> str:
    if exit_code > 0:
        return f"exit code {exit_code}"
    return f"signal {_signal_name(exit_code)}"


def _signal_name(exit_code: int) -> str:
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return str(-exit_code)


def end_with_parent(parent: int) -> None:
    """Have this process killed when its parent ends, where the system can do that (Linux)."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    death_signal = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
    ctypes.CDLL(None).prctl(death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended just before
        os._exit(1)


def end_with_starter() -> None:
    """The same in a program that `run` has started, which tells it by a variable."""
    if parent := os.environ.get(PARENT):
        end_with_parent(int(parent))
