"""Checks without running: what would hang or corrupt data on hardware, or be refused by a real tool, with its reason.

The families look at one thing each: `arguments`, `transfers`, `descriptors`, `tokens`, `fifos`, `cores`, `routing`,
`spelling` read the design and its streams; `progress` follows words and locks through the array (`machine`).
"""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.check import arguments, cores, descriptors, fifos, progress, routing, spelling, tokens, transfers
from npubuild.check.reading import read_subject
from npubuild.check.subject import Subject
from npubuild.errors import Diagnostic, Place, Severity
from npubuild.hardware.limits import DECLARED_BUFFERS
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.source import Design, verify_design

__all__ = ["check_design"]


def check_design(design: Design, *, device: str | None = None, xclbin_arguments: int = DECLARED_BUFFERS) -> list[Diagnostic]:
    """Everything that is wrong with a design, in the order of the file, each fault once.

    `device` restricts what goes beyond the verifier to the device of that name (UserError when there is none); otherwise
    all are checked. `xclbin_arguments`: how many host buffers the XCLBIN will declare (npu-facts.md, 4.6).
    """
    devices = design.devices() if device is None else [design.device(device)]
    found = verify_design(design)
    for device_op in devices:
        found += _check_device(design, device_op, found, xclbin_arguments)
    return _sorted_once(found)


def _check_device(design: Design, device: DeviceOp, known: list[Diagnostic], xclbin_arguments: int) -> list[Diagnostic]:
    """What the tools refuse, but for places at which the verifier (`known`) did so already; then what no tool refuses."""
    refused: list[Diagnostic] = []
    subject = read_subject(design, device, refused)
    taken = {diagnostic.place for diagnostic in known}
    found = [diagnostic for diagnostic in refused if diagnostic.place not in taken]
    found += _static(subject, xclbin_arguments)
    clean = not any(_stops_data(diagnostic) for diagnostic in (*known, *found))
    found += progress.check(subject, clean=clean)
    return found


_HARMLESS = {"too-many-arguments", "transfer-outside-argument", "offset-ignored", "reinterpret-cast-offset"}
"""Errors from which no hang follows."""


def _stops_data(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity is Severity.ERROR and diagnostic.rule not in _HARMLESS


def _static(subject: Subject, xclbin_arguments: int) -> Iterator[Diagnostic]:
    yield from spelling.check(subject)
    yield from arguments.check(subject, xclbin_arguments)
    yield from transfers.check(subject)
    yield from descriptors.check(subject)
    yield from tokens.check(subject)
    yield from fifos.check(subject)
    yield from cores.check(subject)
    yield from routing.check(subject)


def _sorted_once(found: list[Diagnostic]) -> list[Diagnostic]:
    """In the order of the file; one finding of each rule at each place."""
    once = {(diagnostic.place, diagnostic.rule): diagnostic for diagnostic in reversed(found)}
    return sorted(once.values(), key=lambda diagnostic: (diagnostic.place or Place(""), diagnostic.rule))
