"""How data moves: links, broadcasts, layouts in streams, lists of descriptors, neighbours, casts of buffers."""

from __future__ import annotations

import numpy as np

from tests.real.case import case


@case(1)
def adjacent_memory_tiles(x, y):
    turned = x.reshape(3, 4, 6).swapaxes(1, 2).reshape(3, 24)
    return {1: turned[:, 4:20]}


def accumulate(weights, source, target, count):
    total = weights.view(np.int32)[:count].sum(dtype=np.int32)
    target.view(np.int32)[:4] = source.view(np.int32)[:4] + total


@case(2, kernels={"accumulate": accumulate})
def distribute_unequal_weights(x, weights, y):
    return {2: x.reshape(2, 12) + weights.reshape(2, 56).sum(axis=1, dtype=np.int32, keepdims=True)}


@case(1)
def broadcast_dims_per_consumer(x, y):
    stream = x.reshape(5, 4, 2, 4).swapaxes(1, 2).reshape(5, 32)
    second = stream.reshape(5, 4, 4, 2).swapaxes(1, 2).reshape(5, 32)
    return {1: np.concatenate([stream, stream, second], axis=1)}


@case(1)
def finite_lists_repeated(x, y):
    return {1: np.tile(x[:8], 3)}


@case(2)
def casts_of_arguments(x, skip, y):
    flat = x.reshape(-1)
    y[:32], y[96:] = flat[32:64], flat[64:96]
    y[64:80], y[80:96] = flat[:16], flat[64:80]
    return {2: y}


@case(1)
def chain_of_neighbours(x, y):
    for factor in range(2, 9):
        x = x * np.int32(factor) + np.tile(np.arange(4, dtype=np.int32), 6)
    return {1: x}


@case(1)
def ping_pong_tasks(x, y):
    picked = x[256:].reshape(-1, 32)[:4, :16].reshape(-1)
    return {1: np.concatenate([x[:128], x[512:640], np.tile(picked, 4), x])}


@case(1)
def patterns_at_both_ends(x, y):
    stream = x.reshape(7, 2, 2, 2, 2).transpose(0, 4, 1, 2, 3).reshape(7, 16)
    places = np.add.outer(np.add.outer(np.arange(4), 8 * np.arange(2)), 4 * np.arange(2)).reshape(-1)
    laid_out = np.empty_like(stream)
    laid_out[:, places] = stream
    return {1: laid_out}


@case(2, 1)
def several_devices_in_one(x, between, y):
    return {1: x * np.int32(2), 2: (x * np.int32(2)).reshape(4, 4).T}
