"""`memcpy-to-dma-task`: `dma_memcpy_nd` and `dma_wait` become tasks (configure, start, await, free).

Each task keeps the descriptor number of its memcpy as `bd_id`. A wait becomes the await of the task whose token it takes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from xdsl.ir import Attribute, Block, Operation, Region

from npubuild.errors import UserError
from npubuild.hardware.devices import Direction
from npubuild.mlir.dialect.aie import DeviceOp, DmaBdOp, EndOp, RuntimeSequenceOp
from npubuild.mlir.dialect.aiex import (
    DmaAwaitTaskOp,
    DmaConfigureTaskForOp,
    DmaFreeTaskOp,
    DmaStartTaskOp,
    NpuDmaMemcpyNdOp,
    NpuDmaWaitOp,
)
from npubuild.mlir.dialect.fields import i32
from npubuild.mlir.patch import Effect
from npubuild.mlir.patch._edit import insert_before, remove
from npubuild.mlir.patch._shim_ends import ShimEnd, ShimEnds
from npubuild.mlir.source import Design


def rewrite(design: Design) -> Effect:
    for device in design.devices():
        for sequence in design.sequences(device):
            _Sequence(design, device).rewrite(sequence)
    return Effect()


@dataclass
class _Tasks:
    """The live tasks of one shim tile by descriptor number, and the unread tokens of its channels in order."""

    live: dict[int, DmaConfigureTaskForOp] = field(default_factory=dict)
    tokens: dict[str, list[DmaConfigureTaskForOp]] = field(default_factory=dict)


class _Sequence:
    def __init__(self, design: Design, device: DeviceOp) -> None:
        self._design = design
        self._ends = ShimEnds(design, device)
        self._tiles: dict[object, _Tasks] = {}

    def rewrite(self, sequence: RuntimeSequenceOp) -> None:
        done: list[Operation] = []
        for op in sequence.block.ops:
            if isinstance(op, NpuDmaMemcpyNdOp):
                self._start(op, self._ends.named(op.metadata, op))
            elif isinstance(op, NpuDmaWaitOp):
                self._await(op, self._ends.named(op.symbol, op))
            else:
                continue
            done.append(op)
        remove(done)

    def _tile(self, end: ShimEnd) -> _Tasks:
        return self._tiles.setdefault(end.tile, _Tasks())

    def _start(self, op: NpuDmaMemcpyNdOp, end: ShimEnd) -> None:
        tasks = self._tile(end)
        if any(op.zero_padding):
            raise self._refusal(op, "a shim DMA cannot pad")
        if op.id in tasks.live:
            insert_before(op, DmaFreeTaskOp(tasks.live.pop(op.id)))
        issues_token = op.issue_token or end.direction is Direction.S2MM
        configure = DmaConfigureTaskForOp(op.metadata, Region(_descriptor(op)), issues_token, op.sizes[0] - 1)
        insert_before(op, configure)
        insert_before(op, DmaStartTaskOp(configure))
        tasks.live[op.id] = configure
        if issues_token:
            tasks.tokens.setdefault(end.key, []).append(configure)

    def _await(self, op: NpuDmaWaitOp, end: ShimEnd) -> None:
        tasks = self._tile(end)
        waiting = tasks.tokens.get(end.key, [])
        if not waiting:
            raise self._refusal(
                op,
                f"this wait on @{op.symbol} has no token to take",
                hint="a transfer into the array needs `issue_token = true`",
            )
        task = waiting.pop(0)
        freed = [number for number, live in tasks.live.items() if live is task]
        if not freed:
            raise self._refusal(
                op, f"the descriptor of the transfer that this wait on @{op.symbol} is for was written again before"
            )
        insert_before(op, DmaAwaitTaskOp(task))
        del tasks.live[freed[0]]

    def _refusal(self, op: Operation, message: str, hint: str = "") -> UserError:
        return UserError.at(self._design.place(op), message, hint=hint, rule="cannot-become-task")


def _descriptor(op: NpuDmaMemcpyNdOp) -> Block:
    sizes, strides = op.sizes, op.strides
    offset = sum(start * stride for start, stride in zip(op.offsets, strides, strict=True))
    attributes: dict[str, Attribute] = {"bd_id": i32(op.id), "burst_length": i32(op.burst)}
    if op.packet is not None:
        attributes["packet"] = op.packet
    dims = tuple(zip(sizes, strides, strict=True))
    # A one-dimensional task loses its innermost stride (npu-facts.md, rule 21); spelled with two dimensions it keeps it.
    if sizes[1:3] == (1, 1) and strides[3] > 1:
        dims = (dims[0], dims[1], dims[3], (1, 1))
    bd = DmaBdOp(op.memref, offset, sizes[1] * sizes[2] * sizes[3], dims, attributes)
    return Block([bd, EndOp.create()])
