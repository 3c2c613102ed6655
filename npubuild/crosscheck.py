"""Whether aiecc and npubuild make the same instruction stream of a design, and what differs when they do not."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from npubuild.lowering.sequence import lower
from npubuild.lowering.side_by_side import side_by_side
from npubuild.lowering.txn import Stream, decode, encode
from npubuild.mlir.dialect.aie import DeviceOp, RuntimeSequenceOp
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import Design
from npubuild.mlir.spelling import Spelling
from npubuild.process import Step
from npubuild.toolchain.aiecc import Aiecc, lower_design


@dataclass(frozen=True)
class CrossCheck:
    """Our stream and the tool's. `difference` is "" when their bytes are the same, else both in two columns."""

    ours: bytes
    theirs: bytes
    difference: str

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs


def cross_check(ours: Stream, theirs: bytes, tool: str) -> CrossCheck:
    """Compare a lowered stream with the file that `tool` wrote; UserError when that is no instruction stream."""
    mine = encode(ours)
    if mine == theirs:
        return CrossCheck(mine, theirs, "")
    table = side_by_side(ours, decode(theirs, f"the stream of {tool}"), ("npubuild", tool))
    return CrossCheck(mine, theirs, table)


def lower_with_aiecc(design: Design, device: DeviceOp, sequence: RuntimeSequenceOp, aiecc: Aiecc) -> CrossCheck:
    """Let aiecc make the stream of one sequence, compiling no core, and hold the own lowering against it.

    UserError when npubuild or aiecc refuses the design. The tool's messages are part of that error.
    """
    ours = lower(design, device.symbol, sequence.symbol)
    several = sum(len(design.sequences(one)) for one in design.devices()) > 1
    text = print_design(design, Spelling(aiecc.generation.spelling))
    work = Path(tempfile.mkdtemp(prefix="npubuild-aiecc-"))
    named = (device.symbol, sequence.symbol) if several else None
    theirs = lower_design(text, work / "run", aiecc, Step("aiecc", work / "aiecc.log"), named=named)
    (work / "aiecc.log").unlink()
    work.rmdir()
    return cross_check(ours, theirs, f"aiecc {aiecc.generation.name}")
