"""What the tasks of a build do: compile an object; obtain, patch, check, lower and package a kernel.

Each step writes its outputs whole or not at all, and its manifest last: what is interrupted is made again.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from xdsl.dialects.builtin import MemRefType

from npubuild.check import check_design
from npubuild.errors import Diagnostic, Place, Severity, UserError
from npubuild.files import read_bytes, read_text, write_atomically
from npubuild.hardware.devices import Direction
from npubuild.lowering.meaning import Push, meaning
from npubuild.lowering.patching import Step as PatchStep
from npubuild.lowering.patching import apply
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import Stream, encode
from npubuild.mlir.dialect.aie import DeviceOp, RuntimeSequenceOp
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import Design, parse_design
from npubuild.pipeline import npu
from npubuild.pipeline.agreement import require_agreement
from npubuild.pipeline.design_source import ObtainedDesign, obtain_design
from npubuild.pipeline.layout import KernelOutputs, Layout
from npubuild.pipeline.manifest import record
from npubuild.pipeline.recipes import Needs, kernel_recipe, object_recipe
from npubuild.pipeline.signature import HostBuffer, Signature, count_calls, shares
from npubuild.placement.place import place
from npubuild.process import Step
from npubuild.registry import Kernel, ObjectFile
from npubuild.toolchain.host import compile_with_inputs, find_host_compiler
from npubuild.xclbin.build import write_emulated
from npubuild.xclbin.image import SequenceRecord, make_image, sha256

ELEMENT_BYTES = {"i8": 1, "ui8": 1, "i16": 2, "ui16": 2, "bf16": 2, "i32": 4, "ui32": 4, "f32": 4, "i64": 8}


class CheckError(UserError):
    """A design that the checks refuse: it would hang, or corrupt data, on hardware."""


def compile_object(item: ObjectFile, layout: Layout, needs: Needs | None = None) -> None:
    """Compile the sources of one object into a shared library of the host, and for an NPU into an object for its cores.

    `needs` are the entry functions that designs call in it, by architecture.
    """
    outputs = layout.object(item.name)
    recipe = object_recipe(item, layout, needs)
    compiled = compile_with_inputs(
        [Path(source) for source in item.sources],
        outputs.library,
        flags=item.flags,
        compiler=find_host_compiler(),
        root=layout.root,
        step=Step(f"compiling {item.name}", outputs.log),
    )
    made, inputs = [outputs.library], [*compiled.inputs]
    if layout.toolchain == "npu":
        objects, sources = npu.compile_core_objects(item, needs or {}, outputs, layout.root)
        made += objects
        inputs += (source for source in sources if source not in inputs)
    record(outputs.manifest, layout.root, recipe=recipe, inputs=inputs, outputs=made, facts={})


def build_kernel(kernel: Kernel, layout: Layout) -> None:
    """Make every artefact of one kernel; its object has been compiled before.

    Raises UserError, located in the design or in kernels.yaml, for whatever keeps it from being built or from running.
    """
    outputs = layout.kernel(kernel.name, kernel.object_file.name if kernel.object_file else "")
    outputs.manifest.unlink(missing_ok=True)
    recipe = kernel_recipe(kernel, layout)
    libraries = _take_library(kernel, layout, outputs)
    obtained = obtain_design(kernel, layout.root, outputs.logs / "design.log")
    design, patches = apply(parse_design(obtained.text, obtained.origin), kernel.patches)
    stages = _write_stages(obtained, patches, outputs)
    text = print_design(design)
    write_atomically(outputs.design, text)
    if obtained.kind != "file" or patches:
        # From here on, messages point into the file that was just written: its text is what is looked at.
        design = parse_design(text, os.path.relpath(outputs.design, layout.root))

    device = design.device(None)
    sequence = design.sequence(device, None)
    _require_clean(design, outputs.logs / "check.log")
    require_agreement(kernel, design, device, place(design, device))
    stream = lower(design, device.symbol, sequence.symbol)
    signature = _signature(kernel, design, device, sequence, stream)
    instructions = encode(stream)
    if layout.toolchain == "npu":
        xclbin, instructions = npu.package(kernel, layout, design, device, stream)
        write_atomically(outputs.xclbin, xclbin)
    write_atomically(outputs.instructions, instructions)
    emulated = _package(outputs, layout.root, design, device, libraries=libraries, made={sequence.symbol: instructions})
    write_atomically(outputs.emulated_xclbin, emulated)
    record(
        outputs.manifest,
        layout.root,
        recipe=recipe,
        inputs=[*obtained.inputs, *libraries],
        outputs=[*outputs.artefacts(), *stages],
        facts={"signature": signature.as_facts()},
    )


def _take_library(kernel: Kernel, layout: Layout, outputs: KernelOutputs) -> list[Path]:
    """The compiled object, copied so that the kernel's folder is whole by itself; its function is looked up right away."""
    if kernel.object_file is None or outputs.library is None:
        return []
    library = layout.object(kernel.object_file.name).library
    write_atomically(outputs.library, read_bytes(library))
    try:
        loaded = ctypes.CDLL(str(outputs.library))
    except OSError as error:
        raise UserError.at(Place(str(library)), f"cannot be loaded: {error}") from error
    for function in kernel.entry.called:
        if not hasattr(loaded, function):
            raise UserError.at(
                kernel.place,
                f"`{kernel.object_file.name}` has no function `{function}`",
                hint='declare it `extern "C"`: C++ changes the names of all others',
            )
    return [library]


