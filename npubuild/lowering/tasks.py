"""Tasks: descriptors written by `dma_configure_task`, numbered by the compiler, pushed and awaited later (3.7, 3.8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from xdsl.ir import Block, Operation, Region, SSAValue

from npubuild.hardware.descriptors import Packet
from npubuild.hardware.devices import RESOURCES, Channel, Tile, TileKind
from npubuild.hardware.registers import Push
from npubuild.lowering.descriptor_fields import bd_id_problems, repeat_problems
from npubuild.lowering.problems import Problem, RefusedError
from npubuild.lowering.program import Program
from npubuild.lowering.scope import Scope
from npubuild.lowering.task_descriptors import TaskDescriptor, write_descriptor
from npubuild.mlir.dialect.aie import BdChainOp, DmaBdOp, EndOp, NextBdOp, UseLockOp
from npubuild.mlir.dialect.aiex import (
    DmaAwaitTaskOp,
    DmaConfigureTaskForOp,
    DmaConfigureTaskOp,
    DmaFreeTaskOp,
    DmaStartBdChainForOp,
    DmaStartBdChainOp,
    DmaStartTaskOp,
)

# The allocator takes every channel for channel 0, which on a memory tile reaches the lower half only (npu-facts.md, 3.8).
ALLOCATED = {kind: RESOURCES[kind].descriptors for kind in TileKind} | {
    TileKind.MEM: RESOURCES[TileKind.MEM].descriptors // 2
}

ConfigureOp = DmaConfigureTaskOp | DmaConfigureTaskForOp | DmaStartBdChainOp | DmaStartBdChainForOp


class Task(NamedTuple):
    """A configured task: the numbers of its descriptors in the order of its blocks."""

    channel: Channel
    descriptors: tuple[int, ...]
    repeat: int
    token: bool


class Tasks:
    """The tasks of a sequence by the value that names them, and the descriptor numbers in use on every tile.

    A task that could not be configured is None: what uses it says nothing more.
    """

    def __init__(self) -> None:
        self.known: dict[SSAValue, Task | None] = {}
        self.used: defaultdict[Tile, set[int]] = defaultdict(set)

    def configure(self, op: DmaConfigureTaskOp | DmaConfigureTaskForOp, scope: Scope, program: Program) -> None:
        """Number the descriptors and write them."""
        self.known[op.task] = None
        self._configure(op, op.body, scope, program)

    def start_chain(self, op: DmaStartBdChainOp | DmaStartBdChainForOp, scope: Scope, program: Program) -> None:
        """Configure a chain with the given arguments, and start it."""
        self.known[op.task] = None
        chain = next((chain for chain in scope.device.ops_of(BdChainOp) if chain.symbol == op.chain), None)
        if chain is None:
            raise RefusedError(Problem("unknown-chain", f"there is no `aie.bd_chain @{op.chain}` in this device"))
        parameters = chain.body.blocks[0].args
        inner = scope.calling(parameters, op.arguments)
        task = self._configure(op, chain.body, inner, program)
        if task:
            _push(op, task, scope, program)

    def start(self, op: DmaStartTaskOp, scope: Scope, program: Program) -> None:
        task = self._task(op)
        if task:
            _push(op, task, scope, program)

    def wait(self, op: DmaAwaitTaskOp, _scope: Scope, program: Program) -> None:
        """Wait for the task's token; its descriptors are free afterwards."""
        task = self._task(op)
        if task is None:
            return
        if not task.token:
            hint = "add `issue_token = true` to the operation that configures it"
            raise RefusedError(Problem("await-without-token", "the task gives no token, so it cannot be awaited", hint))
        program.emit_sync(op, task.channel)
        self._release(task)

    def free(self, op: DmaFreeTaskOp, _scope: Scope, _program: Program) -> None:
        task = self._task(op)
        if task:
            self._release(task)

    def _task(self, op: DmaStartTaskOp | DmaAwaitTaskOp | DmaFreeTaskOp) -> Task | None:
        if op.task not in self.known:
            raise RefusedError(Problem("unknown-task", "the operand is not a task that was configured before"))
        return self.known[op.task]

    def _release(self, task: Task) -> None:
        self.used[task.channel.tile].difference_update(task.descriptors)

    def _configure(self, op: ConfigureOp, body: Region, scope: Scope, program: Program) -> Task | None:
        channel, packet = _channel(op, scope)
        blocks = {block: _bd_of(block, op) for block in _bd_blocks(body, op)}
        numbers = dict(zip(blocks, self._number(op, list(blocks.values()), channel.tile), strict=True))
        good = program.check(op, repeat_problems(op.repeat_count))
        for block, bd in blocks.items():
            descriptor = TaskDescriptor(bd, numbers[block], _following(block, numbers), channel, packet)
            try:
                good &= write_descriptor(descriptor, scope, program)
            except RefusedError as refused:
                good = False
                program.refuse(refused.op or bd, refused.problem)
        if not good:
            return None
        task = Task(channel, tuple(numbers.values()), op.repeat_count, op.issue_token)
        self.known[op.task] = task
        return task

    def _number(self, op: Operation, bds: list[DmaBdOp], tile: Tile) -> list[int]:
        """Explicit numbers first, then the lowest free one for each of the others, in order."""
        used = self.used[tile]
        for bd in bds:
            if bd.bd_id is None:
                continue
            for problem in bd_id_problems(bd.bd_id, tile.kind):
                raise RefusedError(problem, bd)
            if bd.bd_id in used:
                hint = "free the task that uses it first, or leave the number to the compiler"
                raise RefusedError(Problem("bd-id-in-use", f"bd id {bd.bd_id} of tile {tile} is in use already", hint), bd)
            used.add(bd.bd_id)
        return [self._lowest(op, tile) if bd.bd_id is None else bd.bd_id for bd in bds]

    def _lowest(self, op: Operation, tile: Tile) -> int:
        used, available = self.used[tile], ALLOCATED[tile.kind]
        number = next((number for number in range(available) if number not in used), None)
        if number is None:
            hint = "await or free tasks before configuring more"
            problem = Problem("bd-ids-exhausted", f"all {available} descriptors of tile {tile} are in use by tasks", hint)
            raise RefusedError(problem, op)
        used.add(number)
        return number


