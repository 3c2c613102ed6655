"""Small edits of a block."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import Operation


def insert_before(op: Operation, new: Operation) -> None:
    block = op.parent_block()
    assert block is not None  # every operation of a sequence has one
    block.insert_op_before(new, op)


def remove(ops: Sequence[Operation]) -> None:
    """Erase operations of one block, given in order: users after what they use."""
    for op in reversed(ops):
        op.detach()
        op.erase()
