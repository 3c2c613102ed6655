"""The overview: one row for each kernel, what has changed since the run before, and the same as Markdown for CI systems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from npubuild.pages.plots import trend
from npubuild.report.history import Entry
from npubuild.report.table import summary
from npubuild.smoke.result import Result

NOTEWORTHY = 0.25  # relative change of a time that is worth saying


@dataclass(frozen=True)
class Row:
    """One kernel of the overview. `likely` is the likely cause of a failure, `trend` an SVG."""

    kernel: str
    summary: str
    result: Result | None
    entry: Entry | None
    changes: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    trend: str = ""

    @property
    def status(self) -> str:
        return self.result.status.value if self.result is not None else "NOT RUN"

    @property
    def verdict(self) -> str:
        return self.result.verdict if self.result is not None else "not run"


def changes(entries: Sequence[Entry]) -> tuple[str, ...]:
    """What is different in the last entry from the one before on the same device."""
    if not entries:
        return ()
    now = entries[-1]
    earlier = [entry for entry in entries[:-1] if (entry.device, entry.toolchain) == (now.device, now.toolchain)]
    return tuple(_changes(earlier[-1], now)) if earlier else ("new",)


def _changes(before: Entry, now: Entry) -> Iterator[str]:
    if before.status != now.status:
        yield f"{before.status} -> {now.status}"
    if before.exact is not None and before.exact != now.exact and now.exact is not None:
        yield "exact again" if now.exact else "no longer exact"
    if before.max_error is not None and now.max_error is not None and before.max_error != now.max_error:
        yield f"error {before.max_error:.3g} -> {now.max_error:.3g}"
    for what, old, new in (
        ("stream", before.instruction_bytes, now.instruction_bytes),
        ("xclbin", before.xclbin_bytes, now.xclbin_bytes),
    ):
        if old is not None and new is not None and old != new:
            yield f"{what} {old} -> {new} B"
    if before.seconds and now.seconds and abs(now.seconds / before.seconds - 1) > NOTEWORTHY:
        yield f"time {100 * (now.seconds / before.seconds - 1):+.0f} %"


def trend_of(entries: Sequence[Entry]) -> str:
    """The times of the latest runs, with those that failed."""
    return trend([entry.seconds for entry in entries], [entry.status == "PASS" for entry in entries])


def markdown(rows: Sequence[Row]) -> str:
    """A table and the reasons of what failed, as GitHub shows it in the summary of a step."""
    results = [row.result for row in rows if row.result is not None]
    lines = ["## Smoke tests", "", summary(results) if results else "nothing has been run", ""]
    lines += ["| kernel | status | exact | correlation | max error | time | changed |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        cells = [f"`{row.kernel}`", f"**{row.verdict}**" if row.status != "PASS" else row.verdict, *cells_of(row)]
        lines.append(f"| {' | '.join(_escaped(cell) for cell in (*cells, ', '.join(row.changes)))} |")
    for row in rows:
        if row.result is not None and row.status != "PASS":
            lines += ["", f"### {row.kernel}: {row.verdict}", ""]
            lines += [f"- {_escaped(text.splitlines()[0])}" for text in (*row.result.problems[:4], *row.likely[:4])]
    return "\n".join(lines) + "\n"


def cells_of(row: Row) -> tuple[str, str, str, str]:
    """Exact, correlation, error and time as text."""
    measures = row.result.measures if row.result is not None else None
    if measures is None:
        return ("-", "-", "-", "-")
    exact = {True: "yes", False: "no", None: "-"}[measures.exact]
    correlation = "-" if measures.correlation is None else f"{int(measures.correlation * 10000) / 10000:.4f}"
    return (exact, correlation, f"{measures.max_error:.3g}", f"{measures.seconds * 1e3:.3g} ms")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
