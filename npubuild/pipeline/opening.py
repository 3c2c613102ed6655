"""What happens before doit's tasks exist: the lock, a damaged database, and whether there is anything to do at all.

A build with nothing to do ends here but for doit's own start: nothing heavy is imported at the top of this module.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from npubuild.pipeline import idle

TaskDict = dict[str, Any]
LOOKING = {"list", "info", "help", "dumpdb", "tabcompletion", "doctor"}  # commands that change nothing
GROUPS = {"object", "build", "test"}
PLAIN_OPTIONS = {"-n", "--process", "-P", "--parallel-type", "thread", "process", "-c", "--continue"}


class NothingToDo:
    """The tasks of a build of which everything is current: groups without members."""

    def __getattr__(self, _: str) -> Callable[[], TaskDict]:
        return lambda: {"actions": None}

    def configuration(self) -> dict[str, Any]:
        """For DOIT_CONFIG."""
        scrap = Path("build", ".doit.idle")  # doit writes its database in any case, and the real one is not to change
        scrap.unlink(missing_ok=True)
        return {"dep_file": str(scrap)}


Groups = Collection[str] | None
"""The groups of tasks that a command line asks for, of which those that are current may be left out; None: all tasks."""


def open_build(root: Path, words: Sequence[str], tasks: Callable[[Path, idle.Idle | None, Groups], Any]) -> Any:
    """The tasks for doit's command line. `tasks` makes those of a build that is not known to have nothing to do, from what
    the last one found (None: for a command that only looks, of which nothing is to be remembered).

    Waits for another build in the same checkout. Raises UserError when there is no place for outputs.
    """
    from npubuild.pipeline.layout import make_build_folder

    atexit.register(gc.freeze)  # what ends with the process need not be looked through for cycles: 10 ms
    os.chdir(root)
    make_build_folder(root)
    plain = [word for word in words if "=" not in word and not word.startswith("-")]
    command = plain[0] if plain else "run"
    if command in LOOKING:
        return tasks(root, None, None)
    sys.excepthook = _say_interrupted
    take_lock(root / "build")
    present = idle.situation(word for word in words if "=" in word and not word.startswith("-"))
    # The emulated toolchain's: what the tools for an NPU are is not told by stamps.
    state = idle.load(Path("build", "emulated", ".idle"), present)
    groups = groups_of(words)
    if groups is not None and "test" not in groups and state.nothing_changed:
        print(f"nothing to do: {len(state.tasks) - 1} steps are current")
        state.settle(Path("build", "emulated", ".idle"))
        return NothingToDo()
    from npubuild.pipeline.database import FILE, heal, write_whole

    write_whole()
    if heal(FILE):
        state.done = []
    if command in {"clean", "forget", "ignore", "reset-dep"} or any("/" in word for word in plain):
        state.tasks = {}
    return tasks(root, state, groups)


def groups_of(words: Sequence[str]) -> Groups:
    """What doit's command line asks for; None where it names single tasks, or says more of how they are to run."""
    named = [word for word in words if "=" not in word and word not in PLAIN_OPTIONS and not word.isdigit()]
    if named[:1] == ["run"]:
        del named[0]
    return (named or GROUPS) if GROUPS.issuperset(named) else None


def take_lock(folder: Path) -> None:
    from npubuild.pipeline.lock import BuildLock

    BuildLock(folder).acquire()


def _say_interrupted(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ctrl-C ends a build in words: doit leaves it to Python, which prints a traceback."""
    if issubclass(kind, KeyboardInterrupt):
        print("interrupted: finished steps are kept, the others are made by the next build", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def at_exit(close: Callable[[], None]) -> None:
    """Have `close` called when this process ends, and not one of its workers."""
    owner = os.getpid()

    def close_once() -> None:
        if os.getpid() == owner:
            close()

    atexit.register(close_once)
