"""From a device to its subject of checks: placed and lowered as far as that goes."""

from __future__ import annotations

from npubuild.check.stream import read_events
from npubuild.check.subject import SequenceOf, Subject
from npubuild.errors import Diagnostic, UserError
from npubuild.lowering.sequence import lower_with_origins
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.source import Design
from npubuild.placement.model import Placement
from npubuild.placement.place import place


def read_subject(design: Design, device: DeviceOp, refused: list[Diagnostic]) -> Subject:
    """The device with its placement and streams; what keeps them from being made is added to `refused`."""
    placement = _placement(design, device, refused)
    sequences = tuple(
        SequenceOf(op) if placement is None else _lowered(design, device, op.symbol, placement, refused)
        for op in design.sequences(device)
    )
    return Subject(design, device, placement, sequences)


def _placement(design: Design, device: DeviceOp, refused: list[Diagnostic]) -> Placement | None:
    try:
        return place(design, device)
    except UserError as error:
        refused += error.diagnostics
        return None


def _lowered(design: Design, device: DeviceOp, name: str, placement: Placement, refused: list[Diagnostic]) -> SequenceOf:
    op = design.sequence(device, name)
    try:
        lowered = lower_with_origins(design, device.symbol, name, placement)
    except UserError as error:
        refused += error.diagnostics
        return SequenceOf(op)
    return SequenceOf(op, lowered, read_events(lowered, placement.descriptors))
