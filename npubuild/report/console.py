"""What doit prints: one line for each task that runs, with its reason; errors as they are; the smoke table at the end."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doit.exceptions import BaseFail, TaskFailed, UnmetDependency
from doit.reporter import ConsoleReporter

from npubuild.errors import UserError
from npubuild.files import write_atomically
from npubuild.report.progress import Progress
from npubuild.report.steps import StepClock
from npubuild.terminal import painted, wants_colour

if TYPE_CHECKING:
    from npubuild.smoke.result import Result

MOST_CAUSES = 3


@dataclass(frozen=True)
class SmokeTask:
    """What a test task carries for the report: where its result will be, and where the JUnit XML goes."""

    kernel: str
    device: str
    result: Path
    junit: Path


class Reporter(ConsoleReporter):  # type: ignore[misc]
    """The reporter of dodo.py."""

    desc = "one line a task, and a table of smoke tests"

    def __init__(self, outstream: Any, options: Mapping[str, Any]) -> None:
        super().__init__(outstream, options)
        self.smoke: list[tuple[SmokeTask, Result]] = []
        self.failed = False  # a check or a test
        self.errors = False  # anything else
        self.clock = StepClock()
        self.progress = Progress(outstream)
        self.broken: list[str] = []
        self.untried: list[str] = []

    def initialize(self, tasks: Mapping[str, Any], selected_tasks: Sequence[str]) -> None:
        super().initialize(tasks, selected_tasks)
        self.progress.expect(tasks, selected_tasks)

    def write(self, text: str) -> None:
        """A line that stays: the one that moves is written again below it."""
        self.progress.erase()
        super().write(text)

    def execute_task(self, task: Any) -> None:
        self.clock.begin(task)
        if task.actions and not _is_silent(task):
            reason = (task.meta or {}).get("reason", "")
            self.write(f".  {task.name}{f'  ({reason})' if reason else ''}\n")
            self.outstream.flush()
            self.progress.begin(task.name)

    def skip_uptodate(self, task: Any) -> None:
        if task.actions:
            self.write(f"-- {task.name}\n")
            self.progress.end(task.name)

    def add_success(self, task: Any) -> None:
        self.clock.end(task, failed=False)
        self._collect(task, None)
        if task.actions and not _is_silent(task):
            cached = bool(task.values.get("cached"))
            if cached:
                self.write(f"   {task.name}  [cache]\n")
            self.progress.end(task.name, cached=cached)

    def add_failure(self, task: Any, fail: BaseFail) -> None:
        self.clock.end(task, failed=True)
        self.progress.end(task.name)
        if isinstance(fail, UnmetDependency):
            self._collect(task, fail)
            if task.actions:
                self.untried.append(task.name)
            return  # its cause has been reported
        self.broken.append(task.name)
        self.failed |= isinstance(fail, TaskFailed)
        self.errors |= not isinstance(fail, TaskFailed)
        if not self._collect(task, fail) and not _is_silent(task):
            self._show(f"\n{task.name} failed\n{fail.get_msg().rstrip()}\n\n")

    def complete_run(self) -> None:
        self.progress.erase()
        self._save(self.clock.save)
        if self.runtime_errors:
            self.errors = True
            self.write("\n".join(self.runtime_errors) + "\n")
        if self.smoke:
            from npubuild.report.junit import junit_xml
            from npubuild.report.table import smoke_table, summary

            results = [result for _, result in self.smoke]
            suite = f"smoke.{results[0].device}"
            self._save(lambda: write_atomically(self.smoke[0][0].junit, junit_xml(results, suite)))
            self._remember()
            self._show(f"\n{smoke_table(results)}\n\n{summary(results)}\n")
        if self.untried:
            self.write(f"failed: {', '.join(self.broken)}\nnot tried because of that: {', '.join(self.untried)}\n")
        if self.failed and not self.errors:
            # doit counts the group of what failed as an error (exit code 2); a failed check or test is exit code 1.
            self.outstream.flush()
            sys.exit(1)

    def _show(self, text: str) -> None:
        """Write text, in colour where that is wanted."""
        self.write(painted(text) if wants_colour(self.outstream) else text)

    def _save(self, save: Callable[[], None]) -> None:
        """A report that cannot be written is an error that is told, not the end of all the others."""
        try:
            save()
        except UserError as error:
            self.errors = True
            self.write(f"{error}\n")

    def _remember(self) -> None:
        """Add the results to the history; one that cannot be written fails no build."""
        from npubuild.report.history import NAME, entry_of, remember

        folder = self.smoke[0][0].junit.parent
        now = time.time()
        entries = [entry_of(result, folder.name, folder / result.kernel, now) for _, result in self.smoke]
        try:
            remember(folder.parent / NAME, entries)
        except UserError as error:
            self.write(f"{error}\n")

    def _collect(self, task: Any, fail: BaseFail | None) -> bool:
        """Whether the task is a smoke test, whose result is kept for the table."""
        smoke = (task.meta or {}).get("smoke")
        if not isinstance(smoke, SmokeTask):
            return False
        from npubuild.smoke.result import DEVICE_NAMES, Result, Status, load_result

        device = DEVICE_NAMES[smoke.device]
        if isinstance(fail, UnmetDependency):
            result = Result(smoke.kernel, Status.SKIP, device, (f"build:{smoke.kernel} failed",))
        else:
            try:
                result = load_result(smoke.result)
            except UserError as error:
                result = Result(smoke.kernel, Status.FAIL, device, (str(error), fail.get_msg() if fail else ""))
            if result.status in {Status.FAIL, Status.TIMEOUT}:
                causes = known_causes(smoke.result.parent / "logs" / "check.log")
                result = dataclasses.replace(result, problems=(*result.problems, *causes))
        self.smoke.append((smoke, result))
        return True


def _is_silent(task: Any) -> bool:
    """Whether the task says everything itself: its output may be read by a program."""
    return bool((task.meta or {}).get("silent"))


def known_causes(log: Path) -> list[str]:
    """What the checks have found in the design of a kernel that failed."""
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    found = [line.partition(": ")[2] for line in lines if line.startswith(("error: ", "warning: "))]
    return [f"likely cause: {text}" for text in found[:MOST_CAUSES]]
