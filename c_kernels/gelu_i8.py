"""Reference model of `gelu_i8`, its scales, and its table: `python c_kernels/gelu_i8.py` makes gelu_i8_table.h."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from gelu_bf16 import gelu
from quantise import saturated, steps

ROWS, COLUMNS = 8, 1536
INPUT_SCALE = 1 / 32
OUTPUT_SCALE = 1 / 32

HEADER = Path(__file__).with_name("gelu_i8_table.h")

CASES = ("gaussian", "uniform", "silent")


def scalars() -> dict[str, int]:
    """The last argument of `gelu_i8`."""
    return {"count": ROWS * COLUMNS}


def work() -> dict[str, int]:
    """Operations of one call: a look-up for each element."""
    return {"table lookup": ROWS * COLUMNS}


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """The input of one call: int8, shape (8, 1536)."""
    rng = np.random.default_rng(seed)
    if case == "gaussian":
        return (steps(rng.normal(0, 40, (ROWS, COLUMNS))),)
    if case == "uniform":
        return (rng.integers(-128, 128, (ROWS, COLUMNS)).astype(np.int8),)
    if case == "silent":
        return (np.zeros((ROWS, COLUMNS), np.int8),)
    raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")


def reference(data: npt.NDArray[np.int8], **_: int) -> tuple[npt.NDArray[np.float64], ...]:
    """GELU in steps of OUTPUT_SCALE, unrounded: float64, shape (8, 1536)."""
    return (saturated(gelu(data.astype(np.float64) * INPUT_SCALE) / OUTPUT_SCALE),)


def render() -> str:
    """The text of gelu_i8_table.h."""
    table = steps(reference(np.arange(-128, 128, dtype=np.int8))[0])
    rows = (table[start : start + 16] for start in range(0, len(table), 16))
    return "\n".join(
        [
            "// Made by gelu_i8.py from the definitions in it: change those, not this.",
            "#ifndef GELU_I8_TABLE_H",
            "#define GELU_I8_TABLE_H",
            "",
            "#include <stdint.h>",
            "",
            f"// GELU of (i - 128) * {INPUT_SCALE}, in steps of {OUTPUT_SCALE}",
            "constexpr int8_t kGelu[256] = {",
            *("    " + ", ".join(str(value) for value in row) + "," for row in rows),
            "};",
            "",
            "#endif",
            "",
        ]
    )


if __name__ == "__main__":
    HEADER.write_text(render(), encoding="utf-8")
