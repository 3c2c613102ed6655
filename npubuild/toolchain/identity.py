"""What makes a tool that tool: its path, its version text and the digest of its file; and what it says when it is asked.

Asking a compiler for its version and hashing megabytes takes longer than a build with nothing to do may take. Answers are
kept in a file of the user's cache folder, and trusted as long as the tool's file has the same inode, size and times of
change: a fresh checkout need not ask again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from npubuild.errors import UserError
from npubuild.files import read_bytes, user_cache, write_atomically
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
    """What is known of tools, in one JSON file. A file that cannot be read is made anew; one that cannot be written, none.

    Builds that write it at the same time lose some of each other's answers, which are then asked for again.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._entries: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(UserError, ValueError, AttributeError):
            content = json.loads(read_bytes(file)).items() if file and file.is_file() else ()
            self._entries = {key: entry for key, entry in content if {"tool", "stamp", "answer"} <= entry.keys()}

    def identify(self, path: Path) -> Identity:
        """The identity of a program; UserError when its file cannot be read."""

        def ask() -> list[str]:
            version = query([path, "--version"]).splitlines()
            return [version[0].strip() if version else "", sha256(path)]

        version, digest = self.answer(path, ["identity"], ask)
        return Identity(str(path), version, digest)

    def programs(self, driver: Path, names: tuple[str, ...]) -> dict[str, Path]:
        """The programs that a compiler's driver starts, by the names that it knows them under, as far as it knows them."""

        def ask() -> list[str]:
            return [query([driver, f"-print-prog-name={name}"]).strip() for name in names]

        # An answer without a folder is looked for on PATH each time, as the driver does.
        said = self.answer(driver, ["programs", *names, os.environ.get("COMPILER_PATH", "")], ask)
        found = {name: shutil.which(answer) for name, answer in zip(names, said, strict=True) if answer}
        return {name: Path(path) for name, path in found.items() if path}

    def answer(self, tool: Path, question: Sequence[str], ask: Callable[[], list[str]]) -> list[str]:
        """What `ask` gives, or gave for the same question as long as the file of `tool` is the same."""
        key = hashlib.sha256("\0".join([str(tool), *question]).encode(errors="surrogateescape")).hexdigest()[:32]
        stamp = _stamp(tool)
        entry = self._entries.get(key)
        if entry is not None and stamp and entry["stamp"] == stamp and isinstance(entry["answer"], list):
            return [str(word) for word in entry["answer"]]
        found = ask()
        self._entries[key] = {"tool": str(tool), "stamp": stamp, "answer": found}
        self._save()
        return found

    def _save(self) -> None:
        """Without what is known of files that are gone or have changed."""
        current = {key: entry for key, entry in self._entries.items() if entry["stamp"] == _stamp(Path(entry["tool"]))}
        with contextlib.suppress(UserError):
            if self._file:
                write_atomically(self._file, json.dumps(current, indent=1, sort_keys=True) + "\n")


def kept_identities() -> IdentityCache:
    """What this user's builds know of tools."""
    try:
        return IdentityCache(user_cache(os.environ).absolute() / "tools.json")
    except RuntimeError:  # no home directory
        return IdentityCache(None)


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
