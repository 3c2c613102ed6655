"""`dma-task-to-memcpy`: tasks (`dma_configure_task_for`, start, await, free) become `dma_memcpy_nd` and `dma_wait`.

Descriptors keep the numbers that the compiler would give the tasks, so linear transfers lower to the same bytes. A memcpy
to the host always issues a token; where the task issued none, the next wait on that channel takes it away as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xdsl.dialects.builtin import IntegerAttr, i64
from xdsl.ir import Attribute, Operation, SSAValue

from npubuild.errors import UserError
from npubuild.hardware.devices import Direction
from npubuild.mlir.dialect.aie import DeviceOp, DmaBdOp, EndOp, RuntimeSequenceOp
from npubuild.mlir.dialect.aiex import (
    DmaAwaitTaskOp,
    DmaConfigureTaskForOp,
    DmaConfigureTaskOp,
    DmaFreeTaskOp,
    DmaStartTaskOp,
    NpuDmaMemcpyNdOp,
    NpuDmaWaitOp,
)
from npubuild.mlir.patch import Effect
from npubuild.mlir.patch._edit import insert_before, remove
from npubuild.mlir.patch._numbering import Numbering
from npubuild.mlir.patch._shim_ends import ShimEnd, ShimEnds
from npubuild.mlir.source import Design

ConfigureTask = DmaConfigureTaskForOp | DmaConfigureTaskOp
LIST_LENGTH = 4
MAX_REPEAT = 64  # executions that the outermost size of a memcpy can ask for


def rewrite(design: Design) -> Effect:
    for device in design.devices():
        for sequence in design.sequences(device):
            _Sequence(design, device).rewrite(sequence)
    return Effect()


@dataclass
class _Task:
    """A configured task: the memcpy's parameters, and the descriptor number reserved for its first start."""

    end: ShimEnd
    bd: DmaBdOp
    issues_token: bool
    repeat: int
    number: int
    wanted: int | None
    started: int = 0
    numbers: list[int] = field(default_factory=list)


@dataclass
class _Tokens:
    """Tokens of one channel that no wait has taken yet, by the start that issues them: as tasks do, and as memcpys do."""

    of_tasks: list[int] = field(default_factory=list)
    of_memcpys: list[tuple[int, Operation]] = field(default_factory=list)
    starts: int = 0


