"""Reference model of the tiled int8 matrix product: C = A B of 128 x 256 x 128, and the order in which a core computes it.

The scales of A and B are those of matmul_i8.py; a depth of 256 makes sums twice as large, and so is the scale of C.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from matmul_i8 import A_SCALE, B_SCALE, draw_matrices
from quantise import requantisation, saturated

ROWS, DEPTH, COLUMNS = 128, 256, 128
TILE = 64  # kTile of matmul_i8_tile.cc
C_SCALE = 1 / 50

CASES = ("gaussian", "uniform", "extreme", "silent")

Int8 = npt.NDArray[np.int8]


def scalars() -> dict[str, int]:
    """The last two arguments of `matmul_i8_store`."""
    return requantisation(A_SCALE * B_SCALE / C_SCALE)


def arguments() -> dict[str, int]:
    """The options of mlir/matmul_i8_tiled.py."""
    return {"rows": ROWS, "depth": DEPTH, "columns": COLUMNS, **scalars()}


def work() -> dict[str, int]:
    """Operations of one call: as in matmul_i8.py."""
    return {"i8 x i8": ROWS * DEPTH * COLUMNS, "i32 multiply": 2 * ROWS * COLUMNS}


def draw(case: str, seed: int) -> tuple[Int8, ...]:
    """A and B of one run: int8, shapes (128, 256) and (256, 128)."""
    return draw_matrices(case, seed, (ROWS, DEPTH), (DEPTH, COLUMNS))


def compose(call: Callable[..., None], a: Int8, b: Int8) -> tuple[Int8, ...]:
    """C by the functions of matmul_i8_tile.cc, `call(name, *arguments)`: int8, shape (128, 128)."""
    c = np.zeros((ROWS, COLUMNS), np.int8)
    for row in range(0, ROWS, TILE):
        for column in range(0, COLUMNS, TILE):
            sums = np.empty((TILE, TILE), np.int32)
            tile = np.empty((TILE, TILE), np.int8)
            call("matmul_i8_clear", sums)
            for k in range(0, DEPTH, TILE):
                call("matmul_i8_add", a[row : row + TILE, k : k + TILE], b[k : k + TILE, column : column + TILE], sums)
            call("matmul_i8_store", sums, tile, *scalars().values())
            c[row : row + TILE, column : column + TILE] = tile
    return (c,)


def reference(a: Int8, b: Int8) -> tuple[npt.NDArray[np.float64], ...]:
    """C in steps of C_SCALE: float64, shape (128, 128)."""
    return (saturated(a.astype(np.float64) @ b * (A_SCALE * B_SCALE / C_SCALE)),)
