"""How many objects a core holds of each fifo end: the counts that decide what its acquires and releases do to locks.

The compiler counts held objects in textual order, after unrolling every `scf.for` that acquires objects directly in its
body by the least common multiple of the ring depths (npu-facts.md, 5.2). The loop's second pass starts with the counts
of its first one, so a loop that ends holding more than it started with acquires too much, and one with `repeat_count`
too little; both happen on hardware, and here. Programs are not unrolled for it: a loop knows the number of its copy.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xdsl.dialects import scf
from xdsl.ir import Block, Operation, Region

from npubuild.mlir.dialect.aie import ObjectFifoAcquireOp, ObjectFifoReleaseOp
from npubuild.mlir.loops import trip_count
from npubuild.placement.held import Spot
from npubuild.placement.model import Ring

Copies = tuple[int, ...]
"""Which copy of each unrolled loop around an operation, outermost first; the remainder loop counts as one more."""


@dataclass(frozen=True)
class Unrolled:
    """A loop that the compiler unrolls: `factor` copies of its body, and a remainder loop unless it comes out even."""

    factor: int
    trips: int | None

    @property
    def has_remainder(self) -> bool:
        return self.factor > 1 and (self.trips is None or self.trips % self.factor != 0)


@dataclass
class Held:
    """One port while counting: objects held (`repeat_count` per acquire), and releases not yet taken off, with where."""

    objects: int = 0
    released: list[tuple[Spot, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Holding:
    """The result: `amounts[acquire][copies]` is the number of lock units that copy of the acquire waits for."""

    loops: Mapping[Operation, Unrolled]
    amounts: Mapping[Operation, Mapping[Copies, int]]


def count_held(body: Region, ring_of: Callable[[Operation], Ring], dynamic: bool) -> Holding:
    """Count over the body of a core; `dynamic` is its `dynamic_objfifo_lowering` (no unrolling).

    Releases of more than is held have been refused when the design was placed (placement/held.py), with the same rule for
    which releases the compiler sees before an acquire.
    """
    counter = _Counter(ring_of, dynamic)
    counter.region(body, Spot(0, 0, -1, 0), ())
    return Holding(counter.loops, counter.amounts)


class _Counter:
    def __init__(self, ring_of: Callable[[Operation], Ring], dynamic: bool) -> None:
        self.ring_of = ring_of
        self.dynamic = dynamic
        self.loops: dict[Operation, Unrolled] = {}
        self.amounts: dict[Operation, dict[Copies, int]] = {}
        self.ports: dict[tuple[str, str], Held] = {}
        self.positions = itertools.count(1)

    def region(self, region: Region, around: Spot, copies: Copies) -> None:
        for block in region.blocks:
            self.block(block, Spot(next(self.positions), 0, around.block, around.position), copies)

    def block(self, block: Block, spot: Spot, copies: Copies) -> None:
        """One block, or one copy of an unrolled loop's body: its copies stand in one block, one after the other."""
        for op in block.ops:
            here = spot._replace(position=next(self.positions))
            if isinstance(op, ObjectFifoAcquireOp):
                self.acquire(op, here, copies)
            elif isinstance(op, ObjectFifoReleaseOp):
                self.port(op.fifo, op.port).released.append((here, op.count))
            elif isinstance(op, scf.ForOp) and (loop := self.unrolled(op)) is not None:
                self.copies(op, loop, here, copies)
            else:
                for region in op.regions:
                    self.region(region, here, copies)

    def copies(self, op: scf.ForOp, loop: Unrolled, here: Spot, copies: Copies) -> None:
        body = Spot(next(self.positions), 0, here.block, here.position)
        for copy in range(loop.factor):
            self.block(op.body.block, body, (*copies, copy))
        if loop.has_remainder:
            after = here._replace(position=next(self.positions))
            self.region(op.body, after, (*copies, loop.factor))

    def port(self, fifo: str, port: str) -> Held:
        return self.ports.setdefault((fifo, port), Held())

    def unrolled(self, loop: scf.ForOp) -> Unrolled | None:
        """The loop's unrolling, or None when it acquires nothing itself or has only rings of one object."""
        depths = [len(self.ring_of(op).buffers) for op in loop.body.block.ops if isinstance(op, ObjectFifoAcquireOp)]
        factor = 1 if self.dynamic else math.lcm(*depths)
        if factor <= 1:
            return None
        return self.loops.setdefault(loop, Unrolled(factor, trip_count(loop)))

    def acquire(self, op: ObjectFifoAcquireOp, here: Spot, copies: Copies) -> None:
        port = self.port(op.fifo, op.port)
        seen = [release for release in port.released if release[0].is_before(here)]
        port.released = [release for release in port.released if release not in seen]
        held = max(0, port.objects - sum(count for _, count in seen))
        amount = max(0, op.count - held) * self.ring_of(op).repeat
        port.objects = held + amount
        self.amounts.setdefault(op, {})[copies] = amount
