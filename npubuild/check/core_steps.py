"""What a core does to locks, step by step, without its arithmetic (npu-facts.md, 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from xdsl.ir import Block, Operation

from npubuild.mlir.dialect.aie import CoreOp, ObjectFifoAcquireOp, ObjectFifoReleaseOp, UseLockOp
from npubuild.mlir.loops import trip_count
from npubuild.placement.cores import PRODUCE
from npubuild.placement.model import Access, Placement

MOST_STEPS = 300_000  # one or two seconds
LOCK_OPS = (ObjectFifoAcquireOp, ObjectFifoReleaseOp, UseLockOp)


class UnknownError(Exception):
    """The progress of the design depends on something that is not followed here; the text says on what."""


@dataclass
class Budget:
    """How many steps of cores and descriptors may still be followed, over all runs of one check."""

    steps: int = field(default_factory=lambda: MOST_STEPS)

    def spend(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise UnknownError("the design does more than can be followed here")


class LockStep(NamedTuple):
    """One step at a lock: `value` < 0 waits for at least -value and takes it, > 0 adds it; 0 waits for `equal`."""

    lock: str
    value: int
    op: Operation
    equal: int = 0


@dataclass(frozen=True)
class _Access:
    """An acquire or a release of a fifo, with what is looked up of it once."""

    op: ObjectFifoAcquireOp | ObjectFifoReleaseOp
    port: tuple[str, str]
    lock: str
    count: int
    repeat: int
    acquires: bool


@dataclass(frozen=True)
class _Loop:
    passes: int
    body: tuple[_Node, ...]


_Node = _Access | _Loop | LockStep


@dataclass
class CoreSteps:
    """The lock steps of one core, in the order of its program."""

    core: CoreOp
    placement: Placement
    budget: Budget
    held: dict[tuple[str, str], int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[LockStep]:
        blocks = [block for block in self.core.body.blocks if touches_locks(block)]
        if blocks and len(self.core.body.blocks) > 1:
            raise UnknownError(f"the core on tile {self.core.tile} branches between its accesses")
        for block in blocks:
            yield from self._run(tuple(self._nodes(block)))

    def released_locks(self) -> set[str]:
        """The locks that the core gives to others, wherever in its program."""
        found = set()
        for op in self.core.walk():
            if isinstance(op, ObjectFifoReleaseOp):
                found.add(self._access(op).lock)
            elif isinstance(op, UseLockOp) and op.action == "Release":
                found.add(self._lock(op))
        return found

    def _run(self, nodes: tuple[_Node, ...]) -> Iterator[LockStep]:
        for node in nodes:
            if isinstance(node, LockStep):
                yield node
            elif isinstance(node, _Loop):
                for _ in range(node.passes):
                    self.budget.spend()
                    yield from self._run(node.body)
            elif (step := self._step(node)) is not None:
                yield step

    def _step(self, access: _Access) -> LockStep | None:
        """What an access does to its lock; nothing when enough objects are held already."""
        held = self.held.get(access.port, 0)
        if not access.acquires:
            self.held[access.port] = max(0, held - access.count)
            return LockStep(access.lock, access.count * access.repeat, access.op) if access.lock else None
        self.held[access.port] = max(held, access.count)
        missing = access.count - held
        return LockStep(access.lock, -missing * access.repeat, access.op) if access.lock and missing > 0 else None

    # The program ------------------------------------------------------------------------------------------------------

    def _nodes(self, block: Block) -> Iterator[_Node]:
        for op in block.ops:
            if isinstance(op, ObjectFifoAcquireOp | ObjectFifoReleaseOp):
                yield self._access(op)
            elif isinstance(op, UseLockOp):
                yield self._use(op)
            elif op.regions and any(touches_locks(inner) for region in op.regions for inner in region.blocks):
                count = trip_count(op)
                if count is None:
                    where = f"the core on tile {self.core.tile}"
                    raise UnknownError(f"{where} decides while it runs what it acquires (`{op.name}`)")
                yield _Loop(count, tuple(self._nodes(op.regions[0].block)))

    def _access(self, op: ObjectFifoAcquireOp | ObjectFifoReleaseOp) -> _Access:
        ring = self.placement.accesses[Access(self.core.tile, op.fifo, op.port)]
        acquires = isinstance(op, ObjectFifoAcquireOp)
        lock = ring.free if (op.port == PRODUCE) == acquires else ring.full
        return _Access(op, (op.fifo, op.port), lock, op.count, ring.repeat, acquires)

    def _use(self, op: UseLockOp) -> LockStep:
        lock = self._lock(op)
        if op.action == "Release":
            return LockStep(lock, op.amount, op)
        return LockStep(lock, -op.amount, op) if op.action == "AcquireGreaterEqual" else LockStep(lock, 0, op, op.amount)

    def _lock(self, op: UseLockOp) -> str:
        name = self.placement.names.get(op.lock)
        if name is None:
            raise UnknownError("a lock that is not the result of an `aie.lock`")
        return name


def touches_locks(block: Block) -> bool:
    """Whether the block or anything inside it acquires or releases."""
    return any(isinstance(op, LOCK_OPS) for op in block.walk())
