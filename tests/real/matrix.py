"""Matrix products, on one core and on the whole array."""

from __future__ import annotations

import numpy as np

from tests.real.case import case

BLOCK = 4
"""Rows and columns of the blocks that the kernels take, one block after the other."""


def zero(target: np.ndarray) -> None:
    target.view(np.int32)[: 8 * 8] = 0


def blocks(matrix: np.ndarray) -> np.ndarray:
    """The 8 by 8 matrix in a buffer of 4 by 4 blocks."""
    return matrix.reshape(2, 2, BLOCK, BLOCK).swapaxes(1, 2).reshape(8, 8)


def matmul(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    product = blocks(a.view(np.int16)[:64].astype(np.int32)) @ blocks(b.view(np.int16)[:64].astype(np.int32))
    c.view(np.int32)[:64] += product.reshape(2, BLOCK, 2, BLOCK).swapaxes(1, 2).reshape(-1)


def zero_vector(target: np.ndarray) -> None:
    target.view(np.int32)[:8] = 0


def matvec(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    """`a` is 8 by 16, stored as four blocks of four columns."""
    rows = a.view(np.int16)[:128].reshape(4, 8, 4).swapaxes(0, 1).reshape(8, 16).astype(np.int32)
    c.view(np.int32)[:8] += rows @ b.view(np.int16)[:16].astype(np.int32)


KERNELS = {"zero_i32": zero, "matmul_i16_i32": matmul}
SMALL = {0: (-100, 100), 1: (-100, 100)}


def product(rows: int, inner: int, columns: int):
    def expected(a, b, c):
        return {2: a.reshape(rows, inner).astype(np.int32) @ b.reshape(inner, columns).astype(np.int32)}

    return expected


def state(name: str, expected) -> None:
    expected.__name__ = name
    case(2, kernels=KERNELS, spans=SMALL)(expected)


state("matmul_single_core", product(32, 24, 16))
state("matmul_whole_array", product(64, 16, 64))
state("matmul_eight_columns", product(32, 16, 128))


@case(2, kernels={"zero_scalar_i32": zero_vector, "matvec_scalar_i16_i32": matvec}, spans=SMALL)
def matrix_vector(a, b, c):
    return {2: a.astype(np.int32) @ b.reshape(-1).astype(np.int32)}
