"""Where a cache lies: a folder, or an fsspec URL. A store knows names and bytes, and nothing of what they mean.

Files appear whole under their names, so that builds may share a store without a lock.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from npubuild.errors import Place, UserError
from npubuild.files import write_atomically


@dataclass(frozen=True)
class Stored:
    """One file of a store; `used` is the time of its last use in seconds of the epoch."""

    name: str
    size: int
    used: float


class Store(Protocol):
    """Names are relative, with `/`."""

    writable: bool

    def read(self, name: str) -> bytes | None:
        """The content; None when there is none, or when it cannot be had."""

    def write(self, name: str, data: bytes) -> None:
        """Raises UserError when there is no way to."""

    def remove(self, name: str) -> None: ...

    def files(self) -> Iterator[Stored]: ...


class FolderStore:
    """A local folder. The time of a file's last change is that of its last use."""

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        self.folder = folder
        self.writable = writable

    def __str__(self) -> str:
        return str(self.folder)

    def read(self, name: str) -> bytes | None:
        path = self.folder / name
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):  # a cache that is mounted read-only serves nevertheless
            os.utime(path)
        return data

    def write(self, name: str, data: bytes) -> None:
        write_atomically(self.folder / name, data)

    def remove(self, name: str) -> None:
        with contextlib.suppress(OSError):
            (self.folder / name).unlink()

    def files(self) -> Iterator[Stored]:
        for parent, _, names in os.walk(self.folder):
            for name in names:
                path = Path(parent) / name
                try:
                    status = path.stat()
                except OSError:
                    continue  # another build has removed it meanwhile
                # A writer that was killed leaves its temporary file: young ones may be in use.
                if not name.startswith(".") or time.time() - status.st_mtime > 3600:
                    yield Stored(path.relative_to(self.folder).as_posix(), status.st_size, status.st_mtime)


class UrlStore:
    """An fsspec URL: s3://bucket/prefix, file:///folder, or https://host/prefix, which can only be read."""

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            message = "a cache at a URL needs fsspec, which is not installed"
            raise UserError.at(Place("$NPUBUILD_CACHE"), message, hint="pip install npubuild[remote-cache]") from error
        self.url = url
        self.writable = not url.startswith(("http://", "https://"))
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise UserError.at(Place("$NPUBUILD_CACHE"), f"{url} cannot be opened: {error}") from error

    def __str__(self) -> str:
        return self.url

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def read(self, name: str) -> bytes | None:
        try:
            data: bytes = self._files.cat_file(self._path(name))
        except Exception:  # each kind of store raises errors of its own; one that fails is one without hits
            return None
        return data

    def write(self, name: str, data: bytes) -> None:
        path = self._path(name)
        temporary = f"{path}.{os.getpid()}-{time.monotonic_ns()}"
        try:
            if self._is_local():
                self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
                self._files.pipe_file(temporary, data)
                self._files.mv(temporary, path)
            else:
                self._files.pipe_file(path, data)  # an object store shows a file when it is complete
        except Exception as error:
            raise UserError.at(Place(self.url), f"{name} cannot be written: {error}") from error

    def _is_local(self) -> bool:
        protocol: Any = self._files.protocol
        return "file" in (protocol if isinstance(protocol, tuple) else (protocol,))

    def remove(self, name: str) -> None:
        with contextlib.suppress(OSError):
            self._files.rm_file(self._path(name))

    def files(self) -> Iterator[Stored]:
        try:
            found = self._files.find(self._root, detail=True)
        except Exception as error:
            raise UserError.at(Place(self.url), f"cannot be listed: {error}") from error
        prefix = self._root.rstrip("/") + "/"
        for path, details in found.items():
            used = details.get("mtime") or details.get("LastModified") or 0
            seconds = used.timestamp() if hasattr(used, "timestamp") else float(used)
            yield Stored(path.removeprefix(prefix), int(details.get("size") or 0), seconds)
