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

from npubuild.cache import Found, open_cache
from npubuild.errors import Place, Severity, UserError
from npubuild.files import SCRATCH, read_bytes, write_atomically
from npubuild.hardware.devices import devices
from npubuild.pipeline.contents import digest, digest_of_bytes
from npubuild.pipeline.core_resources import kernel_resources
from npubuild.pipeline.execution import Made, Outcome, install, obtain, put
from npubuild.pipeline.layout import KernelOutputs, Layout
from npubuild.pipeline.manifest import Manifest, changes, name_of, read_manifest, why_stale
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
    libraries, analyses = _libraries(kernel, layout), _analyses(kernel, layout)
    design = _known_design(kernel, layout, outputs) or _obtain_design(kernel, layout, outputs)
    resources = _require_resources(kernel, design.known.facts, analyses, outputs)
    files = {layout.root / name: content for name, content in design.known.files.items()}
    cached = design.cached
    if layout.toolchain == "npu":
        cached &= _package_for_npu(kernel, layout, outputs, files[outputs.design])
        for name in (outputs.xclbin.name, "insts.bin"):
            files[outputs.folder / name] = read_bytes(outputs.packaged / name)
    if outputs.library is not None:
        files[outputs.library] = read_bytes(libraries[0])
    files[outputs.emulated_xclbin] = _emulated_xclbin(design.known.facts, files, outputs, layout.root)
    put(files)
    stages = [path for path in files if path.parent == outputs.stages]
    _remove_all_but(stages, outputs.stages)
    made_by_design = [outputs.design, *stages, *([] if layout.toolchain == "npu" else [outputs.instructions])]
    Manifest(
        recipe,
        {**design.known.inputs, **{name_of(path, layout.root): digest(path) for path in (*libraries, *analyses)}},
        {name_of(path, layout.root): digest_of_bytes(files[path]) for path in (*outputs.artefacts(), *stages)},
        {
            "signature": design.known.facts["signature"],
            "resources": resources.as_facts(),
            "design": {
                "facts": design.known.facts,
                "inputs": list(design.known.inputs),
                "outputs": [name_of(path, layout.root) for path in made_by_design],
            },
        },
    ).save(outputs.manifest)
    for warning in (*design.known.facts["warnings"], *resources.findings):
        print(warning)
    return cached


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


def _known_design(kernel: Kernel, layout: Layout, outputs: KernelOutputs) -> Outcome | None:
    """The design's part of what was built last, when nothing of that has changed."""
    try:
        manifest = read_manifest(outputs.manifest)
    except UserError:
        return None
    recipe, part = design_recipe(kernel), manifest.facts["design"]
    recorded = Manifest(
        {topic: manifest.recipe.get(topic) for topic in recipe},
        {name: manifest.inputs[name] for name in part["inputs"]},
        {name: manifest.outputs[name] for name in part["outputs"]},
    )
    if changes(recorded, layout.root, recipe):
        return None
    files = {name: read_bytes(layout.root / name) for name in recorded.outputs}
    return Outcome(Found(recorded.inputs, (), recorded.outputs, part["facts"], files), cached=False)


def _obtain_design(kernel: Kernel, layout: Layout, outputs: KernelOutputs) -> Outcome:
    def make() -> Made:
        from npubuild.pipeline.design_step import make_design

        return make_design(kernel, layout, outputs)

    source, recipe = kernel.design, design_recipe(kernel)
    sources = [layout.root / source.path] if isinstance(source, FileDesign | ProgramDesign) else []
    return obtain(outputs.manifest, layout.root, recipe=recipe, sources=sources, make=make, cache=open_cache())


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


def _package_for_npu(kernel: Kernel, layout: Layout, outputs: KernelOutputs, design: bytes) -> bool:
    """The step of aiecc, unless what it made is current. Whether the cache had it."""
    manifest = outputs.packaged / "manifest.json"
    recipe = {"kernel": kernel.name, "design": digest_of_bytes(design), **npu_recipe(kernel)}
    if not why_stale(manifest, layout.root, recipe):
        return False
    objects = []
    if kernel.object_file is not None:
        architecture = devices()[kernel.device].architecture.value
        objects.append(layout.object(kernel.object_file.name).core(architecture))

    def make() -> Made:
        from npubuild.pipeline.design_step import make_for_npu

        return make_for_npu(kernel, layout, outputs, design.decode(), objects)

    outcome = obtain(manifest, layout.root, recipe=recipe, sources=objects, make=make, cache=open_cache())
    install(outcome, manifest, layout.root, recipe)
    return outcome.cached


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
