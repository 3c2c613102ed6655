"""Whether a design and its kernel's entry in kernels.yaml speak of the same device, object, function and stack.

A stale object beside a design is the oldest of all mistakes: a design that links one file while the build makes another.
"""

from __future__ import annotations

from collections.abc import Iterator

from xdsl.dialects.func import FuncOp

from npubuild.errors import Diagnostic, UserError
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.source import Design
from npubuild.placement.model import Placement
from npubuild.registry import Kernel, TemplateDesign

HINT = "make kernels.yaml and the design agree"


def require_agreement(kernel: Kernel, design: Design, device: DeviceOp, placement: Placement) -> None:
    """UserError with every disagreement, located in the design."""
    findings = [*_device(kernel, design, device, placement), *_cores(kernel, design, placement)]
    findings += _function(kernel, design, device)
    if findings:
        raise UserError(findings)


def _device(kernel: Kernel, design: Design, device: DeviceOp, placement: Placement) -> Iterator[Diagnostic]:
    if placement.device.name != kernel.device:
        message = f"the design is for {placement.device.name}, kernel `{kernel.name}` for {kernel.device}"
        yield Diagnostic(message, design.place(device), "device-differs", HINT)


def _cores(kernel: Kernel, design: Design, placement: Placement) -> Iterator[Diagnostic]:
    known = kernel.object_file.name if kernel.object_file else ""
    for core in placement.cores:
        for link in core.links:
            if link != known:
                made = f"makes `{known}`" if known else "names no object"
                message = f"core {core.tile} links `{link}`, but kernel `{kernel.name}` {made}"
                yield Diagnostic(message, design.place(core.op), "object-differs", HINT)
        if core.links and core.stack_size != kernel.stack_size and not isinstance(kernel.design, TemplateDesign):
            message = (
                f"core {core.tile} has a stack of {core.stack_size} bytes, kernel `{kernel.name}` says {kernel.stack_size}"
            )
            yield Diagnostic(message, design.place(core.op), "stack-differs", HINT)


def _function(kernel: Kernel, design: Design, device: DeviceOp) -> Iterator[Diagnostic]:
    entry = kernel.entry
    declared = {op.sym_name.data: op for op in device.walk() if isinstance(op, FuncOp)}
    for function in entry.called:
        if function not in declared:
            message = f"the design does not declare `@{function}`, which kernel `{kernel.name}` names"
            yield Diagnostic(message, design.place(device), "function-differs", HINT)
    if entry.function not in declared:
        return
    declaration = declared[entry.function]
    types = tuple(str(type_) for type_ in declaration.function_type.inputs)
    expected = (*(str(buffer) for buffer in (*entry.inputs, *entry.outputs)), *(scalar.dtype for scalar in entry.scalars))
    if types != expected:
        message = f"`@{entry.function}` takes ({', '.join(types)}), kernel `{kernel.name}` says ({', '.join(expected)})"
        yield Diagnostic(message, design.place(declaration), "function-differs", HINT)
