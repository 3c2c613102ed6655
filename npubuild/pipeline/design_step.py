"""The step that makes a kernel's design and its instruction stream: obtained, patched, checked, lowered.

Everything that needs xDSL is here, and nothing that depends on the kernel's C++: an edit of that needs none of it again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from npubuild.check import check_design
from npubuild.errors import Diagnostic, Severity, UserError
from npubuild.files import write_atomically
from npubuild.hardware.devices import Direction
from npubuild.lowering.meaning import Push, meaning
from npubuild.lowering.patching import Step as PatchStep
from npubuild.lowering.patching import apply
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import Stream, encode
from npubuild.mlir.dialect.aie import DeviceOp, RuntimeSequenceOp
from npubuild.mlir.memrefs import known_byte_count
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import Design, parse_design
from npubuild.pipeline.agreement import require_agreement
from npubuild.pipeline.design_source import ObtainedDesign, obtain_design
from npubuild.pipeline.execution import Made
from npubuild.pipeline.layout import KernelOutputs, Layout
from npubuild.pipeline.meanings import check_meanings
from npubuild.pipeline.problems import CheckError
from npubuild.pipeline.signature import HostBuffer, Signature, count_calls, shares
from npubuild.placement.place import place
from npubuild.registry import Kernel
from npubuild.resources.placed import core_uses
from npubuild.xclbin.image import sha256


def make_design(kernel: Kernel, layout: Layout, outputs: KernelOutputs) -> Made:
    """The design after all patches, its stages and its instruction stream, with what the host has to know of it.

    Raises UserError, located in the design or in kernels.yaml, for whatever keeps it from being built or from running; a
    design that was made and is refused is left among the logs, for the messages to point into.
    """
    meanings = check_meanings(kernel, layout.root)
    if errors := [found for found in meanings.findings if found.severity is Severity.ERROR]:
        raise CheckError(errors)
    obtained = obtain_design(kernel, layout.root, outputs.logs / "design.log")
    design, patches = apply(parse_design(obtained.text, obtained.origin), kernel.patches)
    text = print_design(design)
    name = os.path.relpath(outputs.design, layout.root)
    if obtained.kind != "file" or patches:
        # From here on, messages point into the file that is made: its text is what is looked at.
        design = parse_design(text, name)
    try:
        facts, stream, findings = _examine(kernel, design, outputs.logs / "check.log")
    except UserError as error:
        raise _located_in_refused(error, text, name, outputs, layout.root) from error
    stages = _stages(obtained, patches, outputs)
    files = {outputs.design: text, **stages}
    logs = {outputs.logs / "check.log": findings, **_patch_logs(patches, outputs)}
    return Made(
        inputs=[*obtained.inputs, *(path for path in meanings.inputs if path not in obtained.inputs)],
        outputs={**{path: content.encode() for path, content in files.items()}, outputs.instructions: stream},
        facts={**facts, "warnings": [*map(str, meanings.findings), *facts["warnings"]]},
        logs={path: content.encode() for path, content in logs.items()},
    )


def _examine(kernel: Kernel, design: Design, log: Path) -> tuple[dict[str, Any], bytes, str]:
    """What later steps need to know, the instruction stream, and the findings of the checks."""
    device = design.device(None)
    sequence = design.sequence(device, None)
    findings = _require_clean(design, log)
    placement = place(design, device)
    require_agreement(kernel, design, device, placement)
    stream = lower(design, device.symbol, sequence.symbol)
    facts = {
        "signature": _signature(kernel, design, device, sequence, stream).as_facts(),
        "device": device.device_name,
        "cores": [core.as_facts() for core in core_uses(placement)],
        "sequences": [
            {
                "name": other.symbol,
                "arguments": [str(argument.type) for argument in other.block.args],
                "instructions": sha256(encode(lower(design, device.symbol, other.symbol))),
            }
            for other in design.sequences(device)
        ],
        "warnings": [str(found) for found in findings if found.severity is Severity.WARNING],
    }
    return facts, encode(stream), "".join(f"{found}\n" for found in findings)


def make_for_npu(kernel: Kernel, layout: Layout, outputs: KernelOutputs, text: str, objects: Sequence[Path]) -> Made:
    """XCLBIN and instruction stream by aiecc, of the design `text` that `make_design` made."""
    from npubuild.pipeline import npu

    design = parse_design(text, os.path.relpath(outputs.design, layout.root))
    device = design.device(None)
    stream = lower(design, device.symbol, design.sequence(device, None).symbol)
    xclbin, instructions = npu.package(kernel, layout, design, device, stream)
    packaged = {outputs.packaged / outputs.xclbin.name: xclbin, outputs.packaged / "insts.bin": instructions}
    return Made(inputs=objects, outputs=packaged)


def _located_in_refused(error: UserError, text: str, name: str, outputs: KernelOutputs, root: Path) -> UserError:
    """The same error, its places in the design moved to the copy that is left of it."""
    if not any(found.place and found.place.file == name for found in error.diagnostics):
        return error
    refused = outputs.logs / "refused.mlir"
    write_atomically(refused, text)
    shown = os.path.relpath(refused, root)
    moved = (
        replace(found, place=replace(found.place, file=shown)) if found.place and found.place.file == name else found
        for found in error.diagnostics
    )
    return type(error)(moved)


def _stages(obtained: ObtainedDesign, patches: Sequence[PatchStep], outputs: KernelOutputs) -> dict[Path, str]:
    """The design as obtained and after each patch."""
    stages = {outputs.stages / f"0-{obtained.kind}.mlir": obtained.text}
    return stages | {outputs.stages / f"{number}-{step.patch}.mlir": step.text for number, step in enumerate(patches, 1)}


def _patch_logs(patches: Sequence[PatchStep], outputs: KernelOutputs) -> dict[Path, str]:
    """What each patch changed in the instruction stream."""
    return {outputs.logs / f"patch-{number}-{step.patch}.log": f"{step}\n" for number, step in enumerate(patches, 1)}


def _require_clean(design: Design, log: Path) -> Sequence[Diagnostic]:
    """The findings of the checks; their errors stop the build, with all findings in the log."""
    findings = list(check_design(design))
    if errors := [found for found in findings if found.severity is Severity.ERROR]:
        write_atomically(log, "".join(f"{found}\n" for found in findings))
        raise CheckError(errors)
    return findings


def _signature(kernel: Kernel, design: Design, device: DeviceOp, sequence: RuntimeSequenceOp, stream: Stream) -> Signature:
    """Buffers with their sizes from the sequence's arguments, and their directions from the transfers of its stream."""
    names = [argument.name_hint or f"argument {number}" for number, argument in enumerate(sequence.block.args)]
    buffers = []
    directions = _directions(stream)
    for number, argument in enumerate(sequence.block.args):
        nbytes = known_byte_count(argument.type)
        if nbytes is None:
            message = f"argument {number} is a {argument.type}: a host passes buffers only, of a known size"
            raise UserError.at(design.place(sequence), message)
        buffers.append(HostBuffer(names[number], str(argument.type), nbytes, directions.get(number, "unused")))
    sizes = {side: [buffer.nbytes for buffer in buffers if buffer.direction == side] for side in ("in", "out")}
    try:
        calls = count_calls(kernel.entry, sizes)
        signature = Signature(device.symbol, sequence.symbol, tuple(buffers), calls)
        list(shares(kernel.entry.inputs, signature.inputs(), signature))
        list(shares(kernel.entry.outputs, signature.outputs(), signature))
    except UserError as error:
        place_of_sequence = design.place(sequence)
        raise UserError(
            Diagnostic(found.message, place_of_sequence, hint=found.hint) for found in error.diagnostics
        ) from error
    return signature


def _directions(stream: Stream) -> dict[int, str]:
    """What the transfers do to each argument: "in" is read from the host, "out" written to it, "inout" both."""
    seen: dict[int, set[Direction]] = {}
    for push in (event for event in meaning(stream) if isinstance(event, Push)):
        for transfer in push.chain:
            if transfer.host is not None:
                seen.setdefault(transfer.host.argument, set()).add(push.channel.direction)
    names = {frozenset({Direction.MM2S}): "in", frozenset({Direction.S2MM}): "out"}
    return {argument: names.get(frozenset(directions), "inout") for argument, directions in seen.items()}
