"""Loops of cores around fifo accesses (rules 32 and 41 of npu-facts.md, section 6; section 10)."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

from xdsl.dialects import affine, scf
from xdsl.ir import Block, Operation

from npubuild.check.core_steps import touches_locks
from npubuild.check.subject import Subject, count_text
from npubuild.errors import Diagnostic
from npubuild.mlir.dialect.aie import CoreOp, ObjectFifoAcquireOp, ObjectFifoReleaseOp
from npubuild.mlir.loops import trip_count
from npubuild.placement.model import Access, Placement

ENDLESS = 1_000_000  # passes; a loop of that many counts as one that never ends

Held = dict[tuple[str, str], int]


def check(subject: Subject) -> Iterator[Diagnostic]:
    for core in subject.device.ops_of(CoreOp):
        yield from _finite(subject, core)
        yield from _held_across(subject, core)
        if subject.placement is not None:
            yield from _remainders(subject, core, subject.placement)


def _finite(subject: Subject, core: CoreOp) -> Iterator[Diagnostic]:
    """Cores that serve a fifo for a number of objects, and then never again: the next run finds them ended."""
    for block in core.body.blocks:
        for op in block.ops:
            passes = trip_count(op)
            serves = any(isinstance(inner, ObjectFifoAcquireOp) for inner in op.walk())
            if serves and passes is not None and passes < ENDLESS:
                message = f"the core on tile {core.tile} leaves this loop after {count_text(passes, 'pass')}"
                hint = "let the loop run for ever (to 9223372036854775807), unless the array is loaded anew for each run"
                yield subject.finding(
                    op, "finite-core-loop", f"{message}: the sequence works once, its next run hangs", hint
                )


# Objects held from pass to pass -------------------------------------------------------------------------------------------


def _held_across(subject: Subject, core: CoreOp) -> Iterator[Diagnostic]:
    """Loops that hold more objects at their end than at their start, counted in textual order (npu-facts.md, 5.2)."""
    held: Held = {}
    for block in core.body.blocks:
        yield from _count(subject, core, block, held)


def _count(subject: Subject, core: CoreOp, block: Block, held: Held) -> Iterator[Diagnostic]:
    for op in block.ops:
        if isinstance(op, ObjectFifoAcquireOp):
            held[op.fifo, op.port] = max(held.get((op.fifo, op.port), 0), op.count)
        elif isinstance(op, ObjectFifoReleaseOp):
            held[op.fifo, op.port] = max(0, held.get((op.fifo, op.port), 0) - op.count)
        for region in op.regions:
            for inner in region.blocks:
                before = dict(held)
                yield from _count(subject, core, inner, held)
                if isinstance(op, scf.ForOp | affine.ForOp | scf.WhileOp) and trip_count(op) not in (0, 1):
                    yield from _compare(subject, core, inner, before, held)


def _compare(subject: Subject, core: CoreOp, body: Block, before: Held, after: Held) -> Iterator[Diagnostic]:
    for (fifo, port), count in after.items():
        start = before.get((fifo, port), 0)
        acquire = _first_acquire(body, fifo, port)
        if count > start and acquire is not None and not _in_branches(body, fifo, port):
            message = (
                f"the core on tile {core.tile} holds {count_text(count, 'object')} of @{fifo} at the end of the loop and"
                f" {start} at its start: the compiled loop acquires one too many in every pass, until the ring is empty"
            )
            hint = f"acquire {count_text(count - start, 'object')} before the loop, or release as many as are acquired"
            yield subject.finding(acquire, "held-across-loop", message, hint)


def _in_branches(body: Block, fifo: str, port: str) -> bool:
    """Whether conditions inside the loop decide about accesses, as where the first pass differs from the others."""
    branches = [op for op in body.walk() if isinstance(op, scf.IfOp | scf.IndexSwitchOp | affine.IfOp)]
    return any(
        isinstance(op, ObjectFifoAcquireOp | ObjectFifoReleaseOp) and (op.fifo, op.port) == (fifo, port)
        for branch in branches
        for op in branch.walk()
    )


def _first_acquire(body: Block, fifo: str, port: str) -> Operation | None:
    return next(
        (op for op in body.walk() if isinstance(op, ObjectFifoAcquireOp) and (op.fifo, op.port) == (fifo, port)), None
    )


def _remainders(subject: Subject, core: CoreOp, placement: Placement) -> Iterator[Diagnostic]:
    """Sliding windows in loops whose passes are no multiple of the unrolling: the rest uses one pair of buffers (10)."""
    if core.dynamic:
        return
    for loop in core.walk():
        if not isinstance(loop, scf.ForOp) or not touches_locks(loop.body.block):
            continue
        acquires = [op for op in loop.body.block.ops if isinstance(op, ObjectFifoAcquireOp)]
        depths = [len(placement.accesses[Access(core.tile, op.fifo, op.port)].buffers) or 1 for op in acquires]
        factor, passes = lcm(*depths), trip_count(loop)
        if passes is None or passes >= ENDLESS or passes % factor < 2:
            continue
        for op in acquires:
            released = sum(
                other.count
                for other in loop.body.block.ops
                if isinstance(other, ObjectFifoReleaseOp) and (other.fifo, other.port) == (op.fifo, op.port)
            )
            if op.count > released:
                message = (
                    f"{passes} passes over a sliding window of {op.count} objects of @{op.fifo} leave {passes % factor}"
                    f" after unrolling {factor} at a time: these all use the same buffers"
                )
                hint = "set `dynamic_objfifo_lowering = true` on the core"
                yield subject.finding(op, "sliding-window-remainder", message, hint)
