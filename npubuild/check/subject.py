"""What the families of checks look at: one device of a design, with its placement and streams as far as they exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from xdsl.ir import Operation

from npubuild.check.rules import RULES
from npubuild.check.stream import Event
from npubuild.errors import Diagnostic, Severity
from npubuild.hardware.devices import Channel
from npubuild.lowering.sequence import Lowered
from npubuild.mlir.dialect.aie import DeviceOp, ObjectFifoOp, RuntimeSequenceOp
from npubuild.mlir.dialect.aiex import NpuDmaMemcpyNdOp, constant_value
from npubuild.mlir.source import Design
from npubuild.placement.model import Placement


@dataclass(frozen=True)
class SequenceOf:
    """A runtime sequence and the events of its stream, which are None when it could not be lowered."""

    op: RuntimeSequenceOp
    lowered: Lowered | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Subject:
    """A device under check. `placement` is None when the device does not fit its array."""

    design: Design
    device: DeviceOp
    placement: Placement | None
    sequences: tuple[SequenceOf, ...]

    @cached_property
    def fifos(self) -> Mapping[str, ObjectFifoOp]:
        return {op.symbol: op for op in self.device.ops_of(ObjectFifoOp)}

    @cached_property
    def symbols(self) -> Mapping[Channel, str]:
        """The name that the design gives to a channel: a fifo's own name before that of its generated allocation."""
        allocations = self.placement.allocations if self.placement is not None else {}
        ranked = sorted(allocations.items(), key=lambda item: item[0] in self.fifos)
        return {allocation.channel: name for name, allocation in ranked}

    def finding(
        self, op: Operation, rule: str, message: str, hint: str = "", severity: Severity | None = None
    ) -> Diagnostic:
        """A diagnostic of `rule` at `op`, of the rule's own severity unless another is given."""
        return Diagnostic(message, self.design.place(op), rule, hint, severity or RULES[rule].severity)

    def channel_text(self, channel: Channel) -> str:
        """`@in (MM2S 0 of tile (0, 0))`."""
        where = f"{channel.direction.name} {channel.index} of tile {channel.tile}"
        name = self.symbols.get(channel)
        return where if name is None else f"@{name} ({where})"


def constant_memcpys(sequence: RuntimeSequenceOp) -> Iterator[NpuDmaMemcpyNdOp]:
    """The `dma_memcpy_nd` of a sequence, without those whose lists are no constants: nothing can be said about these."""
    for op in sequence.walk():
        if isinstance(op, NpuDmaMemcpyNdOp):
            entries = (entry for name in ("offsets", "sizes", "strides") for entry in op.mixed(name))
            if all(isinstance(entry, int) or constant_value(entry) is not None for entry in entries):
                yield op


def count_text(count: int, noun: str) -> str:
    """`1 object`, `2 objects`, `3 passes`."""
    ending = "" if count == 1 else "es" if noun.endswith("s") else "s"
    return f"{count} {noun}{ending}"
