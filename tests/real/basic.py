"""Elementwise designs: one core or one column, a kernel from a library or written in the design."""

from __future__ import annotations

import numpy as np

from tests.real.case import case, from_bf16, to_bf16


def copy_line(source: np.ndarray, target: np.ndarray, count: int) -> None:
    target[:count] = source[:count]


def scale_int16(source: np.ndarray, target: np.ndarray, factor: np.ndarray, count: int) -> None:
    scaled = source.view(np.int16)[:count] * factor.view(np.int16)[0]
    target.view(np.int16)[:count] = scaled


def bf16_kernel(function):
    """A kernel (input, output) on as many bf16 elements as the output has."""

    def kernel(source: np.ndarray, target: np.ndarray) -> None:
        target.view(np.uint16)[:64] = to_bf16(function(from_bf16(source.view(np.uint16)[:64])))

    return kernel


@case(1, kernels={"passThroughLine": copy_line})
def passthrough_kernel_oct25(x, y, unused):
    return {1: x}


@case(1)
def passthrough_pykernel(x, y):
    return {1: x}


@case(2)
def passthrough_dmas(x, unused, y):
    return {2: x}


@case(2, kernels={"vector_scalar_mul_int16_vector": scale_int16})
def vector_scalar_mul(x, factor, y):
    return {2: x * factor[0]}


@case(2)
def vector_scalar_add_located(x, unused, y):
    return {2: x + np.int32(1)}


@case(1)
def generic_forms(x, y):
    return {1: x * x}


@case(1)
def vector_reduce_max_columns(x, y):
    return {1: x.reshape(4, 256).max(axis=1)}


@case(2, spans={0: (-1000, 1000)})
def matrix_scalar_add(x, unused, y):
    y[:, :8] = x[:, :8] + 7
    return {2: y}


@case(1, kernels={"exp_bf16_1024": bf16_kernel(np.exp)})
def vector_exp_whole_column(x, y):
    return {1: to_bf16(np.exp(from_bf16(x)))}


def relu(source: np.ndarray, target: np.ndarray) -> None:
    values = source.view(np.uint16)[:32]
    target.view(np.uint16)[:32] = np.where(values & 0x8000, 0, values)


@case(1, kernels={"bf16_relu": relu})
def relu_eight_columns(x, y):
    return {1: np.where(x & 0x8000, 0, x)}
