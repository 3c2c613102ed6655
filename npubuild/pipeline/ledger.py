"""Which tasks of a build are current and why others are not; what is found is remembered for the next build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npubuild.errors import UserError
from npubuild.files import write_atomically
from npubuild.pipeline.idle import COMMON, Idle, now
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.manifest import Manifest, name_of, read_manifest, why_stale
from npubuild.pipeline.recipes import KNOWN_CODE, Needs, kernel_recipe, object_recipe, tool_files
from npubuild.registry import Kernel, ObjectFile

FORGOTTEN = "doit was told to forget it"


@dataclass(frozen=True)
class Check:
    """What decides whether a step is current: its manifest, and its present recipe (UserError when a tool is missing)."""

    manifest: Path
    recipe: Callable[[], Mapping[str, Any]]


class Ledger:
    """The state of one run of doit. `idle` is what the last one found, `known` the tasks that are current by it."""

    def __init__(self, layout: Layout, idle: Idle | None = None) -> None:
        self.layout = layout
        self.idle = idle or Idle()
        self._known = self.idle.current()
        KNOWN_CODE.update(self.idle.code)
        self._checks: dict[str, Check] = {}

    @property
    def has_looked(self) -> bool:
        """Whether the contents of any task were looked at."""
        return bool(self._checks)

    def is_known(self, task: str) -> bool:
        return task in self._known

    def object_check(self, item: ObjectFile, needs: Needs | None) -> Check:
        return Check(self.layout.object(item.name).manifest, lambda: object_recipe(item, self.layout, needs))

    def kernel_check(self, kernel: Kernel) -> Check:
        return Check(self.layout.kernel(kernel.name, "").manifest, lambda: kernel_recipe(kernel, self.layout))

    def why_stale(self, task: str, check: Check, *, forgotten: bool) -> Sequence[str]:
        """The reasons, also left in the task's logs, where `npubuild why` finds them when the task has run."""
        self._checks[task] = check
        reasons = why_stale(check.manifest, self.layout.root, check.recipe())
        # A database that was lost knows nothing, either: only what was in it can have been forgotten.
        if not reasons and forgotten and task in self.idle.done:
            reasons = (FORGOTTEN,)
        if reasons:
            write_atomically(reasons_file(check), "".join(f"{reason}\n" for reason in reasons))
        return reasons

    def close(self, tasks: Iterable[str]) -> None:
        """Look once more at what was not current by stamps, and remember it. `tasks` are all that there are."""
        present = set(tasks)
        moment = now() if self._checks else 0.0
        done = set(self.idle.done)
        for task, check in self._checks.items():
            current = self._is_current(check)
            self.idle.tasks.pop(task, None)
            done = done | {task} if current else done - {task}
            if current:
                self.idle.remember(task, self._paths(check), moment)
        if self._checks or COMMON not in self.idle.tasks:
            self.idle.remember(COMMON, self._common(), moment or now())
        self.idle.tasks = {task: paths for task, paths in self.idle.tasks.items() if task in present or task == COMMON}
        self.idle.done = sorted(done & present)
        self.idle.complete = present | {COMMON} == self.idle.tasks.keys()
        self.idle.code = dict(KNOWN_CODE)
        self.idle.save(self.layout.idle)

    def _is_current(self, check: Check) -> bool:
        try:
            return not why_stale(check.manifest, self.layout.root, check.recipe())
        except UserError:
            return False

    def _paths(self, check: Check) -> Iterator[str]:
        """All that the check looks at; of paths that must not exist the folders, which change when they come to be."""
        manifest: Manifest = read_manifest(check.manifest)
        yield name_of(check.manifest, self.layout.root)
        yield from manifest.inputs
        yield from manifest.outputs
        yield from dict.fromkeys(os.path.dirname(name) or "." for name in manifest.absent)  # noqa: PTH120

    def _common(self) -> list[str]:
        try:
            return ["kernels.yaml", *(str(path) for path in tool_files())]
        except UserError:
            return [""]  # no compiler: nothing can be known to be current


def reasons_file(check: Check) -> Path:
    return check.manifest.parent / "logs" / "why.txt"
