"""Digests of file contents, each file read once a process as long as its stamp stays the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, and times of the last change of content and of state, in ns: the last cannot be set by a user."""


def stamp(path: str | os.PathLike[str]) -> Stamp | None:
    """What changes whenever the file does; None when there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Contents:
    """SHA-256 of files (hex), "" for what cannot be read. One object serves a whole run: headers are shared by many objects."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Stamp, str]] = {}

    def digest(self, path: Path) -> str:
        name = os.fspath(path)
        current = stamp(name)
        if current is None:
            return ""
        known = self._known.get(name)
        if known is not None and known[0] == current:
            return known[1]
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            return ""
        self._known[name] = (current, digest)
        return digest


def digest_of(parts: list[Path], root: Path, contents: Contents) -> str:
    """One digest over names (relative to `root`) and contents of files."""
    total = hashlib.sha256()
    for path in parts:
        total.update(f"{path.relative_to(root).as_posix()}\0{contents.digest(path)}\n".encode())
    return total.hexdigest()
