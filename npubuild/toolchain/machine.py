"""The machine that tools are looked for on, as plain data: a test hands over another one, and nothing else is faked."""

from __future__ import annotations

import os
import resource
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """Where to look, and who is looking.

    `root`: the folder that stands for `/` when /dev, /etc, /opt, /sys and /usr are looked at. `packages`: where pip installs
    for this Python. `module_path`: the folders that it imports packages from. `extension_suffix`: the end of the file name
    of an extension module for it, like `.cpython-311-x86_64-linux-gnu.so`. `memlock`: bytes of memory that may be locked,
    None without limit. `user`, `groups`: numbers as in the owner of a file.
    """

    environment: Mapping[str, str]
    root: Path
    home: Path
    packages: tuple[Path, ...]
    module_path: tuple[Path, ...]
    python: tuple[int, int]
    extension_suffix: str
    memlock: int | None
    user: int
    groups: frozenset[int]

    @staticmethod
    def this(environment: Mapping[str, str] | None = None) -> Machine:
        """The machine that this runs on; `environment` stands in for its variables."""
        limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
        return Machine(
            environment=os.environ if environment is None else environment,
            root=Path("/"),
            home=Path.home(),
            packages=tuple(dict.fromkeys(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib"))),
            module_path=tuple(Path(entry) for entry in sys.path if entry.endswith("-packages")),
            python=(sys.version_info.major, sys.version_info.minor),
            extension_suffix=str(sysconfig.get_config_var("EXT_SUFFIX")),
            memlock=None if limit == resource.RLIM_INFINITY else limit,
            user=os.geteuid(),
            groups=frozenset({os.getegid(), *os.getgroups()}),
        )

    def system(self, path: str) -> Path:
        """An absolute path of the system, below `root`."""
        return self.root / path.lstrip("/")

    @property
    def python_version(self) -> str:
        return f"{self.python[0]}.{self.python[1]}"

    @property
    def in_container(self) -> bool:
        """Whether this looks like a container: what Docker and Podman leave in one."""
        marks = (self.system("/.dockerenv"), self.system("/run/.containerenv"))
        return "container" in self.environment or any(mark.exists() for mark in marks)

    def may_use(self, file: Path) -> bool:
        """Whether the user may read and write `file`, as owner, group and mode say (access lists are not looked at)."""
        status = file.stat()
        if self.user == 0:
            return True
        if status.st_uid == self.user:
            return status.st_mode & 0o600 == 0o600
        wanted = 0o060 if status.st_gid in self.groups else 0o006
        return status.st_mode & wanted == wanted

    def read(self, path: str) -> str:
        """The text of a small system file without blanks around it; "" when it cannot be read."""
        try:
            return self.system(path).read_text(errors="replace").strip()
        except OSError:
            return ""
