"""Reading what a user names, and writing so that a reader never sees half a file."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from npubuild.errors import Place, UserError

SCRATCH = ".npubuild-"
"""How the names of temporary files and folders begin that lie among outputs."""

_numbers = itertools.count()  # tell temporary files of one process apart; its number tells processes apart


def user_cache(environment: Mapping[str, str]) -> Path:
    """The folder of npubuild in the user's cache directory. Raises RuntimeError where there is no home directory."""
    base = environment.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "npubuild"


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """The whole file; UserError (not found, a directory, not readable) names it and the reason."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UserError.at(Place(os.fspath(path)), f"cannot be read: {_reason(error)}") from error


def read_text(path: str | os.PathLike[str]) -> str:
    """The whole file as UTF-8; UserError names the byte at which it stops being text."""
    data = read_bytes(path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = Place(os.fspath(path), line, error.start - data.rfind(b"\n", 0, error.start))
        raise UserError.at(place, f"not a text file: byte 0x{data[error.start]:02x} is not UTF-8") from error


def write_if_different(path: str | os.PathLike[str], content: bytes) -> None:
    """A file that has its content already stays as it is, timestamp included."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (once for each output of a build)
            same = file.read() == content
    except OSError:
        same = False
    if not same:
        write_atomically(path, content)


def write_atomically(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Write beside the target, then rename: the previous file stays whole until the new one is complete.

    A device or a pipe (/dev/null, /dev/stdout) is written to, never replaced.
    """
    data = content.encode() if isinstance(content, str) else content

    def produce(temporary: str | os.PathLike[str]) -> None:
        with open(temporary, "wb") as file:  # noqa: PTH123
            file.write(data)

    if _is_special(path):
        produce(path)
        return
    produce_atomically(path, produce)


def produce_atomically(path: str | os.PathLike[str], produce: Callable[[Path], None]) -> None:
    """Let `produce` write a temporary file in the target's folder, then rename it onto the target.

    Where `path` is a symbolic link, what it points to is replaced.
    """
    target = Path(os.path.realpath(path) if os.path.islink(path) else path)  # noqa: PTH114
    temporary = target.with_name(f"{SCRATCH}{os.getpid()}-{next(_numbers)}-{target.name}")
    try:
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
        produce(temporary)
        temporary.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise UserError.at(Place(os.fspath(path)), f"cannot be written: {_reason(error)}") from error
        raise


def _is_special(path: str | os.PathLike[str]) -> bool:
    """Neither a file nor a folder, but something that is there."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
