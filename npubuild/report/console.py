"""What doit prints: one line for each task that runs, with its reason; errors as they are; the smoke table at the end."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doit.exceptions import BaseFail, TaskFailed, UnmetDependency
from doit.reporter import ConsoleReporter

from npubuild.errors import UserError
from npubuild.files import write_atomically
from npubuild.report.junit import junit_xml
from npubuild.report.table import smoke_table, summary
from npubuild.smoke.result import DEVICE_NAMES, Result, Status, load_result


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

    def execute_task(self, task: Any) -> None:
        if task.actions:
            reason = (task.meta or {}).get("reason", "")
            self.write(f".  {task.name}{f'  ({reason})' if reason else ''}\n")
            self.outstream.flush()

    def skip_uptodate(self, task: Any) -> None:
        if task.actions:
            self.write(f"-- {task.name}\n")

    def add_success(self, task: Any) -> None:
        self._collect(task, None)

    def add_failure(self, task: Any, fail: BaseFail) -> None:
        if isinstance(fail, UnmetDependency):
            self._collect(task, fail)
            return  # its cause has been reported
        self.failed |= isinstance(fail, TaskFailed)
        self.errors |= not isinstance(fail, TaskFailed)
        if not self._collect(task, fail):
            self.write(f"\n{task.name} failed\n{fail.get_msg().rstrip()}\n\n")

    def complete_run(self) -> None:
        if self.runtime_errors:
            self.errors = True
            self.write("\n".join(self.runtime_errors) + "\n")
        if self.smoke:
            results = [result for _, result in self.smoke]
            suite = f"smoke.{results[0].device}"
            write_atomically(self.smoke[0][0].junit, junit_xml(results, suite))
            self.write(f"\n{smoke_table(results)}\n\n{summary(results)}\n")
        if self.failed and not self.errors:
            # doit counts the group of what failed as an error (exit code 2); a failed check or test is exit code 1.
            self.outstream.flush()
            sys.exit(1)

    def _collect(self, task: Any, fail: BaseFail | None) -> bool:
        """Whether the task is a smoke test, whose result is kept for the table."""
        smoke = (task.meta or {}).get("smoke")
        if not isinstance(smoke, SmokeTask):
            return False
        device = DEVICE_NAMES[smoke.device]
        if isinstance(fail, UnmetDependency):
            result = Result(smoke.kernel, Status.SKIP, device, (f"build:{smoke.kernel} failed",))
        else:
            try:
                result = load_result(smoke.result)
            except UserError as error:
                result = Result(smoke.kernel, Status.FAIL, device, (str(error), fail.get_msg() if fail else ""))
        self.smoke.append((smoke, result))
        return True
