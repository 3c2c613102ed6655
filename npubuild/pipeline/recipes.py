"""What an artefact is made by, besides its input files: a change of any topic makes it again, and of nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from npubuild.pipeline.layout import Layout
from npubuild.pipeline.manifest import digest_of
from npubuild.registry import Kernel, ObjectFile, ProgramDesign
from npubuild.toolchain.host import find_host_compiler
from npubuild.toolchain.identity import IdentityCache
from npubuild.toolchain.probe import missing, probe

PACKAGE = Path(__file__).resolve().parents[1]

# The modules that decide what a step makes; an edit of any other one (a report, a command) rebuilds nothing.
_COMPILE = (
    "toolchain/host.py",
    "toolchain/depfile.py",
    "process.py",
    "files.py",
    "pipeline/steps.py",
    "pipeline/recipes.py",
)
_BUILD = (
    *("hardware", "mlir", "placement", "lowering", "check", "xclbin", "registry/instance.py"),
    *(f"pipeline/{name}.py" for name in ("design_source", "agreement", "signature", "manifest", "layout")),
    "errors.py",
    *_COMPILE,
)

_NPU = (
    *(f"toolchain/{name}.py" for name in ("aiecc", "generations", "flags", "peano", "object_check", "elf", "locations")),
    "crosscheck.py",
    "pipeline/npu.py",
)

Needs = Mapping[str, Sequence[str]]
"""The entry functions that cores call in an object, by architecture."""


def object_recipe(item: ObjectFile, layout: Layout, needs: Needs | None = None) -> dict[str, Any]:
    """For one object. Raises UserError when a compiler is missing."""
    compiler = find_host_compiler()
    identity = IdentityCache(layout.tool_identities).identify(compiler.path)
    recipe: dict[str, Any] = {
        "list of sources": item.sources,
        "flags": item.flags,
        "compiler": {**identity.as_dict(), "arguments": compiler.arguments},
        "npubuild": _code(_COMPILE),
    }
    if layout.toolchain == "npu":
        recipe |= {"entry functions": needs, "npubuild for NPUs": _code(_NPU), **_npu_tools(layout, ("peano", "aiecc"))}
    return recipe


def kernel_recipe(kernel: Kernel, layout: Layout) -> dict[str, Any]:
    """For one kernel: its own entry of kernels.yaml, and the code that turns it into artefacts.

    Raises UserError when a tool of the `npu` toolchain is missing.
    """
    recipe: dict[str, Any] = {
        "the kernel's entry": kernel.recipe,
        "npubuild": _code(_BUILD),
        "xdsl": version("xdsl"),
        "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", ""),
    }
    if isinstance(kernel.design, ProgramDesign):
        recipe["Python"] = sys.version
    if layout.toolchain == "npu":
        tools = _npu_tools(layout, ("peano", "aiecc", "xclbinutil"))
        recipe |= {"npubuild for NPUs": _code(_NPU), **tools}
    return recipe


def _npu_tools(layout: Layout, keys: tuple[str, ...]) -> dict[str, Any]:
    """The identities of tools by their keys; UserError when one is missing."""
    tools = tuple(tool for tool in probe().npu_toolchain if tool.key in keys)
    if lacking := missing(tools, "toolchain=npu"):
        raise lacking
    cache = IdentityCache(layout.tool_identities)
    return {tool.key: cache.identify(tool.search.path).as_dict() for tool in tools if tool.search.path}


@cache
def _code(parts: tuple[str, ...]) -> str:
    return digest_of(sorted(_sources(parts)), PACKAGE)


def _sources(parts: Iterable[str]) -> Iterable[Path]:
    for part in parts:
        path = PACKAGE / part
        yield from path.rglob("*.py") if path.is_dir() else [path]
