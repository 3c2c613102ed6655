"""`npubuild history [KERNEL]`: what the smoke tests of a kernel, or the last ones of all kernels, came to."""

from __future__ import annotations

import argparse
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.registry.schema import nearest
from npubuild.report.history import NAME, Entry, history, latest_by_kernel
from npubuild.terminal import say, table

HEADER = ("when", "status", "exact", "corr", "error", "ms", "stream", "xclbin")
IN_A_LIST = 6  # of these columns are shown for all kernels, so that lines fit 80 columns


def run(arguments: argparse.Namespace) -> int:
    file = Path("build") / NAME
    latest = latest_by_kernel(file, 1)
    if not latest:
        raise UserError.at(Place(str(file)), "holds no runs", hint="doit test makes some")
    if arguments.kernel is None:
        entries = [found[-1] for found in latest.values()]
        rows = [(entry.kernel, *_cells(entry)[:IN_A_LIST]) for entry in entries]
        say(table(("kernel", *HEADER[:IN_A_LIST]), rows, texts=4))
        return 0
    if arguments.kernel not in latest:
        message = f"has no run of kernel `{arguments.kernel}`"
        raise UserError.at(Place(str(file)), message, hint=nearest(arguments.kernel, tuple(latest)))
    say(table(HEADER, [_cells(entry) for entry in history(file, arguments.kernel, arguments.last)], texts=3))
    return 0


def _cells(entry: Entry) -> tuple[str, ...]:
    exact = {True: "yes", False: "NO", None: "-"}[entry.exact]
    return (
        entry.when,
        entry.verdict,
        exact,
        "-" if entry.correlation is None else f"{int(entry.correlation * 10000) / 10000:.4f}",
        "-" if entry.max_error is None else f"{entry.max_error:.3g}",
        "-" if entry.seconds is None else f"{entry.seconds * 1e3:.3g}",
        "-" if entry.instruction_bytes is None else str(entry.instruction_bytes),
        "-" if entry.xclbin_bytes is None else str(entry.xclbin_bytes),
    )
