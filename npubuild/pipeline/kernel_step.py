"""The step that makes a kernel's artefacts: its design's own step, then the package with its object.

Nothing here loads xDSL; the design's step does, and it runs only when the design has to be made.
"""

from __future__ import annotations

import ctypes
import os
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from npubuild.cache import open_cache
from npubuild.errors import Place, Severity, UserError
from npubuild.files import SCRATCH, read_bytes, write_atomically, write_if_different
from npubuild.hardware.devices import devices
from npubuild.pipeline.contents import digest
from npubuild.pipeline.core_resources import kernel_resources
from npubuild.pipeline.execution import Made, Outcome, run_step
from npubuild.pipeline.layout import KernelOutputs, Layout
from npubuild.pipeline.manifest import Manifest, name_of, read_manifest, why_stale
from npubuild.pipeline.problems import CheckError
from npubuild.pipeline.recipes import design_recipe, kernel_recipe, npu_recipe
from npubuild.pipeline.signature import Signature
from npubuild.registry import FileDesign, Kernel, ProgramDesign
from npubuild.resources.check import Resources
from npubuild.xclbin.build import write_emulated
from npubuild.xclbin.image import SequenceRecord, make_image, sha256


def build_kernel(kernel: Kernel, layout: Layout) -> bool:
    """Make every artefact of one kernel; its object has been compiled before. Whether the cache had what takes long.

    Raises UserError, located in the design or in kernels.yaml, for whatever keeps it from being built or from running.
    """
    outputs = layout.kernel(kernel.name, kernel.object_file.name if kernel.object_file else "")
    recipe = kernel_recipe(kernel, layout)
    libraries = _libraries(kernel, layout)
    designed = _design(kernel, layout, outputs)
    facts = designed.manifest.facts
    analyses = _analyses(kernel, layout)
    resources = _require_resources(kernel, facts, analyses, outputs)
    files = {outputs.design: read_bytes(outputs.lowered / "design.mlir")}
    outcomes = [designed]
    made = outputs.lowered
    if layout.toolchain == "npu":
        outcomes.append(_package_for_npu(kernel, layout, outputs))
        made = outputs.packaged
        files[outputs.xclbin] = read_bytes(made / outputs.xclbin.name)
    files[outputs.instructions] = read_bytes(made / "insts.bin")
    if outputs.library is not None:
        files[outputs.library] = read_bytes(libraries[0])
    files[outputs.emulated_xclbin] = _emulated_xclbin(facts, files, outputs, layout.root)
    for path, content in files.items():
        write_if_different(path, content)
    stages = [layout.root / name for name in designed.manifest.outputs if (layout.root / name).parent == outputs.stages]
    _remove_all_but(stages, outputs.stages)
    Manifest(
        recipe,
        {**designed.manifest.inputs, **{name_of(path, layout.root): digest(path) for path in (*libraries, *analyses)}},
        {name_of(path, layout.root): digest(path) for path in (*outputs.artefacts(), *stages)},
        {"signature": facts["signature"], "resources": resources.as_facts()},
    ).save(outputs.manifest)
    for warning in (*facts["warnings"], *resources.findings):
        print(warning)
    return all(outcome.cached for outcome in outcomes)


def _libraries(kernel: Kernel, layout: Layout) -> list[Path]:
    """The compiled object, whose functions are looked up right away."""
    if kernel.object_file is None:
        return []
    library = layout.object(kernel.object_file.name).library
    try:
        loaded = ctypes.CDLL(str(library))
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


def _design(kernel: Kernel, layout: Layout, outputs: KernelOutputs) -> Outcome:
    """The step of the design, unless what it made is current."""
    manifest = outputs.lowered / "manifest.json"
    recipe = design_recipe(kernel)
    if not why_stale(manifest, layout.root, recipe):
        return Outcome(read_manifest(manifest))

    def make() -> Made:
        from npubuild.pipeline.design_step import make_design

        return make_design(kernel, layout, outputs)

    source = kernel.design
    sources = [layout.root / source.path] if isinstance(source, FileDesign | ProgramDesign) else []
    return run_step(manifest, layout.root, recipe=recipe, sources=sources, make=make, cache=open_cache())


def _analyses(kernel: Kernel, layout: Layout) -> list[Path]:
    """What compilers say about the kernel's object, the one that makes it for the cores first."""
    if kernel.object_file is None:
        return []
    outputs = layout.object(kernel.object_file.name)
    of_cores = [outputs.core_analysis(devices()[kernel.device].architecture.value)] if layout.toolchain == "npu" else []
    return [*of_cores, outputs.analysis]


def _require_resources(
    kernel: Kernel, facts: Mapping[str, Any], analyses: Sequence[Path], outputs: KernelOutputs
) -> Resources:
    """What the cores need and have, reported among the logs; CheckError when something does not fit."""
    resources = kernel_resources(kernel, facts["cores"], analyses)
    write_atomically(outputs.logs / "resources.txt", resources.text())
    if errors := [found for found in resources.findings if found.severity is Severity.ERROR]:
        raise CheckError(errors)
    return resources


def _package_for_npu(kernel: Kernel, layout: Layout, outputs: KernelOutputs) -> Outcome:
    """The step of aiecc, unless what it made is current."""
    manifest = outputs.packaged / "manifest.json"
    recipe = {"kernel": kernel.name, **npu_recipe(kernel)}
    if not why_stale(manifest, layout.root, recipe):
        return Outcome(read_manifest(manifest))
    objects = []
    if kernel.object_file is not None:
        architecture = devices()[kernel.device].architecture.value
        objects.append(layout.object(kernel.object_file.name).core(architecture))
    design = outputs.lowered / "design.mlir"

    def make() -> Made:
        from npubuild.pipeline.design_step import make_for_npu

        return make_for_npu(kernel, layout, outputs, read_bytes(design).decode(), objects)

    return run_step(manifest, layout.root, recipe=recipe, sources=[design, *objects], make=make, cache=open_cache())


def _remove_all_but(kept: Sequence[Path], folder: Path) -> None:
    """Stages of patches that a kernel has no longer would mislead."""
    for path in folder.iterdir():
        if path not in kept and not path.name.startswith(SCRATCH):
            path.unlink(missing_ok=True)


def _emulated_xclbin(facts: Mapping[str, Any], files: Mapping[Path, bytes], outputs: KernelOutputs, root: Path) -> bytes:
    """The emulated XCLBIN with all sequences of the device, so that a foreign instruction stream is recognised."""
    signature = Signature.from_facts(facts["signature"])
    sequences = []
    for known in facts["sequences"]:
        # That of the kernel's own sequence may be aiecc's.
        own = known["name"] == signature.sequence
        instructions = sha256(files[outputs.instructions]) if own else known["instructions"]
        sequences.append(SequenceRecord(known["name"], tuple(known["arguments"]), instructions))
    image = make_image(
        files[outputs.design].decode(),
        name=os.path.relpath(outputs.design.with_suffix(""), root),
        device=facts["device"],
        sequences=tuple(sequences),
        libraries={outputs.library.name: files[outputs.library]} if outputs.library else {},
        device_symbol=signature.device,
        host=sysconfig.get_platform() if outputs.library else "",
    )
    return write_emulated(image)
