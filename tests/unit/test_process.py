import os
import sys
import time
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.process import SignalError, Step, TimeLimitError, query, run


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step("tool", tmp_path / "logs" / "tool.log", "mel")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_success_is_logged_with_its_command(step: Step) -> None:
    done = run(["echo", "one word", "*"], step)
    assert done.exit_code == 0
    assert done.output == "one word *\n"
    assert step.log.read_text().startswith("$ echo 'one word' '*'\none word *\n# exit code 0 after ")


def test_failure_names_kernel_tool_exit_code_log_and_last_lines(step: Step) -> None:
    with pytest.raises(UserError) as caught:
        run(python("print('first'); print('last'); raise SystemExit(7)"), step)
    assert str(caught.value) == f"error: {step.log}: mel: tool failed with exit code 7:\n  | first\n  | last"


def test_a_known_message_brings_its_cure(step: Step) -> None:
    with pytest.raises(UserError, match="hint: install it") as caught:
        run(python("raise SystemExit('no such thing')"), step, cure=lambda output: "install it" if "thing" in output else "")
    assert caught.value.diagnostics[0].hint == "install it"


def test_death_by_signal_is_named(step: Step) -> None:
    with pytest.raises(SignalError, match="failed with signal SIGSEGV") as caught:
        run(python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"), step)
    assert caught.value.name == "SIGSEGV"


def test_missing_program(step: Step) -> None:
    with pytest.raises(UserError, match="no-such-tool: mel: tool cannot be started: no such file or directory"):
        run(["no-such-tool"], step)


def test_a_group_is_killed_when_its_time_is_up(step: Step, tmp_path: Path) -> None:
    """Also the grandchild, which ignores the polite signal."""
    pid_file = tmp_path / "pid"
    grandchild = f"""
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))
time.sleep(60)
"""
    code = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {grandchild!r}]); time.sleep(60)"
    begin = time.monotonic()
    with pytest.raises(TimeLimitError, match=r"mel: tool was still running after 1 s and was killed"):
        run(python(code), step, time_limit=1)
    assert time.monotonic() - begin < 10
    assert has_ended(int(pid_file.read_text()))
    assert "# killed after 1 s" in step.log.read_text()


def has_ended(pid: int) -> bool:
    """A killed orphan stays visible until its new parent has waited for it."""
    for _ in range(50):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_standard_output_can_be_an_answer(step: Step, tmp_path: Path) -> None:
    code = "import sys; print('design'); print('note', file=sys.stderr)"
    assert run(python(code), step, answer=tmp_path / "answer").output == "note\n"
    assert (tmp_path / "answer").read_text() == "design\n"


def test_output_that_is_no_text_does_not_disturb(step: Step) -> None:
    assert run(python(r"import sys; sys.stdout.buffer.write(b'\xff\x00')"), step).output == "\ufffd\0"


def test_environment_is_added(step: Step) -> None:
    done = run(python("import os; print(os.environ['EXTRA'], 'PATH' in os.environ)"), step, environment={"EXTRA": "x"})
    assert done.output == "x True\n"


def test_query() -> None:
    assert query(python("print('version 1')")) == "version 1\n"
    assert query(python("print('x'); raise SystemExit(1)")) == ""
    assert query([os.devnull]) == ""
    assert query(python("import time; time.sleep(60)"), time_limit=0.2) == ""
