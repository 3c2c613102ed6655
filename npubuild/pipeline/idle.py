"""What the last build found current, by the stamps of all files that this depends on: a build with nothing to do looks at
these and reads no file. Whatever is different here is looked at by contents, as if this file were not there.

Of a file that was young when its stamp was taken, the digest is kept as well, and compared until the file is at rest.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from npubuild.pipeline.contents import Stamp, fingerprint, is_young, seen_with, stamp

FORMAT = 3
COMMON = ""  # the name under which the files are kept that every task depends on

# What decides which tools are used and what they do; the compiler's own variables are among them.
VARIABLES = (
    *("PATH", "HOME", "CXX", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH"),
    *("LIBRARY_PATH", "GCC_COMPARE_DEBUG", "SOURCE_DATE_EPOCH", "PEANO_INSTALL_DIR", "MLIR_AIE_INSTALL_DIR", "XILINX_XRT"),
)


def situation(variables: Iterable[str]) -> str:
    """Everything but files that tasks depend on; `variables` are those of the command line, like `toolchain=npu`."""
    values = [f"{name}={os.environ.get(name)}" for name in VARIABLES]
    home = os.path.expanduser("~")  # noqa: PTH111 (no import of pathlib's machinery for one name)
    try:
        builds = sorted(name for name in os.listdir(home) if name.startswith("mlir-aie"))  # noqa: PTH208
    except OSError:
        builds = []
    return repr((sys.version, sys.path[1:], os.getcwd(), values, builds, sorted(variables)))  # noqa: PTH109


@dataclass
class Idle:
    """`tasks` are paths by task, relative to the project where inside it; `stamps` those of all paths, `young` digests of
    those that were not at rest. `complete` says that no task is missing, `done` which tasks doit's own database knows.
    `code` are digests of npubuild's parts.
    """

    situation: str = ""
    stamps: dict[str, Stamp] = field(default_factory=dict)
    young: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    complete: bool = False
    code: dict[str, str] = field(default_factory=dict)

    @cached_property
    def changed(self) -> frozenset[str]:
        """Paths that are not as they were when this was loaded; looked at once."""
        young = self.young
        return frozenset(
            path
            for path, known in self.stamps.items()
            if stamp(path) != known or (path in young and fingerprint(path) != young[path])
        )

    @property
    def nothing_changed(self) -> bool:
        return self.complete and not self.changed

    def current(self) -> frozenset[str]:
        """The tasks of which nothing has changed."""
        changed = self.changed
        if COMMON not in self.tasks or not changed.isdisjoint(self.tasks[COMMON]):
            self.code = {}
            return frozenset()
        return frozenset(name for name, paths in self.tasks.items() if name != COMMON and changed.isdisjoint(paths))

    def remember(self, task: str, digests: Mapping[str, str]) -> None:
        """Keep a task that is current by files and folders with these digests; "" stands for what is there now.

        Where another task knows a file as something else, that one is forgotten.
        """
        self.tasks.pop(task, None)
        for path, known in digests.items():
            found, young = seen_with(path, known)
            if found is None:
                return
            if self.stamps.get(path, found) != found or self.young.get(path, known) != known:
                for other in self._users.pop(path, ()):
                    self.tasks.pop(other, None)
            self.stamps[path] = found
            self.young.pop(path, None)
            if young:
                self.young[path] = known or fingerprint(path)
            self._users.setdefault(path, set()).add(task)
        self.tasks[task] = tuple(digests)

    @cached_property
    def _users(self) -> dict[str, set[str]]:
        """The tasks that a path belongs to, or did."""
        found: dict[str, set[str]] = {}
        for task, paths in self.tasks.items():
            for path in paths:
                found.setdefault(path, set()).add(task)
        return found

    def settle(self, file: Path) -> None:
        """Where nothing has changed, what is at rest by now is no longer young: the next build need not read it."""
        still = {path: known for path, known in self.young.items() if is_young(self.stamps[path])}
        if len(still) < len(self.young):
            self.young = still
            self.save(file)

    def save(self, file: Path) -> None:
        """Not kept when there is no way to: a build without it is as right, and slower."""
        used = {path for paths in self.tasks.values() for path in paths}
        stamps = {path: found for path, found in self.stamps.items() if path in used}
        young = {path: known for path, known in self.young.items() if path in used}
        data = marshal.dumps((FORMAT, self.situation, stamps, young, self.tasks, self.done, self.complete, self.code))
        temporary = file.with_name(f".npubuild-{os.getpid()}-idle")
        try:
            temporary.write_bytes(zlib.crc32(data).to_bytes(4, "little") + data)
            temporary.replace(file)
        except OSError:
            return


def load(file: str | os.PathLike[str], present: str) -> Idle:
    """What was saved under the present situation; nothing when there is none, or when it is damaged."""
    try:
        with open(file, "rb") as opened:  # noqa: PTH123
            data = opened.read()
        if zlib.crc32(data[4:]).to_bytes(4, "little") != data[:4]:
            return Idle(present)
        form, *content = marshal.loads(data[4:])  # noqa: S302 (its checksum is right, so npubuild wrote it)
        if form != FORMAT:
            return Idle(present)
        saved = Idle(*content)
    except (OSError, ValueError, EOFError, TypeError):
        return Idle(present)
    return saved if saved.situation == present else Idle(present, done=saved.done)
