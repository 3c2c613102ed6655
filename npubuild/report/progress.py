"""A line at the foot of a terminal: what runs, how much is done, the time so far, how much came from the cache.

Where the output is no terminal, there is none: a log has a line for each task that runs, and nothing that moves.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Mapping
from typing import Any

ERASE = "\r\x1b[K"


class Progress:
    """The state of a run. `stream` is where doit writes to."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._live = bool(getattr(stream, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"
        self._begin = time.monotonic()
        self._running: dict[str, None] = {}
        self._total = 0
        self.ended = 0
        self.cached = 0

    def expect(self, tasks: Mapping[str, Any], selected: Iterable[str]) -> None:
        """All tasks that may have to run: those selected, and what they depend on."""
        waiting, found = list(selected), set()
        while waiting:
            name = waiting.pop()
            if name not in found and name in tasks:
                found.add(name)
                waiting += [*tasks[name].task_dep, *tasks[name].setup_tasks]
        self._total = sum(bool(tasks[name].actions) for name in found)

    def begin(self, task: str) -> None:
        self._running[task] = None
        self.show()

    def end(self, task: str, *, cached: bool = False) -> None:
        self._running.pop(task, None)
        self.ended += 1
        self.cached += cached
        self.show()

    def erase(self) -> None:
        """Make room for a line that stays."""
        if self._live:
            self._stream.write(ERASE)

    def show(self) -> None:
        if self._live:
            width = shutil.get_terminal_size().columns
            self._stream.write(ERASE + self.line()[: width - 1])
            self._stream.flush()

    def line(self) -> str:
        cached = f", {self.cached} cached" if self.cached else ""
        head = f"[{self.ended}/{self._total}{cached}, {time.monotonic() - self._begin:.0f} s]"
        return " ".join([head, *self._running])
