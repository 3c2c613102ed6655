"""The table of smoke tests: at most 80 columns, readable without colour, the reasons below it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from npubuild.smoke.result import Measures, Result, Status

WIDTH = 80
SHORTEST_NAME = 8
SHOWN_PROBLEMS = 6
SHOWN_NOTES = 4

_HEADER = ("kernel", "status", "exact", "corr", "error", "nonzero", "range", "time", "runs")
_TEXTS = 3  # columns that are aligned to the left
_EXPENDABLE = ("runs", "time", "nonzero", "range")  # all of it is in smoke.json


def smoke_table(results: Sequence[Result]) -> str:
    """One line for each kernel, then what is wrong with those that did not pass."""
    rows = [_HEADER, *(_row(result) for result in results)]
    rows = _fitted(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "-" * min(WIDTH, max(len(line) for line in lines)))
    for hardware in dict.fromkeys(result.hardware for result in results if result.hardware):
        lines += ["", _wrapped(f"npu: {hardware}", "")]
    for result in results:
        if result.status is not Status.PASS or result.notes:
            lines += ["", *_reasons(result)]
    return "\n".join(lines)


def summary(results: Sequence[Result]) -> str:
    """How many kernels have which verdict, like `4 PASS (emulated), 1 FAIL (emulated)`."""
    verdicts = [result.verdict for result in results]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))


def _row(result: Result) -> tuple[str, ...]:
    if result.measures is None:
        return (result.kernel, result.verdict, *("-" for _ in _HEADER[2:]))
    return (result.kernel, result.verdict, *_cells(result.measures))


def _cells(m: Measures) -> Iterator[str]:
    yield {True: "yes", False: "NO", None: "-"}[m.exact]
    # Rounded down: 1.0000 means exactly that.
    yield "-" if m.correlation is None else f"{int(m.correlation * 10000) / 10000:.4f}"
    yield f"{m.max_error:.3g}"
    yield f"{int(m.nonzero * 1000) / 10:.1f}%"
    yield f"{m.low:.4g}..{m.high:.4g}" if m.low <= m.high else "-"  # no output is a finite number
    yield _duration(m.seconds)
    yield str(m.runs)


def _duration(seconds: float) -> str:
    for factor, unit in ((1.0, "s"), (1e3, "ms"), (1e6, "us")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.2g} us"


def _fitted(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out columns, the least important first, until lines fit with names that can be told apart, shortened or not."""
    names = [row[0] for row in rows]
    for column in (None, *_EXPENDABLE):
        if column is not None:
            position = rows[0].index(column)
            rows = [(*row[:position], *row[position + 1 :]) for row in rows]
        others = sum(max(map(len, cells)) + 1 for cells in list(zip(*rows, strict=True))[1:])
        room = max(SHORTEST_NAME, WIDTH - others)
        shortened = [_shortened(name, room) for name in names]
        if WIDTH - others >= SHORTEST_NAME and len(set(shortened)) == len(set(names)):
            break
    return [(name, *row[1:]) for name, row in zip(shortened, rows, strict=True)]


def _shortened(name: str, room: int) -> str:
    """Marked by `~` where something is missing."""
    return name if len(name) <= room else name[: room - 1] + "~"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(width) if column < _TEXTS else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return " ".join(cells).rstrip()


def _wrapped(line: str, indent: str) -> str:
    return textwrap.fill(
        line, WIDTH, initial_indent=indent, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _reasons(result: Result) -> Iterator[str]:
    yield f"{result.kernel}: {result.verdict}"
    for problem in (*result.problems[:SHOWN_PROBLEMS], *(f"note: {note}" for note in result.notes[:SHOWN_NOTES])):
        for number, line in enumerate(problem.splitlines()):
            indent = "    " if number else "  - "
            yield indent + line if line.startswith("  ") else _wrapped(line, indent)
    if len(result.problems) > SHOWN_PROBLEMS:
        yield f"  and {len(result.problems) - SHOWN_PROBLEMS} more, in smoke.json"
