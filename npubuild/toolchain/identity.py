"""What makes a tool that tool: its path, its version text and the digest of its file.

Asking a compiler for its version and hashing megabytes takes longer than a build with nothing to do may take. Both are
kept in a small file, and trusted as long as the tool's file has the same inode, size and times of change.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from npubuild.errors import UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.process import query


@dataclass(frozen=True)
class Identity:
    """`version` is what the tool prints for --version, its first line; `digest` the SHA-256 of the file that is run."""

    path: str
    version: str
    digest: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class IdentityCache:
    """Identities by path, kept in one JSON file. A cache that cannot be read is made anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries: dict[str, Any] = {}
        with contextlib.suppress(UserError, ValueError):
            loaded = json.loads(read_bytes(file)) if file.is_file() else {}
            self._entries = loaded if isinstance(loaded, dict) else {}

    def identify(self, path: Path) -> Identity:
        """The identity of a program; UserError when its file cannot be read."""
        stamp = _stamp(path)
        entry = self._entries.get(str(path))
        if isinstance(entry, dict) and entry.get("stamp") == stamp and {"version", "digest"} <= entry.keys():
            return Identity(str(path), str(entry["version"]), str(entry["digest"]))
        version = query([path, "--version"]).splitlines()
        identity = Identity(str(path), version[0].strip() if version else "", sha256(path))
        self._entries[str(path)] = {**identity.as_dict(), "stamp": stamp}
        self._save()
        return identity

    def programs(self, driver: Path, names: tuple[str, ...]) -> dict[str, Path]:
        """The programs that a compiler's driver starts, by the names that it knows them under, as far as it knows them."""
        stamp = [*_stamp(driver), os.environ.get("PATH", "")]
        entry = self._entries.get(f"{driver} starts")
        if not isinstance(entry, dict) or entry.get("stamp") != stamp or not isinstance(entry.get("programs"), dict):
            answers = {name: query([driver, f"-print-prog-name={name}"]).strip() for name in names}
            found = {name: shutil.which(answer) for name, answer in answers.items() if answer}
            entry = {"programs": {name: path for name, path in found.items() if path}, "stamp": stamp}
            self._entries[f"{driver} starts"] = entry
            self._save()
        return {name: Path(path) for name, path in entry["programs"].items()}

    def _save(self) -> None:
        write_atomically(self._file, json.dumps(self._entries, indent=1, sort_keys=True) + "\n")


def sha256(path: Path) -> str:
    """The digest of a file's content; UserError when it cannot be read."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def _stamp(path: Path) -> list[int]:
    """Changes whenever the file that `path` leads to does: ctime cannot be set back by a user."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
