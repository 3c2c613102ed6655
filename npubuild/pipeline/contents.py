"""Digests of file contents. A file is read once a process as long as its stamp is the same: headers serve many objects."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, and times of the last change of content and of state, in ns; the last one no user can set."""

_known: dict[str, tuple[Stamp, str]] = {}


def stamp(path: str | os.PathLike[str]) -> Stamp | None:
    """What changes whenever the file does; None when there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 (the hot path of a build with nothing to do)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def digest(path: Path) -> str:
    """SHA-256 of a file (hex), "" when it cannot be read."""
    name = os.fspath(path)
    current = stamp(name)
    if current is None:
        return ""
    known = _known.get(name)
    if known is not None and known[0] == current:
        return known[1]
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
    _known[name] = (current, found)
    return found


def digest_of(parts: Iterable[Path], root: Path) -> str:
    """One digest over names (relative to `root`) and contents of files."""
    total = hashlib.sha256()
    for path in parts:
        total.update(f"{path.relative_to(root).as_posix()}\0{digest(path)}\n".encode())
    return total.hexdigest()
