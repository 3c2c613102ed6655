"""docs/kernels.md: what each kernel promises and what its last smoke test measured.

`python -m npubuild.report.accuracy > docs/kernels.md` after `doit test`. Times are left out: the page is the same anywhere.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

from npubuild.errors import UserError
from npubuild.registry import Kernel, Registry, read_registry
from npubuild.smoke.current import passed_result
from npubuild.smoke.result import Measures

HEADER = """# The kernels and how exact they are

Made by `doit test` and `python -m npubuild.report.accuracy > docs/kernels.md`, on the emulated toolchain. Each smoke test
holds the output against the same C++ called directly on the host (`exact`: every byte equal) and against a float64
reference: the greatest error in steps of the output, or in units of the last place (ulp) where it is floating point, and
the least correlation, over all cases and seeds. In brackets the tolerance of kernels.yaml, the widest one of its cases.

| kernel | what it is | exact | error | correlation |
| --- | --- | --- | --- | --- |
"""


def accuracy_page(registry: Registry) -> str:
    """The page for the emulated toolchain. UserError unless every kernel, as it is now, has passed its smoke test."""
    results = {name: passed_result(kernel, registry.root, "emulated") for name, kernel in registry.kernels.items()}
    rows = [_row(kernel, results[name].measures) for name, kernel in registry.kernels.items()]
    return HEADER + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(kernel: Kernel, measures: Measures | None) -> Iterator[str]:
    yield f"`{kernel.name}`"
    yield kernel.summary
    if measures is None:
        yield from ("-", "-", "-")
        return
    yield {True: "yes", False: "no", None: "no C++"}[measures.exact]
    yield _error(kernel, measures)
    yield _correlation(kernel, measures)


def _error(kernel: Kernel, measures: Measures) -> str:
    tolerances = [case.tolerance for case in kernel.smoke.cases]
    in_ulp = [tolerance.max_ulp for tolerance in tolerances if tolerance.max_ulp is not None]
    if in_ulp and measures.max_ulp is not None:
        return f"{measures.max_ulp:.2f} ulp (at most {max(in_ulp):g})"
    allowed = max(tolerance.max_error for tolerance in tolerances if math.isfinite(tolerance.max_error))
    return f"{measures.max_error:.2g} (at most {allowed:g})"


def _correlation(kernel: Kernel, measures: Measures) -> str:
    wanted = [case.tolerance.correlation for case in kernel.smoke.cases if case.tolerance.correlation is not None]
    if measures.correlation is None or not wanted:
        return "-"
    # Rounded down: 1.0000 means exactly that.
    return f"{int(measures.correlation * 10000) / 10000:.4f} (at least {min(wanted):g})"


def main() -> int:
    try:
        page = accuracy_page(read_registry(Path("kernels.yaml").absolute()))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