def _write_stages(obtained: ObtainedDesign, patches: Sequence[PatchStep], outputs: KernelOutputs) -> list[Path]:
    """The design as obtained and after each patch, and what each patch changed in the instruction stream."""
    shutil.rmtree(outputs.stages, ignore_errors=True)
    stages = [outputs.stages / f"0-{obtained.kind}.mlir"]
    write_atomically(stages[0], obtained.text)
    for number, step in enumerate(patches, 1):
        stages.append(outputs.stages / f"{number}-{step.patch}.mlir")
        write_atomically(stages[-1], step.text)
        write_atomically(outputs.logs / f"patch-{number}-{step.patch}.log", f"{step}\n")
    return stages


def _require_clean(design: Design, log: Path) -> None:
    """Errors of the checks stop the build; all findings are in the log, and warnings are shown."""
    findings = check_design(design)
    write_atomically(log, "".join(f"{found}\n" for found in findings))
    if errors := [found for found in findings if found.severity is Severity.ERROR]:
        raise CheckError(errors)
    for found in findings:
        if found.severity is Severity.WARNING:
            print(found)


def _signature(kernel: Kernel, design: Design, device: DeviceOp, sequence: RuntimeSequenceOp, stream: Stream) -> Signature:
    """Buffers with their sizes from the sequence's arguments, and their directions from the transfers of its stream."""
    names = [argument.name_hint or f"argument {number}" for number, argument in enumerate(sequence.block.args)]
    buffers = []
    directions = _directions(stream)
    for number, argument in enumerate(sequence.block.args):
        if not isinstance(argument.type, MemRefType):
            message = f"argument {number} is a {argument.type}: a host passes buffers only"
            raise UserError.at(design.place(sequence), message)
        nbytes = ELEMENT_BYTES[str(argument.type.element_type)] * argument.type.element_count()
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


def _package(
    outputs: KernelOutputs,
    root: Path,
    design: Design,
    device: DeviceOp,
    *,
    libraries: Sequence[Path],
    made: Mapping[str, bytes],
) -> bytes:
    """The emulated XCLBIN with all sequences of the device, so that a foreign instruction stream is recognised.

    `made` are the streams that were made, by sequence; the others are lowered here.
    """
    sequences = tuple(
        SequenceRecord(
            sequence.symbol,
            tuple(str(argument.type) for argument in sequence.block.args),
            sha256(made.get(sequence.symbol) or encode(lower(design, device.symbol, sequence.symbol))),
        )
        for sequence in design.sequences(device)
    )
    image = make_image(
        read_text(outputs.design),
        name=os.path.relpath(outputs.design.with_suffix(""), root),
        device=device.device_name,
        sequences=sequences,
        libraries={library.name: read_bytes(library) for library in libraries},
        device_symbol=device.symbol,
        host=sysconfig.get_platform() if libraries else "",
    )
    return write_emulated(image)
