"""The cores of a placed design, as what they ask of their tiles."""

from __future__ import annotations

from xdsl.dialects.func import CallOp

from npubuild.hardware.devices import RESOURCES
from npubuild.placement.model import Core, Placement
from npubuild.resources.core import CoreUse, Range


def core_uses(placement: Placement) -> list[CoreUse]:
    """One for each core; buffers on neighbouring tiles that a core reaches are not part of its own tile's."""
    return [_core_use(placement, core) for core in placement.cores]


def _core_use(placement: Placement, core: Core) -> CoreUse:
    called = dict.fromkeys(op.callee.string_value() for op in core.op.walk() if isinstance(op, CallOp))
    stack = [Range(0, core.stack_size, "stack")] if core.stack_size else []
    fifos = {name: ring.fifo for ring in placement.rings for name in ring.buffers}
    buffers = [
        Range(
            buffer.address,
            buffer.address + buffer.nbytes,
            f"buffer {buffer.name}" + (f" (fifo @{fifos[buffer.name]})" if buffer.name in fifos else ""),
        )
        for buffer in placement.buffers
        if buffer.tile == core.tile
    ]
    ranges = tuple(sorted((*stack, *buffers), key=lambda used: (used.start, used.end)))
    return CoreUse(str(core.tile), RESOURCES[core.tile.kind].data_memory, core.stack_size, tuple(called), ranges)
