"""Numbers of buffer descriptors in the runtime sequence (rules 9 and 36 of npu-facts.md, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from xdsl.ir import Operation

from npubuild.check.stream import Push
from npubuild.check.subject import Subject
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import RESOURCES, Tile, TileKind
from npubuild.hardware.limits import ODD_CHANNELS_FROM
from npubuild.mlir.dialect.aie import DmaBdOp
from npubuild.mlir.dialect.aiex import (
    DmaConfigureTaskForOp,
    DmaConfigureTaskOp,
    DmaStartTaskOp,
    NpuDmaMemcpyNdOp,
    NpuPushQueueOp,
    NpuWriteBdOp,
)

PUSHABLE = 16  # the compiler keeps four bits of a descriptor's number when it pushes a task (npu-facts.md, 1.3)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for op, tile, number in _numbered(subject):
        count = RESOURCES[tile.kind].descriptors
        if not 0 <= number < count and _passes_the_compiler(op, number, count):
            message = f"descriptor {number} does not exist: a {tile.kind.value} tile has 0 to {count - 1}, and the write"
            yield subject.finding(
                op,
                "bd-id-range",
                f"{message} lands on other registers of tile {tile}",
                f"use a number from 0 to {count - 1}",
            )
    for sequence in subject.sequences:
        for event in sequence.events:
            if isinstance(event, Push) and event.channel.tile.kind is TileKind.MEM:
                yield from _memory_tile_task(subject, event)


def _passes_the_compiler(op: Operation, number: int, count: int) -> bool:
    """`dma_memcpy_nd` takes any number; the other operations only the first one past the last descriptor (3.10)."""
    return isinstance(op, NpuDmaMemcpyNdOp) or number == count


def _numbered(subject: Subject) -> Iterator[tuple[Operation, Tile, int]]:
    """The operations of all sequences that name a descriptor, with its tile and number."""
    allocations = subject.placement.allocations if subject.placement is not None else {}
    for sequence in subject.sequences:
        for op in sequence.op.walk():
            if isinstance(op, NpuDmaMemcpyNdOp) and op.metadata in allocations:
                yield op, allocations[op.metadata].channel.tile, op.id
            elif isinstance(op, NpuWriteBdOp | NpuPushQueueOp):
                yield op, Tile(op.column, op.row), op.bd_id
            elif isinstance(op, DmaBdOp) and op.bd_id is not None:
                task = op.parent_op()
                if isinstance(task, DmaConfigureTaskOp):
                    yield op, task.tile, op.bd_id
                elif isinstance(task, DmaConfigureTaskForOp) and task.symbol in allocations:
                    yield op, allocations[task.symbol].channel.tile, op.bd_id


def _memory_tile_task(subject: Subject, push: Push) -> Iterator[Diagnostic]:
    """Tasks whose descriptors the channel of the memory tile cannot run (npu-facts.md, 1.2 and 3.8)."""
    origin = push.origin
    if isinstance(origin, DmaStartTaskOp) and isinstance(origin.task.owner, Operation):
        origin = origin.task.owner
    asked = origin.bd_id if isinstance(origin, NpuPushQueueOp) else push.chain[0].number
    if push.channel.index % 2 and any(number < ODD_CHANNELS_FROM for number in push.numbers):
        message = (
            f"a task on {subject.channel_text(push.channel)} runs descriptor {push.chain[0].number}, but odd channels of a"
            f" memory tile reach {ODD_CHANNELS_FROM} and above only: it never runs"
        )
        yield subject.finding(origin, "memtile-task-channel", message, "use an even channel for tasks on a memory tile")
    elif asked >= PUSHABLE:
        message = f"descriptor {asked} is pushed as {asked % PUSHABLE}: the compiler keeps four bits of the number"
        yield subject.finding(origin, "memtile-task-channel", message, f"use descriptors below {PUSHABLE} for tasks")
