"""Which tasks of a build are current and why others are not; what is found is remembered for the next build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npubuild.errors import UserError
from npubuild.pipeline.contents import digest
from npubuild.pipeline.idle import COMMON, Idle
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.manifest import name_of, read_manifest, why_stale
from npubuild.pipeline.recipes import KNOWN_CODE, Needs, kernel_recipe, object_recipe, tool_files
from npubuild.registry import Kernel, ObjectFile

FORGOTTEN = "doit was told to forget it"


@dataclass(frozen=True)
class Check:
    """What decides whether a step is current: its manifest, and its present recipe (UserError when a tool is missing)."""

    manifest: Path
    recipe: Callable[[], Mapping[str, Any]]


class Ledger:
    """The state of one run of doit, begun before it reads anything. `idle` is what the last one found."""

    def __init__(self, layout: Layout, idle: Idle | None = None) -> None:
        self.layout = layout
        self.idle = idle or Idle()
        self._known = self.idle.current()
        self.idle.tasks = {task: paths for task, paths in self.idle.tasks.items() if task in self._known or task == COMMON}
        if idle is not None and not self._known:
            self.idle.remember(COMMON, dict.fromkeys(self._common(), ""))
        KNOWN_CODE.update(self.idle.code)
        self._checks: dict[str, Check] = {}
        self._current: set[str] = set()

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
        self._checks[task] = check
        reasons = why_stale(check.manifest, self.layout.root, check.recipe())
        if not reasons:
            self.has_succeeded(task)
        # A database that was lost knows nothing, either: only what was in it can have been forgotten.
        return (FORGOTTEN,) if not reasons and forgotten and task in self.idle.done else reasons

    def has_succeeded(self, task: str) -> None:
        """The task is current by its manifest."""
        self._current.add(task)

    def close(self, tasks: Iterable[str]) -> None:
        """Remember what is current by now. `tasks` are all that there are."""
        present = set(tasks)
        done = set(self.idle.done)
        for task, check in self._checks.items():
            self.idle.tasks.pop(task, None)
            if task in self._current:
                done.add(task)
                self._remember(task, check)
            else:
                done.discard(task)
        self.idle.tasks = {task: paths for task, paths in self.idle.tasks.items() if task in present or task == COMMON}
        self.idle.done = sorted(done & present)
        self.idle.complete = present | {COMMON} == self.idle.tasks.keys()
        self.idle.code = dict(KNOWN_CODE)
        self.idle.save(self.layout.idle)

    def _remember(self, task: str, check: Check) -> None:
        """All that the check looks at; of paths that must not exist the folders, which change when they come to be."""
        file = name_of(check.manifest, self.layout.root)
        own = digest(check.manifest)
        try:
            manifest = read_manifest(check.manifest)
        except UserError:
            return
        folders = (os.path.dirname(name) or "." for name in manifest.absent)  # noqa: PTH120
        self.idle.remember(task, {file: own, **manifest.inputs, **manifest.outputs, **dict.fromkeys(folders, "")})
        if any(os.path.lexists(self.layout.root / name) for name in manifest.absent):
            self.idle.tasks.pop(task, None)  # it came before its folder was looked at

    def _common(self) -> list[str]:
        try:
            return ["kernels.yaml", *(str(path) for path in tool_files())]
        except UserError:
            return [""]  # no compiler: nothing can be known to be current
