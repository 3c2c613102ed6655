"""Finds what a kernel writes beside the buffers it was given: a stray pointer, or an index past the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from npubuild.emulator.memory import GUARD
from npubuild.emulator.process import Bytes, CallKernel
from npubuild.hardware.devices import RESOURCES, Tile, TileKind, shares_memory

if TYPE_CHECKING:
    from npubuild.emulator.array import Array

RUNS_SHOWN = 4  # of strayed bytes that lie together
GAP = 16  # bytes between two runs: fewer may just have had the right value before


def watched(array: Array, tile: Tile, step: CallKernel) -> Callable[..., Any]:
    """The step's function with a look at the memories that the core on `tile` reaches, before and after each call.

    Any byte that changes outside the arguments is a fault that names tile, address and what lies there. Meant for calls
    that run one at a time.
    """

    def call(*arguments: Any) -> Any:
        reach = [owner for owner in array.tiles if shares_memory(tile, owner)]
        before = {owner: array.tiles[owner].memory.storage.copy() for owner in reach}
        result = step.function(*arguments)
        for owner in reach:
            storage = array.tiles[owner].memory.storage
            changed = before[owner] != storage
            if changed.any():
                _report(array, owner, step, changed & ~_given(storage, arguments))
        return result

    return call


def _given(storage: Bytes, arguments: tuple[Any, ...]) -> npt.NDArray[np.bool_]:
    """Which bytes of `storage` belong to the array arguments (contiguous views)."""
    given = np.zeros(storage.size, np.bool_)
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            first = argument.ctypes.data - storage.ctypes.data
            given[max(first, 0) : max(first + argument.nbytes, 0)] = True
    return given


def _report(array: Array, tile: Tile, step: CallKernel, strayed: npt.NDArray[np.bool_]) -> None:
    places = np.flatnonzero(strayed)
    for run in np.split(places, np.flatnonzero(np.diff(places) > GAP) + 1)[:RUNS_SHOWN]:
        if not run.size:
            continue
        first, last = int(run[0]) - GUARD, int(run[-1]) - GUARD
        array.findings.fault(
            f"kernel {step.name} tile {tile.col} {tile.row} bytes {first}..{last}",
            "kernel-out-of-bounds",
            f"kernel {step.name} wrote {last - first + 1} bytes at {_hexadecimal(first)} of tile {tile}:"
            f" {what_lies_at(array, tile, first)}",
            "the bytes lie outside all buffers that were passed to it",
            step.place,
        )


def what_lies_at(array: Array, tile: Tile, address: int) -> str:
    """What the placement puts at a byte address of a tile."""
    size = RESOURCES[tile.kind].data_memory
    if not 0 <= address < size:
        return "outside the tile's memory"
    for buffer in array.placement.buffers:
        if buffer.tile == tile and buffer.address <= address < buffer.address + buffer.nbytes:
            fifos = [ring.fifo for ring in array.placement.rings if buffer.name in ring.buffers]
            return f"buffer {buffer.name}" + (f" (fifo @{fifos[0]})" if fifos else "")
    if tile.kind is TileKind.CORE:
        stack = next((core.stack_size for core in array.placement.cores if core.tile == tile), 0)
        if address < stack:
            return "the core's stack"
    return "memory that belongs to no buffer"


def _hexadecimal(address: int) -> str:
    return f"-{-address:#x}" if address < 0 else f"{address:#x}"
