"""One build at a time in one checkout: a second one waits and says so. What a killed build left behind is swept up."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from npubuild.errors import Place, UserError
from npubuild.files import SCRATCH


class BuildLock:
    """Held until the process ends. UserError when the folder cannot be written to.

    Its file says who holds it: a number that is still there tells of a build that was killed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._file = (folder / ".lock").open("a+")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UserError.at(Place(str(folder)), f"cannot be written to: {reason}") from error
        self._owner = os.getpid()
        self._has_workers = False

    def acquire(self) -> None:
        try:
            self._wait()
        except OSError:
            return  # a file system without locks: no build is kept from going on
        if self._holder():
            self._sweep()
        self._write(f"{os.getpid()}\n")
        os.register_at_fork(after_in_parent=self._count_worker, after_in_child=self._leave_to_parent)
        atexit.register(self._release)

    def _wait(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = f" (process {self._holder()})" if self._holder() else ""
            print(f"another build runs in this checkout{who}: waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def _holder(self) -> str:
        self._file.seek(0)
        return self._file.read().strip()

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # on a full disk the number is missing, not the lock
            self._file.truncate(0)
            os.write(self._file.fileno(), text.encode())

    def _release(self) -> None:
        if os.getpid() == self._owner:
            if self._has_workers:  # those that were interrupted leave their scratch folders
                self._sweep()
            self._write("")
            self._file.close()

    def _count_worker(self) -> None:
        self._has_workers = True

    def _leave_to_parent(self) -> None:
        """A worker shares the lock of the build that started it: one that outlived it would hold the lock for ever."""
        from npubuild.process import end_with_parent  # most builds have no workers

        end_with_parent(self._owner)

    def _sweep(self) -> None:
        for path in sorted(self._folder.rglob(f"{SCRATCH}*")):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


class DeviceLock:
    """The NPU is one resource of the machine: runs on it take turns, whichever checkout and user they come from."""

    def __init__(self, file: Path | None = None) -> None:
        self._path = file or Path(tempfile.gettempdir(), "npubuild-npu.lock")
        self._file: TextIO | None = None

    def __enter__(self) -> DeviceLock:
        previous = os.umask(0)
        try:
            self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+")
        finally:
            os.umask(previous)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("the NPU is in use by another test: waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
