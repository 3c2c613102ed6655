"""Designs below the object fifo: descriptors and locks by hand, switches, registers, as compilers and tests write them."""

from __future__ import annotations

import numpy as np

from tests.real.case import case


@case(2)
def explicit_add_one(x, unused, y):
    return {2: x + np.int32(1)}


@case(2, spans={0: (-1000, 1000), 1: (-1000, 1000)})
def air_matmul_blocks(a, b, c):
    return {2: a @ b}


@case(1)
def lowered_by_tool(x, y):
    return {1: -x}


@case(1)
def routed_by_switchboxes(x, y):
    return {1: x}


@case(1)
def packet_flows_both_ways(x, y):
    return {1: np.concatenate([x[:16] * np.int32(3), x[16:] - np.int32(5)])}


@case(1)
def table_by_blockwrite(x, y):
    table = np.array([0, 0, 10, -20, 30, 0x7FFFFFFF, ~0xFF00, 0xDEADBEEF - 2**32], np.int64).astype(np.int32)
    return {1: x ^ np.tile(table, 4)}


@case(1)
def memtile_by_registers(x, y):
    return {1: x.reshape(4, 8).T}
