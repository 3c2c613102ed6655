"""Programs of cores: vectors, all sorts of statements, state that lasts."""

from __future__ import annotations

import numpy as np

from tests.real.case import case, from_bf16, to_bf16


@case(1)
def vector_softmax_core(x, y):
    scaled = (x - x.max(axis=1, keepdims=True)) * np.float32(-4)
    return {1: np.maximum(scaled, np.float32(0))}


def described(values: np.ndarray) -> np.ndarray:
    unsigned = values.astype(np.uint32).astype(np.int64)
    digits = np.array([len(str(value)) if value else 0 for value in unsigned])
    return np.stack([digits, (3 * unsigned + np.arange(8)) >> 32], axis=1).reshape(-1)


def even_and_odd(values: np.ndarray) -> np.ndarray:
    places = np.arange(8)
    shifted = values << (places // 2)
    quotient = np.fix(values / 7).astype(np.int64)
    rest = values - 7 * quotient
    return np.where(places % 2, rest * (quotient - values // 7), shifted)


def thirds(values: np.ndarray) -> np.ndarray:
    scaled = values.astype(np.float32) * np.float32(0.333333343)
    return from_bf16(to_bf16(scaled)).view(np.int32)


def switched(values: np.ndarray) -> np.ndarray:
    primes = np.array([2, 3, 5, 7, 11, 13, 17, 19])
    return np.select([values & 3 == 0, values & 3 == 1], [primes, 3 - primes], values < 3)


@case(1)
def core_statements(x, y):
    rows = []
    for one, two, three, four in x.reshape(3, 4, 8).astype(np.int64):
        tail = [3, 0, 0, 0, 0, 0, 0, 0]
        rows.append(np.concatenate([described(one), even_and_odd(two), thirds(three), switched(four), three, four, tail]))
    return {1: np.stack(rows).astype(np.int32)}


@case(1, runs=("warm", "run"))
def two_sequences(x, y):
    return {1: x + np.int32(5) + np.repeat(np.arange(2, dtype=np.int32), 8)}


@case(1)
def sliding_window_conditional(x, y):
    blocks = x.reshape(2, 10, 10)
    before = np.concatenate([blocks[:, :1], blocks[:, :-1]], axis=1)
    return {1: before + blocks}


@case(1, 2)
def nested_reduction(x, y, z):
    sums = x.reshape(8, 5, 10).sum(axis=1, dtype=np.int32)
    return {1: sums, 2: sums + sums}


@case(1)
def core_without_loop(x, y):
    objects = x.reshape(5, 4)
    larger = np.maximum(objects[1].view(np.uint16), objects[2].view(np.uint16)).view(np.int16)
    return {1: np.concatenate([np.minimum(objects[0], objects[3]), larger, objects[4]])}


@case(1)
def vector_requantise(x, y):
    factors = np.arange(1, 17) * np.tile([1, -1], 8)
    lines = x.reshape(3, 2, 16).astype(np.int32)
    scaled = np.clip((lines * factors) >> 2, -100, 100)
    halved = np.fix(np.where(lines > 0, lines / 2, lines))
    return {1: np.concatenate([scaled.reshape(3, 32), halved.reshape(3, 32)], axis=1)}