class _Sequence:
    def __init__(self, design: Design, device: DeviceOp) -> None:
        self._design = design
        self._ends = ShimEnds(design, device)
        self._numbering = Numbering()
        self._tasks: dict[SSAValue, _Task] = {}
        self._tokens: dict[str, _Tokens] = {}

    def rewrite(self, sequence: RuntimeSequenceOp) -> None:
        done: list[Operation] = []
        for op in sequence.block.ops:
            if isinstance(op, (DmaConfigureTaskForOp, DmaConfigureTaskOp)):
                self._tasks[op.task] = self._configure(op)
            elif isinstance(op, DmaStartTaskOp):
                self._start(op, self._task(op))
            elif isinstance(op, DmaAwaitTaskOp):
                self._await(op, self._task(op))
            elif isinstance(op, DmaFreeTaskOp):
                self._free(self._task(op))
            else:
                continue
            done.append(op)
        self._refuse_unread_tokens()
        remove(done)

    def _task(self, op: DmaStartTaskOp | DmaAwaitTaskOp | DmaFreeTaskOp) -> _Task:
        if op.task not in self._tasks:
            raise self._refusal(op, "this task was not made by a configure operation of the same sequence")
        return self._tasks[op.task]

    def _configure(self, op: ConfigureTask) -> _Task:
        end = self._end(op)
        bd = self._descriptor(op)
        number = self._numbering.take(end.tile, bd.bd_id)
        if number is None:
            raise self._refusal(op, f"shim tile {end.tile} has no free buffer descriptor for this task")
        return _Task(end, bd, op.issue_token, op.repeat_count, number, bd.bd_id, numbers=[number])

    def _end(self, op: ConfigureTask) -> ShimEnd:
        if isinstance(op, DmaConfigureTaskForOp):
            return self._ends.named(op.symbol, op)
        end = self._ends.at(op.tile, op.direction, op.channel_index)
        if end is None:
            raise self._refusal(
                op,
                f"{op.direction.name} {op.channel_index} of tile {op.tile} has no symbol that a memcpy could name",
                hint=f"add an `aie.shim_dma_allocation` for {op.direction.name} {op.channel_index}",
            )
        return end

    def _descriptor(self, op: ConfigureTask) -> DmaBdOp:
        ops = [inner for block in op.body.blocks for inner in block.ops]
        bds = [inner for inner in ops if isinstance(inner, DmaBdOp)]
        if len(bds) != 1 or any(not isinstance(inner, (DmaBdOp, EndOp)) for inner in ops):
            raise self._refusal(op, "a memcpy is one buffer descriptor: this task is a chain, or uses locks")
        if bds[0].pads:
            raise self._refusal(bds[0], "a shim DMA cannot pad")
        return bds[0]

    def _start(self, op: DmaStartTaskOp, task: _Task) -> None:
        number: int | None = task.number
        if task.started:
            number = self._numbering.take(task.end.tile, task.wanted)
            if number is None:
                raise self._refusal(op, f"shim tile {task.end.tile} has no free buffer descriptor to start this task again")
            task.numbers.append(number)
        task.started += 1
        memcpy = self._memcpy(task, number if number is not None else task.number)
        insert_before(op, memcpy)
        tokens = self._tokens.setdefault(task.end.key, _Tokens())
        tokens.starts += 1
        if task.issues_token:
            tokens.of_tasks.append(tokens.starts)
        if task.issues_token or task.end.direction is Direction.S2MM:
            tokens.of_memcpys.append((tokens.starts, op))

    def _await(self, op: DmaAwaitTaskOp, task: _Task) -> None:
        tokens = self._tokens.setdefault(task.end.key, _Tokens())
        if not tokens.of_tasks:
            raise self._refusal(op, "this await has no token to wait for: no started task of its channel issues one")
        last = tokens.of_tasks.pop(0)
        while tokens.of_memcpys and tokens.of_memcpys[0][0] <= last:
            tokens.of_memcpys.pop(0)
            insert_before(op, NpuDmaWaitOp(task.end.symbol))
        self._free(task)

    def _free(self, task: _Task) -> None:
        for number in task.numbers:
            self._numbering.give_back(task.end.tile, number)

    def _refuse_unread_tokens(self) -> None:
        for key, tokens in self._tokens.items():
            for start, op in tokens.of_memcpys:
                if start not in tokens.of_tasks:
                    raise self._refusal(
                        op,
                        f"this task issues no token and nothing waits for it; as a memcpy it would leave one on {key}",
                        hint="give its configure operation `issue_token = true` and await it",
                    )

    def _memcpy(self, task: _Task, number: int) -> NpuDmaMemcpyNdOp:
        sizes, strides = self._access(task)
        offset, rest = divmod(task.bd.offset_value, max(strides[-1], 1))
        if rest:
            raise self._refusal(
                task.bd, f"offset {task.bd.offset_value} is no multiple of the innermost stride {strides[-1]}"
            )
        attributes: dict[str, Attribute] = {}
        if task.bd.burst:
            attributes["burst_length"] = IntegerAttr(task.bd.burst, i64)
        packet = task.bd.packet or task.end.packet
        if packet is not None:
            attributes["packet"] = packet
        token = task.issues_token and task.end.direction is Direction.MM2S
        return NpuDmaMemcpyNdOp(
            task.bd.buffer,
            (0, 0, 0, offset),
            sizes,
            strides,
            task.end.symbol,
            number,
            issue_token=token,
            attributes=attributes,
        )

    def _access(self, task: _Task) -> tuple[Sequence[int], Sequence[int]]:
        """Sizes and strides of the memcpy, four each, outermost first."""
        dims = [*(task.bd.dims or [(task.bd.length, 1)])]
        if len(dims) > LIST_LENGTH:
            raise self._refusal(task.bd, f"a memcpy has {LIST_LENGTH} dimensions, this descriptor {len(dims)}")
        dims = [(1, 0)] * (LIST_LENGTH - len(dims)) + dims
        executions = task.repeat + 1
        if dims[0][0] == 1 and executions > 1:
            dims[0] = (executions, 0)
        if dims[0][0] != executions or executions > MAX_REPEAT:
            raise self._refusal(
                task.bd,
                f"outermost size {dims[0][0]} and repeat_count {task.repeat} disagree, or exceed {MAX_REPEAT} runs",
                hint="repeat_count is the outermost of four sizes less one",
            )
        return [size for size, _ in dims], [stride for _, stride in dims]

    def _refusal(self, op: Operation, message: str, hint: str = "") -> UserError:
        return UserError.at(self._design.place(op), message, hint=hint, rule="cannot-become-memcpy")
