"""What a comparison needs to know of one design, in the order in which one looks when something fails."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from xdsl.dialects.func import CallOp
from xdsl.ir import Operation as DesignOperation

from npubuild.check import check_design
from npubuild.check.core_steps import touches_locks
from npubuild.check.cores import ENDLESS
from npubuild.check.reading import read_subject
from npubuild.check.stream import Push, Wait
from npubuild.check.subject import SequenceOf, Subject, count_text
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Channel
from npubuild.hardware.limits import DECLARED_BUFFERS, WORD_BYTES
from npubuild.lowering.disassembly import operation_text
from npubuild.lowering.txn import Operation, Stream, encode
from npubuild.mlir.dialect import aiex
from npubuild.mlir.dialect.aie import CoreOp, ObjectFifoLinkOp, ObjectFifoOp, TileOp
from npubuild.mlir.loops import trip_count
from npubuild.mlir.memrefs import known_byte_count
from npubuild.mlir.source import Design
from npubuild.placement.cores import read_cores
from npubuild.placement.findings import Findings


class Api(enum.Enum):
    """How a sequence states its transfers."""

    MEMCPY = "dma_memcpy_nd and dma_wait"
    TASKS = "tasks: configure, start, await"
    BOTH = "dma_memcpy_nd and tasks"
    REGISTERS = "register writes only"


_MEMCPY = (aiex.NpuDmaMemcpyNdOp, aiex.NpuDmaWaitOp)
_TASKS = (
    aiex.DmaConfigureTaskForOp,
    aiex.DmaConfigureTaskOp,
    aiex.DmaStartTaskOp,
    aiex.DmaAwaitTaskOp,
    aiex.DmaFreeTaskOp,
    aiex.DmaStartBdChainOp,
    aiex.DmaStartBdChainForOp,
)


@dataclass(frozen=True)
class CoreFacts:
    """One core: its loops around fifo accesses as text, the functions that it calls, its objects, its stack in bytes."""

    where: str
    loops: tuple[str, ...]
    functions: tuple[str, ...]
    objects: tuple[str, ...]
    stack: int


@dataclass(frozen=True)
class Facts:
    """One design under comparison; everything is of one device and one runtime sequence."""

    file: str
    subject: Subject
    sequence: SequenceOf
    findings: tuple[Diagnostic, ...]

    @property
    def stream(self) -> Stream | None:
        return self.sequence.lowered.stream if self.sequence.lowered is not None else None

    @property
    def api(self) -> Api:
        used = [any(isinstance(op, kind) for op in self.sequence.op.walk()) for kind in (_MEMCPY, _TASKS)]
        return {(True, False): Api.MEMCPY, (False, True): Api.TASKS, (True, True): Api.BOTH}.get(
            (used[0], used[1]), Api.REGISTERS
        )

    def operations(self) -> list[str]:
        """The transfer operations of the sequence with their numbers, in the order in which they first appear."""
        counts = Counter(op.name.split(".")[-1] for op in self.sequence.op.walk() if isinstance(op, _MEMCPY + _TASKS))
        return [f"{name}: {count}" for name, count in counts.items()]

    def columns(self) -> list[str]:
        columns = sorted({op.col for op in self.subject.device.ops_of(TileOp)})
        return [", ".join(map(str, columns))]

    @property
    def argument_count(self) -> int:
        return len(self.sequence.op.block.args)

    def arguments(self) -> list[str]:
        lines = [f"{self.argument_count} (an XCLBIN declares {DECLARED_BUFFERS})"]
        for argument in self.sequence.op.block.args:
            size = known_byte_count(argument.type)
            lines.append(f"{argument.index}: {argument.type}" + (f", {size} bytes" if size is not None else ""))
        return lines

    def transfers(self) -> list[str]:
        """A line for each channel of the sequence: bytes, tasks, tokens, waits."""
        pushes: dict[Channel, list[Push]] = {}
        waits: Counter[Channel] = Counter()
        for event in self.sequence.events:
            if isinstance(event, Push):
                pushes.setdefault(event.channel, []).append(event)
            elif isinstance(event, Wait):
                waits.update(event.channels)
        return [self._transfer(channel, tasks, waits[channel]) for channel, tasks in pushes.items()]

    def _transfer(self, channel: Channel, tasks: list[Push], waits: int) -> str:
        size = sum(task.words for task in tasks) * WORD_BYTES
        tokens = sum(task.token for task in tasks)
        name = f"@{self.subject.symbols.get(channel, '?')} {channel.direction.name} {channel.index} of {channel.tile}"
        return (
            f"{name}: {size} bytes in {count_text(len(tasks), 'task')}, {_number(tokens, 'token')}, {_number(waits, 'wait')}"
        )

    def fifos(self) -> list[str]:
        return [_fifo_text(op) for op in self.subject.fifos.values()] or ["none"]

    def links(self) -> list[str]:
        links = self.subject.device.ops_of(ObjectFifoLinkOp)
        return [f"{_names(link.inputs)} -> {_names(link.outputs)}" for link in links] or ["none"]

    @cached_property
    def cores(self) -> tuple[CoreFacts, ...]:
        placed = read_cores(self.subject.device, Findings(self.subject.design))
        return tuple(
            CoreFacts(str(core.tile), tuple(_loops(core.op)), tuple(_functions(core.op)), core.links, core.stack_size)
            for core in placed
        )

    def core_lines(self) -> list[str]:
        lines = []
        for core in self.cores:
            calls = f", calls {_names(core.functions)}" if core.functions else ""
            lines.append(f"{core.where}: {', '.join(core.loops) or 'no loop'}{calls}")
        return lines or ["none"]

    def objects(self) -> list[str]:
        """The object files that cores are linked with, each once."""
        return list(dict.fromkeys(name for core in self.cores for name in core.objects)) or ["none"]

    def stacks(self) -> list[str]:
        return [f"{core.where}: {core.stack} bytes" for core in self.cores] or ["none"]

    def stream_lines(self) -> list[str]:
        if self.stream is None:
            return ["cannot be lowered"]
        counts = Counter(kind_of(operation) for operation in self.stream.operations)
        size = f"{count_text(len(self.stream.operations), 'operation')}, {len(encode(self.stream))} bytes"
        return [size, *(f"{kind}: {count}" for kind, count in counts.items())]


def read_facts(design: Design) -> Facts:
    """UserError for a design without a device or a runtime sequence."""
    names = [device.symbol for device in design.devices()]
    device = design.device(names[0] if len(names) > 1 and "main" not in names else None)
    wanted = design.sequence(device)
    subject = read_subject(design, device, [])
    sequence = next(sequence for sequence in subject.sequences if sequence.op is wanted)
    return Facts(design.file, subject, sequence, tuple(check_design(design)))


def kind_of(operation: Operation) -> str:
    """The name of an operation of a stream, as in its disassembly."""
    return operation_text(operation).split()[0]


def _number(count: int, noun: str) -> str:
    return count_text(count, noun) if count else f"no {noun}"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"@{name}" for name in names)


def _fifo_text(op: ObjectFifoOp) -> str:
    ends = f"{op.producer} -> {', '.join(map(str, op.consumers))}"
    depth = " and ".join(map(str, op.depths))
    size = known_byte_count(op.element)
    return f"@{op.symbol} {ends}: {size} bytes, depth {depth}"


def _loops(core: CoreOp) -> Iterator[str]:
    """The outermost loops that access fifos or locks."""
    for block in core.body.blocks:
        for op in block.ops:
            if op.regions and any(touches_locks(inner) for region in op.regions for inner in region.blocks):
                yield _loop_text(op)


def _loop_text(op: DesignOperation) -> str:
    passes = trip_count(op)
    if passes is None:
        return f"`{op.name}`"
    return "endless loop" if passes >= ENDLESS else f"loop of {count_text(passes, 'pass')}"


def _functions(core: CoreOp) -> list[str]:
    return list(dict.fromkeys(op.callee.root_reference.data for op in core.walk() if isinstance(op, CallOp)))
