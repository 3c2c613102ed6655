"""Where the real compiler puts the buffers and locks of fifos among those of the design (npu-facts.md, 5.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from xdsl.ir import Operation

from npubuild.mlir.dialect.aie import DeviceOp, TileOp

T = TypeVar("T")
OpT = TypeVar("OpT", bound=Operation)


def compiled_order(device: DeviceOp, own: Mapping[OpT, T], created: Sequence[Sequence[T]]) -> list[T]:
    """Own objects and created groups in the order of the compiled design.

    Every group goes directly behind the last `aie.tile`, in front of the groups created before it; what the design declares
    further down follows.
    """
    last_tile = max((index for index, op in enumerate(device.block.ops) if isinstance(op, TileOp)), default=-1)
    before: list[T] = []
    after: list[T] = []
    for index, op in enumerate(device.block.ops):
        if op in own:
            (before if index < last_tile else after).append(own[op])  # type: ignore[index]  # only keys of `own` get here
    return [*before, *(item for group in reversed(created) for item in group), *after]
