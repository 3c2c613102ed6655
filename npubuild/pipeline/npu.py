"""The `npu` toolchain's part of a build: objects by Peano, XCLBIN and stream by aiecc, held against our own lowering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xdsl.dialects.builtin import StringAttr
from xdsl.dialects.func import FuncOp

from npubuild.crosscheck import CrossCheck, cross_check
from npubuild.errors import Diagnostic, Place, Severity, UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.hardware.devices import devices
from npubuild.lowering.txn import Stream
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import Design, parse_design
from npubuild.mlir.spelling import Spelling
from npubuild.pipeline.layout import KernelOutputs, Layout, ObjectOutputs
from npubuild.placement.place import place
from npubuild.process import Step
from npubuild.registry import Kernel, ObjectFile
from npubuild.toolchain.aiecc import Aiecc, compile_design, open_aiecc
from npubuild.toolchain.diagnosis import diagnose
from npubuild.toolchain.lock import FILE as LOCK
from npubuild.toolchain.lock import differences, read_lock
from npubuild.toolchain.peano import Peano, compile_for_cores, find_peano
from npubuild.toolchain.probe import missing, probe
from npubuild.xclbin.build import require_npu
from npubuild.xclbin.container import read
from npubuild.xclbin.contents import parse_contents


@dataclass(frozen=True)
class Tools:
    """What the toolchain consists of on this machine."""

    peano: Peano
    aiecc: Path
    xclbinutil: Path

    def open_aiecc(self) -> Aiecc:
        """Ask the driver for its generation; it finds xclbinutil on its PATH."""
        return open_aiecc(self.aiecc, (self.xclbinutil.parent,))


def find_tools() -> Tools:
    """UserError names every tool that is missing, where it was looked for and what to install."""
    found = probe()
    paths = [tool.search.path for tool in found.npu_toolchain]
    if lacking := missing(found.npu_toolchain, "toolchain=npu"):
        raise lacking
    compiler, aiecc, xclbinutil = (path for path in paths if path is not None)
    return Tools(find_peano(compiler, aiecc), aiecc, xclbinutil)


def compile_core_objects(
    item: ObjectFile, needs: Mapping[str, Sequence[str]], outputs: ObjectOutputs, root: Path
) -> tuple[list[Path], list[Path]]:
    """The object for every architecture that a kernel needs it for, and all files that they were compiled from.

    `needs` are the entry functions by architecture ("aie2", "aie2p").
    """
    peano = find_tools().peano
    made: list[Path] = []
    inputs: list[Path] = []
    for architecture, functions in needs.items():
        compiled = compile_for_cores(
            [Path(source) for source in item.sources],
            outputs.core(architecture),
            peano=peano,
            architecture=architecture,
            functions=functions,
            flags=item.flags,
            root=root,
            step=Step(f"compiling {item.name} for {architecture}", outputs.log.with_name(f"compile-{architecture}.log")),
        )
        made.append(compiled.file)
        inputs += compiled.inputs
    return made, inputs


def package(kernel: Kernel, layout: Layout, design: Design, device: DeviceOp, stream: Stream) -> tuple[bytes, bytes]:
    """XCLBIN and instruction stream as aiecc makes them of a design whose own lowering is `stream`.

    Raises UserError where aiecc fails, where what it made is no XCLBIN for an NPU, or where the streams differ and
    kernels.yaml gives no reason why they may.
    """
    outputs = layout.kernel(kernel.name, kernel.object_file.name if kernel.object_file else "")
    tools = find_tools()
    _warn_of_another_toolchain(layout.root / LOCK)
    aiecc = tools.open_aiecc()
    text = linked_design(design, device, _take_object(kernel, layout, outputs), Spelling(aiecc.generation.spelling))
    log = outputs.logs / "aiecc.log"
    log.unlink(missing_ok=True)
    step = Step("aiecc", log, kernel.name)
    xclbin, instructions = compile_design(text, outputs.folder / "aiecc.prj", aiecc, tools.peano.folder, step)
    _require_sound(xclbin, outputs.xclbin)
    checked = cross_check(stream, instructions, f"aiecc {aiecc.generation.name}")
    _judge(checked, kernel, outputs)
    return xclbin, instructions


def _warn_of_another_toolchain(file: Path) -> None:
    if file.is_file():
        for difference in differences(file, read_lock(file), diagnose()):
            print(difference)


def linked_design(design: Design, device: DeviceOp, objects: Mapping[str, Path], spelling: Spelling) -> str:
    """The design's text for aiecc: every core links its object by full path.

    The `link_with` of function declarations, which older generations do not know, moves to the cores that call them: that
    is what all generations read, and both together are an error (toolchain-facts.md, section 3).
    """
    copy = parse_design(print_design(design), design.file)
    target = copy.device(device.symbol)
    for core in place(copy, target).cores:
        core.op.attributes.pop("link_files", None)
        if core.links:
            core.op.attributes["link_with"] = StringAttr(str(objects[core.links[0]]))
    for function in target.walk():
        if isinstance(function, FuncOp):
            function.attributes.pop("link_with", None)
    return print_design(copy, spelling)


def _take_object(kernel: Kernel, layout: Layout, outputs: KernelOutputs) -> dict[str, Path]:
    """The kernel's object under a name of its own: aiecc copies objects by base name, and equal ones collide."""
    if kernel.object_file is None:
        return {}
    architecture = devices()[kernel.device].architecture.value
    taken = outputs.folder / f"{kernel.name}-{kernel.object_file.name}"
    write_atomically(taken, read_bytes(layout.object(kernel.object_file.name).core(architecture)))
    return {kernel.object_file.name: taken.absolute()}


def _require_sound(xclbin: bytes, file: Path) -> None:
    container = read(xclbin, str(file))
    require_npu(container)
    if found := list(parse_contents(container).inconsistencies()):
        raise UserError(Diagnostic(f"aiecc made an XCLBIN that is not sound: {text}", Place(str(file))) for text in found)


def _judge(checked: CrossCheck, kernel: Kernel, outputs: KernelOutputs) -> None:
    log = outputs.logs / "stream-difference.log"
    log.unlink(missing_ok=True)
    if checked.agrees:
        return
    write_atomically(log, checked.difference + "\n")
    message = "aiecc makes another instruction stream of this design than npubuild"
    if kernel.stream_difference:
        allowed = f"{message}; it is allowed: {kernel.stream_difference}"
        print(Diagnostic(allowed, kernel.place, "stream-differs", f"see {log}", Severity.WARNING))
        return
    hint = "report it; to build nevertheless, give the kernel a `stream_difference:` that says why it may"
    raise UserError.at(kernel.place, f"{message}:\n\n{checked.difference}\n", hint, "stream-differs")
