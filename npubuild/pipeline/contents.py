"""Digests of file contents. A file is read once a process as long as its stamp is the same: headers serve many objects.

A stamp tells of changes since it was taken only when the file was at rest then: what is changed twice within a tick of the
file system's clock, and keeps its size, keeps its stamp. The contents of a young file are looked at each time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, and times of the last change of content and of state, in ns; the last one no user can set."""

TICK = 12_000_000  # ns: more than any tick of Linux, which is 10 ms at most

_known: dict[str, tuple[Stamp, str]] = {}


def stamp(path: str | os.PathLike[str]) -> Stamp | None:
    """What changes whenever the file does; None when there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 (the hot path of a build with nothing to do)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def is_young(found: Stamp) -> bool:
    """Whether the file was changed within the last tick, or in the future."""
    return found[4] > time.time_ns() - TICK


def digest(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file (hex), "" when it cannot be read."""
    name = os.fspath(path)
    current = stamp(name)
    if current is None:
        return ""
    known = _known.get(name)
    if known is not None and known[0] == current:
        return known[1]
    at_rest = not is_young(current)
    try:
        with open(name, "rb") as file:  # noqa: PTH123
            found = digest_of_bytes(file.read())
    except OSError:
        return ""
    if at_rest:
        _known[name] = (current, found)
    return found


def seen_with(path: str, known: str) -> tuple[Stamp | None, bool]:
    """The stamp of a file or a folder, None for none; and whether that does not yet speak for the digest `known`.

    It does when the file was at rest as it was read. The digest of a folder is "".
    """
    found = stamp(path)
    if found is None or not known:
        return found, found is not None and is_young(found)
    return found, _known.get(os.path.abspath(path)) != (found, known)  # noqa: PTH100


def digest_of_bytes(data: bytes) -> str:
    import hashlib  # loads OpenSSL, which a build with nothing to do can spare

    return hashlib.sha256(data).hexdigest()


def fingerprint(path: str) -> str:
    """The digest of a file, or of the names in a folder; "" when it cannot be read."""
    try:
        return digest_of_bytes("\0".join(sorted(os.listdir(path))).encode(errors="surrogateescape"))  # noqa: PTH208
    except NotADirectoryError:
        return digest(path)
    except OSError:
        return ""


def digest_of(parts: Iterable[Path], root: Path) -> str:
    """One digest over names (relative to `root`) and contents of files."""
    listing = "".join(f"{path.relative_to(root).as_posix()}\0{digest(path)}\n" for path in parts)
    return digest_of_bytes(listing.encode())
