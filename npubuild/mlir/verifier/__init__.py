"""What the real verifier refuses when it parses a design (npu-facts.md, 3.10; rules marked V in section 6).

Each rule has a stable name. Rules that need the placement, or that no real tool checks, live in `npubuild.mlir.check`.
"""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.errors import Diagnostic
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.source import Design
from npubuild.mlir.structure import Problem
from npubuild.mlir.verifier.array import array_problems
from npubuild.mlir.verifier.fifos import fifo_problems
from npubuild.mlir.verifier.symbols import module_symbol_problems, symbol_problems
from npubuild.mlir.verifier.transfers import transfer_problems


def diagnose(design: Design) -> list[Diagnostic]:
    """Every broken rule of the design, in program order."""
    found = list(module_symbol_problems(design))
    for device in design.devices():
        found += _device_problems(design, device)
    diagnostics = [Diagnostic(each.message, design.place(each.op), each.rule, each.hint) for each in found]
    return sorted(diagnostics, key=lambda diagnostic: (diagnostic.place is None, diagnostic.place))


def _device_problems(design: Design, device: DeviceOp) -> Iterator[Problem]:
    yield from symbol_problems(design, device)
    yield from array_problems(device)
    yield from fifo_problems(device)
    yield from transfer_problems(device)
