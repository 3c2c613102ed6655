"""The history of smoke tests in one SQLite file: what every run of every kernel came to."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.smoke.result import Result

NAME = "history.sqlite"
VERSION = 1
BUSY = 10.0  # seconds that a writer waits for another one

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    at REAL NOT NULL, toolchain TEXT NOT NULL, device TEXT NOT NULL, kernel TEXT NOT NULL, status TEXT NOT NULL,
    exact INTEGER, correlation REAL, max_error REAL, seconds REAL, instruction_bytes INTEGER, xclbin_bytes INTEGER
);
CREATE INDEX IF NOT EXISTS by_kernel ON results (kernel, at);
"""
_COLUMNS = "at, toolchain, device, kernel, status, exact, correlation, max_error, seconds, instruction_bytes, xclbin_bytes"


@dataclass(frozen=True)
class Entry:
    """One smoke test: `at` in seconds since 1970, sizes in bytes, `seconds` the median of a run; None: not known."""

    at: float
    toolchain: str
    device: str
    kernel: str
    status: str
    exact: bool | None = None
    correlation: float | None = None
    max_error: float | None = None
    seconds: float | None = None
    instruction_bytes: int | None = None
    xclbin_bytes: int | None = None

    @property
    def verdict(self) -> str:
        return f"{self.status} ({self.device})"

    @property
    def when(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.at))


def entry_of(result: Result, toolchain: str, folder: Path, at: float) -> Entry:
    """The entry for a result; sizes are those of the artefacts in the kernel's `folder`."""
    measures = result.measures
    sizes = [_size(folder / name) for name in ("insts.bin", f"{result.kernel}.xclbin")]
    known = (measures.exact, measures.correlation, measures.max_error, measures.seconds) if measures else (None,) * 4
    return Entry(at, toolchain, result.device, result.kernel, result.status.value, *known, *sizes)


def remember(file: Path, entries: Iterable[Entry]) -> None:
    """Add entries; UserError when the file cannot be written or is no such database."""
    rows = [tuple(getattr(entry, name) for name in _COLUMNS.split(", ")) for entry in entries]
    with _open(file) as database:
        database.executemany(f"INSERT INTO results ({_COLUMNS}) VALUES ({', '.join('?' * 11)})", rows)  # noqa: S608 (constants)


def history(file: Path, kernel: str | None = None, limit: int = 1000) -> list[Entry]:
    """The latest entries of one kernel, or of all, oldest first; none where nothing has been remembered."""
    if not file.is_file():
        return []
    condition = "WHERE kernel = ?" if kernel is not None else ""
    values: tuple[str | int, ...] = (kernel, limit) if kernel is not None else (limit,)
    query = f"SELECT {_COLUMNS} FROM results {condition} ORDER BY at DESC, rowid DESC LIMIT ?"  # noqa: S608 (constants)
    with _open(file) as database:
        rows = database.execute(query, values).fetchall()
    return [_entry(row) for row in reversed(rows)]


def latest_by_kernel(file: Path, count: int) -> Mapping[str, list[Entry]]:
    """The last `count` entries of every kernel, oldest first."""
    if not file.is_file():
        return {}
    numbered = f"SELECT {_COLUMNS}, row_number() OVER (PARTITION BY kernel ORDER BY at DESC, rowid DESC) AS n FROM results"  # noqa: S608
    with _open(file) as database:
        rows = database.execute(f"SELECT {_COLUMNS} FROM ({numbered}) WHERE n <= ? ORDER BY at, n DESC", (count,)).fetchall()  # noqa: S608
    found: dict[str, list[Entry]] = {}
    for entry in map(_entry, rows):
        found.setdefault(entry.kernel, []).append(entry)
    return found


def _entry(row: tuple[object, ...]) -> Entry:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    exact = values["exact"]
    return Entry(**{**values, "exact": None if exact is None else bool(exact)})  # type: ignore[arg-type]


@contextlib.contextmanager
def _open(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are kept when all goes well."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(file, timeout=BUSY)) as database, database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, VERSION):
                raise UserError.at(Place(str(file)), "was written by another version of npubuild", hint="move it away")
            database.executescript(_SCHEMA)
            database.execute(f"PRAGMA user_version = {VERSION}")
            yield database
    except (sqlite3.Error, OSError) as error:
        cure = "move it away: it will be made anew"
        raise UserError.at(Place(os.fspath(file)), f"is no usable history: {error}", hint=cure) from error


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
