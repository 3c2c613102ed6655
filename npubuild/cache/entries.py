"""What a cache holds: the outcomes of build steps, found by what the steps were told and what they read.

    steps/ab/abcd...     what is known of one step: JSON below a line with its SHA-256, one alternative for each state of the
                         files that the step read, the latest first
    blobs/12/1234...     the content of one output, under its SHA-256

A step's name is the digest of its recipe and of its sources, which are known before it runs. Headers are known only after
it: they are held against each alternative. What is read is verified; what is damaged is removed, and counts as not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from npubuild.cache.store import Store, Stored
from npubuild.errors import UserError

FORMAT = 1
ALTERNATIVES = 16  # of one step: as many branches of a project as one switches between
PRUNE_EVERY = 64  # writes on average, of all builds that share the cache: each knows of its own only
PRUNE_TO = 0.9  # of the limit, so that pruning is rare

Matches = Callable[[Mapping[str, str], Sequence[str]], bool]
"""Whether files have these digests, and no file is at any of these paths."""


@dataclass(frozen=True)
class Found:
    """A step's outcome. `files` are the contents of outputs and logs by path, `inputs` and `outputs` digests by path."""

    inputs: Mapping[str, str]
    absent: Sequence[str]
    outputs: Mapping[str, str]
    facts: Mapping[str, Any]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class _Alternative:
    """`files` are digests by path, of outputs and logs; `outputs` is the part of them that a manifest records."""

    inputs: dict[str, str]
    absent: list[str]
    outputs: dict[str, str]
    facts: dict[str, Any]
    files: dict[str, str]


@dataclass
class Statistics:
    entries: int = 0
    blobs: int = 0
    nbytes: int = 0


class Cache:
    """One cache; `limit` in bytes. A cache that cannot be written to says so once, in `warning`, and goes on without."""

    def __init__(self, store: Store, limit: int) -> None:
        self.store = store
        self.limit = limit
        self.warning = ""

    def find(self, key: Mapping[str, Any], matches: Matches) -> Found | None:
        """The outcome of a step under the present state of files; None when it is not known, or not whole."""
        name = _step_name(key)
        for alternative in self._alternatives(name):
            if not matches(alternative.inputs, alternative.absent):
                continue
            files = {path: self._blob(digest) for path, digest in alternative.files.items()}
            whole = {path: data for path, data in files.items() if data is not None}
            if len(whole) == len(files):
                return Found(alternative.inputs, alternative.absent, alternative.outputs, alternative.facts, whole)
        return None

    def keep(self, key: Mapping[str, Any], found: Found) -> None:
        """Remember an outcome. Nothing is lost when that fails but time: the reason is left in `warning`."""
        if not self.store.writable or self.warning:
            return
        name = _step_name(key)
        files = {path: hashlib.sha256(data).hexdigest() for path, data in found.files.items()}
        new = _Alternative(dict(found.inputs), list(found.absent), dict(found.outputs), dict(found.facts), files)
        try:
            for path, data in found.files.items():
                if self._blob(files[path]) is None:
                    self.store.write(_blob_name(files[path]), data)
            others = [
                other for other in self._alternatives(name) if (other.inputs, other.absent) != (new.inputs, new.absent)
            ]
            self.store.write(name, _sealed([new, *others][:ALTERNATIVES]))
            if int(name.rpartition("/")[2], 16) % PRUNE_EVERY == 0:
                self.prune()
        except (UserError, OSError) as error:
            self.warning = str(error)

    def _alternatives(self, name: str) -> list[_Alternative]:
        data = self.store.read(name)
        if data is None:
            return []
        try:
            return _opened(data)
        except ValueError:
            if self.store.writable:
                self.store.remove(name)
            return []

    def _blob(self, digest: str) -> bytes | None:
        data = self.store.read(_blob_name(digest))
        if data is None or hashlib.sha256(data).hexdigest() == digest:
            return data
        if self.store.writable:
            self.store.remove(_blob_name(digest))
        return None

    def _files(self) -> Iterator[Stored]:
        """What belongs to the cache: its folder may hold other things."""
        return (file for file in self.store.files() if file.name.startswith(("steps/", "blobs/")))

    def statistics(self) -> Statistics:
        total = Statistics()
        for file in self._files():
            total.entries += file.name.startswith("steps/")
            total.blobs += file.name.startswith("blobs/")
            total.nbytes += file.size
        return total

    def verify(self) -> Iterator[str]:
        """Removes every damaged file, and yields its name."""
        for file in list(self._files()):
            data = self.store.read(file.name)
            if data is not None and not _is_sound(file.name, data):
                if self.store.writable:
                    self.store.remove(file.name)
                yield file.name

    def prune(self, limit: int | None = None) -> int:
        """Remove what was not used for longest until the cache fits its limit; the number of bytes removed."""
        limit = self.limit if limit is None else limit
        files = list(self._files())
        total = sum(file.size for file in files)
        if total <= limit:
            return 0
        removed = 0
        for file in sorted(files, key=_by_last_use):
            if total - removed <= limit * PRUNE_TO:
                break
            self.store.remove(file.name)
            removed += file.size
        return removed


def _by_last_use(file: Stored) -> tuple[float, str]:
    return file.used, file.name


def _step_name(key: Mapping[str, Any]) -> str:
    text = json.dumps({"format": FORMAT, **key}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"steps/{digest[:2]}/{digest}"


def _blob_name(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest}"


def _sealed(alternatives: Sequence[_Alternative]) -> bytes:
    text = json.dumps([asdict(alternative) for alternative in alternatives]).encode()
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text


def _opened(data: bytes) -> list[_Alternative]:
    """Raises ValueError when the content is not what was written."""
    seal, _, text = data.partition(b"\n")
    if hashlib.sha256(text).hexdigest().encode() != seal:
        raise ValueError("damaged")
    try:
        return [_Alternative(**alternative) for alternative in json.loads(text)]
    except TypeError as error:
        raise ValueError("written by another version") from error


def _is_sound(name: str, data: bytes) -> bool:
    if name.startswith("blobs/"):
        return hashlib.sha256(data).hexdigest() == name.rpartition("/")[2]
    try:
        _opened(data)
    except ValueError:
        return False
    return True