def _push(op: Operation, task: Task, scope: Scope, program: Program) -> None:
    program.emit_push(op, scope, task.channel, Push(task.descriptors[0], task.repeat, task.token))


def _channel(op: ConfigureOp, scope: Scope) -> tuple[Channel, Packet | None]:
    """The channel of a task, and the packet header of its descriptors that have none of their own."""
    if isinstance(op, DmaConfigureTaskForOp | DmaStartBdChainForOp):
        allocation = scope.allocation(op.symbol)
        return allocation.channel, allocation.packet
    tile = scope.check_tile(*op.tile)
    packet = op.packet if isinstance(op, DmaConfigureTaskOp) else None
    if not 0 <= op.channel_index < RESOURCES[tile.kind].channels:
        count = RESOURCES[tile.kind].channels
        raise RefusedError(Problem("channel-range", f"channel {op.channel_index} of {tile}: it has 0 to {count - 1}"))
    return Channel(tile, op.direction, op.channel_index), Packet(packet.type, packet.id) if packet else None


def _bd_blocks(body: Region, op: Operation) -> Iterator[Block]:
    """The blocks that hold a descriptor; an entry block that only leads to another one is passed over."""
    for position, block in enumerate(body.blocks):
        ops = list(block.ops)
        if position == 0 and len(ops) == 1 and isinstance(ops[0], NextBdOp):
            continue
        for inner in ops:
            if not isinstance(inner, DmaBdOp | UseLockOp | NextBdOp | EndOp):
                raise RefusedError(Problem("task-contents", f"`{inner.name}` is not supported in a task"), inner)
        if not ops or not isinstance(ops[-1], NextBdOp | EndOp):
            raise RefusedError(Problem("task-contents", "every block of a task ends with `aie.next_bd` or `aie.end`"), op)
        yield block


def _bd_of(block: Block, op: Operation) -> DmaBdOp:
    bds = [inner for inner in block.ops if isinstance(inner, DmaBdOp)]
    if len(bds) != 1:
        message = f"every block of a task holds exactly one `aie.dma_bd`, this one has {len(bds)}"
        raise RefusedError(Problem("task-contents", message), block.last_op or op)
    return bds[0]


def _following(block: Block, numbers: dict[Block, int]) -> int | None:
    last = block.last_op
    return numbers[last.target] if isinstance(last, NextBdOp) else None
