"""The step that compiles an object: into a library of the host, and for an NPU into objects for its cores."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from npubuild.cache import open_cache
from npubuild.errors import UserError
from npubuild.files import SCRATCH, read_bytes
from npubuild.pipeline.execution import Made, install, obtain
from npubuild.pipeline.layout import Layout, ObjectOutputs
from npubuild.pipeline.recipes import Needs, object_recipe
from npubuild.process import Step
from npubuild.registry import ObjectFile
from npubuild.resources.compiler import core_compiler, host_compiler
from npubuild.toolchain.host import compile_objects, find_host_compiler, link_objects, own_warnings
from npubuild.toolchain.identity import kept_identities

SHOWN = 10  # lines of warnings

if TYPE_CHECKING:
    from npubuild.resources.model import Analysis


def compile_object(item: ObjectFile, layout: Layout, needs: Needs | None = None) -> bool:
    """Compile the sources of one object into a shared library of the host, and for an NPU into an object for its cores.

    `needs` are the entry functions that designs call in it, by architecture. Whether the cache had it.
    """
    outputs = layout.object(item.name)
    recipe = object_recipe(item, layout, needs)
    outcome = obtain(
        outputs.manifest,
        layout.root,
        recipe=recipe,
        sources=[layout.root / source for source in item.sources],
        make=lambda: _compile(item, layout, outputs, needs or {}, recipe["compiler"]["version"]),
        cache=open_cache(),
    )
    install(outcome, outputs.manifest, layout.root, recipe)
    _show(outcome.known.facts["warnings"], outputs.log)
    return outcome.cached


def _show(warnings: Sequence[str], log: Path) -> None:
    """What the compiler has to say about the project's own files, also when it said so in an earlier build."""
    for warning in warnings[:SHOWN]:
        print(warning)
    if warnings[SHOWN:]:
        print(f"{len(warnings) - SHOWN} more warnings of the compiler: {log}")


def _compile(item: ObjectFile, layout: Layout, outputs: ObjectOutputs, needs: Needs, version: str) -> Made:
    """`version` is that of the host's compiler."""
    outputs.folder.mkdir(parents=True, exist_ok=True)
    root, step, compiler = layout.root, Step(f"compiling {item.name}", outputs.log), find_host_compiler()
    asked = host_compiler(compiler, version)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=outputs.folder) as scratch:
        compiled = compile_objects(
            [Path(source) for source in item.sources],
            Path(scratch),
            flags=(*asked.refusing, *item.flags) if asked else item.flags,
            compiler=compiler,
            root=root,
            step=step,
            telling=asked.telling if asked else lambda output: (),  # noqa: ARG005
            tools=kept_identities(),
            meanwhile=_load_analysis,
        )
        library, said = Path(scratch) / outputs.library.name, [""]

        def analyse_and_load() -> None:
            if asked:
                own = Step(f"analysing {item.name}", outputs.analysis_log("host"))
                said.append(_load_analysis()(compiled.objects, item.flags, asked, root, own).as_json())
            _load_next()

        objects = [*compiled.objects.values()]
        link_objects(objects, library, compiler=compiler, root=root, step=step, meanwhile=analyse_and_load)
        made: dict[Path, bytes | None] = {outputs.library: read_bytes(library), outputs.analysis: said[-1].encode()}
    inputs = list(compiled.inputs)
    if layout.toolchain == "npu":
        from npubuild.pipeline.npu import compile_core_objects

        core_objects, sources = compile_core_objects(item, needs, outputs, root)
        made |= dict.fromkeys(core_objects)
        for architecture in needs:
            text = _analyse_for_cores(item, architecture, root, outputs.analysis_log(architecture))
            made[outputs.core_analysis(architecture)] = text.encode()
        inputs += (source for source in sources if source not in inputs)
    log = read_bytes(outputs.log)
    warnings = own_warnings(log.decode(errors="replace"), root)
    return Made(inputs, made, compiled.absent, {"warnings": warnings}, {outputs.log: log} if warnings else {})


# Modules that are needed once the compiler is done are loaded while it runs.


def _load_analysis() -> Callable[..., Analysis]:
    from npubuild.resources.analyse import read_compiled

    return read_compiled


def _load_next() -> None:
    """What the kernel's own step needs."""
    import npubuild.pipeline.kernel_step  # noqa: F401


def _analyse_for_cores(item: ObjectFile, architecture: str, root: Path, log: Path) -> str:
    """What Peano says, for the cores of an architecture; "" when it refuses to tell, which its log explains.

    That is no reason to fail a build: the object itself was compiled without these flags.
    """
    from npubuild.pipeline.npu import find_tools
    from npubuild.resources.analyse import analyse

    step = Step(f"analysing {item.name} for {architecture}", log)
    try:
        return analyse(item.sources, item.flags, core_compiler(find_tools().peano, architecture), root, step).as_json()
    except UserError:
        return ""
