"""What the last build found current, by the stamps of all files that this depends on: a build with nothing to do looks at
these and reads no file. Whatever is different here is looked at by contents, as if this file were not there.

A stamp holds only what happened after it was taken. A file that was changed less than a tick of the file system's clock ago,
or in the future, is not remembered: a change of the same size in the same tick would not be seen.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from npubuild.pipeline.contents import Stamp, stamp

FORMAT = 2
TICK = 0.012  # seconds: more than any tick of Linux, which is 10 ms at most
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
    return repr((FORMAT, sys.version, sys.path[1:], os.getcwd(), values, builds, sorted(variables)))  # noqa: PTH109


@dataclass
class Idle:
    """`tasks` are paths by task, relative to the project where inside it; `stamps` those of all paths. `complete` says that
    no task is missing, `done` which tasks doit's own database knows. `code` are digests of npubuild's parts.
    """

    situation: str = ""
    stamps: dict[str, Stamp] = field(default_factory=dict)
    tasks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    complete: bool = False
    code: dict[str, str] = field(default_factory=dict)

    def changed(self) -> set[str]:
        """Paths whose stamps are not as they were."""
        return {path for path, known in self.stamps.items() if stamp(path) != known}

    def nothing_changed(self) -> bool:
        return self.complete and all(stamp(path) == known for path, known in self.stamps.items())

    def current(self) -> frozenset[str]:
        """The tasks of which nothing has changed."""
        changed = self.changed()
        if COMMON not in self.tasks or not changed.isdisjoint(self.tasks[COMMON]):
            self.code = {}
            return frozenset()
        return frozenset(name for name, paths in self.tasks.items() if name != COMMON and changed.isdisjoint(paths))

    def remember(self, task: str, paths: Iterable[str], now: float) -> bool:
        """Keep the stamps of a task that is current; not, and false, when one of its files is too young for that."""
        stamps = {path: stamp(path) for path in paths}
        settled = {path: found for path, found in stamps.items() if found is not None and found[4] / 1e9 < now - TICK}
        if len(settled) < len(stamps):
            self.tasks.pop(task, None)
            return False
        self.stamps |= settled
        self.tasks[task] = tuple(stamps)
        return True

    def save(self, file: Path) -> None:
        """Not kept when there is no way to: a build without it is as right, and slower."""
        used = {path for paths in self.tasks.values() for path in paths}
        stamps = {path: found for path, found in self.stamps.items() if path in used}
        data = marshal.dumps((self.situation, stamps, self.tasks, self.done, self.complete, self.code))
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
        saved = Idle(*marshal.loads(data[4:]))  # noqa: S302 (its checksum is right, so this wrote it)
    except (OSError, ValueError, EOFError, TypeError):
        return Idle(present)
    return saved if saved.situation == present else Idle(present, done=saved.done)


def now() -> float:
    """Seconds, a tick after everything that was written before."""
    time.sleep(TICK * 1.25)
    return time.time()
