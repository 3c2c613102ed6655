"""Which generation of the compiler reads a design (npu-facts.md, 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xdsl.ir import Operation

from npubuild.check.subject import Subject
from npubuild.errors import Diagnostic
from npubuild.mlir.dialect.aie import RuntimeSequenceOp, ShimDmaAllocationOp
from npubuild.mlir.dialect.sequence import OLD_NAME

OLD_ALLOCATION = re.compile(r"aie\.shim_dma_allocation\s+@[^\s(]+\s*\(\s*(?:S2MM|MM2S)\b")
HINT = "`npubuild patch --pass normalize --spelling mar26` prints it for later ones"


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Name what compilers after a date no longer read, and designs that mix spellings of different dates."""
    sequences = subject.device.ops_of(RuntimeSequenceOp)
    old_sequences = [op for op in sequences if _is_written_as(subject, op, OLD_NAME)]
    for op in old_sequences:
        message = f"`{OLD_NAME}` is the spelling until 17 November 2025: later compilers do not read it"
        yield subject.finding(op, "old-spelling", message, HINT)
    for allocation in subject.device.ops_of(ShimDmaAllocationOp):
        offset = subject.design.offsets.get(allocation)
        if offset is None or not OLD_ALLOCATION.match(subject.design.text, offset):
            continue
        form = "`shim_dma_allocation(direction, channel, column)`"
        if sequences and not old_sequences:
            message = f"{form} ended on 16 December 2025, and `aie.runtime_sequence` began on 18 November 2025"
            yield subject.finding(allocation, "mixed-spellings", f"{message}: only compilers in between read both", HINT)
        else:
            message = f"{form} is the spelling until 15 December 2025: later compilers do not read it"
            yield subject.finding(allocation, "old-spelling", message, HINT)


def _is_written_as(subject: Subject, op: Operation, name: str) -> bool:
    offset = subject.design.offsets.get(op)
    return offset is not None and subject.design.text.startswith(name, offset)
