"""`normalize`: one spelling for what can be written in several: numbers instead of constants in transfer lists.

What is left of the spelling (names, order of attributes, generation) is the printer's.
"""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.ir import Operation, SSAValue

from npubuild.mlir.dialect.aie import RuntimeSequenceOp
from npubuild.mlir.dialect.aiex import NpuDmaMemcpyNdOp
from npubuild.mlir.patch import Effect
from npubuild.mlir.patch._edit import insert_before, remove
from npubuild.mlir.source import Design

# Attributes that the constructor makes from its arguments.
IN_CONSTRUCTOR = frozenset(
    {"metadata", "id", "issue_token", "operandSegmentSizes", "static_offsets", "static_sizes", "static_strides"}
)


def rewrite(design: Design) -> Effect:
    for device in design.devices():
        for sequence in design.sequences(device):
            _fold_lists(sequence)
            _drop_unused_constants(sequence)
    return Effect()


def _fold_lists(sequence: RuntimeSequenceOp) -> None:
    done: list[Operation] = []
    for op in sequence.block.ops:
        if isinstance(op, NpuDmaMemcpyNdOp) and len(op.operands) > 1:
            insert_before(op, with_numbers(op))
            done.append(op)
    remove(done)


def with_numbers(
    op: NpuDmaMemcpyNdOp, memref: SSAValue | None = None, offsets: Sequence[int] | None = None
) -> NpuDmaMemcpyNdOp:
    """A copy of a memcpy with numbers in its lists, on another buffer or from other offsets where given."""
    attributes = {name: value for name, value in op.attributes.items() if name not in IN_CONSTRUCTOR}
    lists = (offsets or op.offsets, op.sizes, op.strides)
    return NpuDmaMemcpyNdOp(memref or op.memref, *lists, op.metadata, op.id, op.issue_token, attributes)


def _drop_unused_constants(sequence: RuntimeSequenceOp) -> None:
    unused = [
        op
        for op in sequence.block.ops
        if op.name == "arith.constant" and not any(list(result.uses) for result in op.results)
    ]
    remove(unused)
