"""What an artefact is made by, besides its input files: a change of any topic makes it again, and of nothing else."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from npubuild.pipeline.contents import digest_of
from npubuild.pipeline.layout import Layout
from npubuild.registry import Kernel, ObjectFile, ProgramDesign, TemplateDesign
from npubuild.toolchain.host import find_host_compiler
from npubuild.toolchain.identity import kept_identities

PACKAGE = Path(__file__).resolve().parents[1]

# The modules that decide what a step makes; an edit of any other one (a report, a command) rebuilds nothing.
ANALYSING = tuple(
    f"resources/{name}.py"
    for name in ("compiler", "analyse", "gcc", "llvm", "sections", "references", "debug_info", "model")
)
SYMBOLS = "toolchain/core_symbols.py"
COMPILING = (
    *("toolchain/host.py", "toolchain/depfile.py", "toolchain/include_path.py", "pipeline/object_step.py"),
    *(SYMBOLS, *ANALYSING),
)
DESIGNING = (
    *("hardware", "mlir", "placement", "lowering", "check", "registry/instance.py"),
    *(f"pipeline/{name}.py" for name in ("design_step", "design_source", "agreement", "signature", "meanings")),
    *("resources/placed.py", "resources/core.py"),
)
TEMPLATES = ("mlir/template.py", "mlir/template_parameters.py")
PATCHES = "mlir/patch"  # each by itself: a kernel depends on those that it names
RESOURCES = (
    *(f"resources/{name}.py" for name in ("check", "constructs", "memory", "stack")),
    "pipeline/core_resources.py",
    "pipeline/parameters.py",
)
PACKAGING = ("xclbin", "pipeline/kernel_step.py", SYMBOLS, *RESOURCES)
FOR_NPU = (
    *(f"toolchain/{name}.py" for name in ("aiecc", "generations", "flags", "peano", "object_check", "elf", "locations")),
    SYMBOLS,
    "crosscheck.py",
    "pipeline/npu.py",
)

# What a C++ compiler or linker reads besides its command line.
ENVIRONMENT = (
    *("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH", "LIBRARY_PATH"),
    *("GCC_COMPARE_DEBUG", "SOURCE_DATE_EPOCH"),
)
# The programs behind a compiler's driver, by the names that it knows them under; those that a driver has built in are none.
PROGRAMS = ("cc1plus", "as", "collect2", "ld")

Needs = Mapping[str, Sequence[str]]
"""The entry functions that cores call in an object, by architecture."""


def object_recipe(item: ObjectFile, layout: Layout, needs: Needs | None = None) -> dict[str, Any]:
    """For one object. Raises UserError when a compiler is missing."""
    recipe: dict[str, Any] = {
        "object": item.name,
        "list of sources": item.sources,
        "flags": item.flags,
        "compiler": _host_compiler(_variable("CXX"), _variable("PATH")),
        "environment": environment(),
        "npubuild": code(COMPILING),
    }
    if layout.toolchain == "npu":
        recipe |= {"entry functions": needs, "npubuild for NPUs": code(FOR_NPU), **_npu_tools(("peano", "aiecc"))}
    return recipe


def design_recipe(kernel: Kernel) -> dict[str, Any]:
    """For the design of one kernel and its instruction stream: its own entry of kernels.yaml, and the code that makes it."""
    recipe: dict[str, Any] = {
        "kernel": kernel.name,
        "kernels.yaml": kernel.recipe,
        "npubuild": code(DESIGNING),
        "patch": code(tuple(dict.fromkeys(module for patch in kernel.patches for module in patch_modules(patch)))),
        "xdsl": _version("xdsl"),
    }
    if isinstance(kernel.design, TemplateDesign):
        recipe["template"] = code(TEMPLATES)
    if isinstance(kernel.design, ProgramDesign):
        recipe["Python"] = sys.version
    return recipe


def kernel_recipe(kernel: Kernel, layout: Layout) -> dict[str, Any]:
    """For all artefacts of one kernel. Raises UserError when a tool of the `npu` toolchain is missing."""
    recipe = {**design_recipe(kernel), **packaging_recipe()}
    if layout.toolchain == "npu":
        recipe |= npu_recipe(kernel)
    return recipe


def packaging_recipe() -> dict[str, Any]:
    return {"npubuild's packaging": code(PACKAGING), "environment": {"SOURCE_DATE_EPOCH": _variable("SOURCE_DATE_EPOCH")}}


def npu_recipe(kernel: Kernel) -> dict[str, Any]:
    """For the XCLBIN and the instruction stream that aiecc makes. Raises UserError when a tool is missing."""
    tools = _npu_tools(("peano", "aiecc", "xclbinutil"))
    return {"stream_difference": kernel.stream_difference, "npubuild for NPUs": code(FOR_NPU), **tools}


def environment() -> dict[str, str]:
    """The variables that a compiler reads, those that are set."""
    return {name: value for name in ENVIRONMENT if (value := _variable(name))}


def _variable(name: str) -> str:
    return os.environ.get(name, "")


@cache
def _host_compiler(_cxx: str, _path: str) -> dict[str, Any]:
    """The driver and the programs that do its work, each by the digest of its file; looked at once in a run."""
    compiler = find_host_compiler()
    kept = kept_identities()
    programs = kept.programs(compiler.path, PROGRAMS)
    behind = {name: kept.identify(path).digest for name, path in programs.items()}
    return {**kept.identify(compiler.path).as_dict(), "arguments": compiler.arguments, "program": behind}


def _npu_tools(keys: tuple[str, ...]) -> dict[str, Any]:
    """The identities of tools by their keys; UserError when one is missing."""
    from npubuild.toolchain.probe import missing, probe

    tools = tuple(tool for tool in probe().npu_toolchain if tool.key in keys)
    if lacking := missing(tools, "toolchain=npu"):
        raise lacking
    kept = kept_identities()
    return {tool.key: kept.identify(tool.search.path).as_dict() for tool in tools if tool.search.path}


KNOWN_CODE: dict[str, str] = {}
"""Digests of npubuild's parts, as far as they were asked for; the last build's, when no file has changed since."""


def code(parts: tuple[str, ...]) -> dict[str, str]:
    """One digest for each part of npubuild: a module, or a room without the parts that have a digest of their own."""
    for part in parts:
        if part not in KNOWN_CODE:
            KNOWN_CODE[part] = digest_of(sources(part), PACKAGE)
    return {part.removesuffix(".py"): KNOWN_CODE[part] for part in parts}


def sources(part: str) -> list[Path]:
    path = PACKAGE / part
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*.py") if not _stands_alone(file.relative_to(PACKAGE).as_posix()))


def _stands_alone(name: str) -> bool:
    return name in TEMPLATES or (name.startswith(f"{PATCHES}/") and not name.endswith("/__init__.py"))


@cache
def patch_modules(patch: str) -> tuple[str, ...]:
    """The modules of one patch: its own, and those of the same folder that it imports, directly or not."""
    found: dict[str, None] = {}
    waiting = [patch.replace("-", "_")]
    while waiting:
        name = waiting.pop()
        part = f"{PATCHES}/{name}.py"
        if part not in found and (PACKAGE / part).is_file():
            found[part] = None
            waiting += _imported_patches(PACKAGE / part)
    return tuple(sorted(found))


def _imported_patches(file: Path) -> Iterable[str]:
    return re.findall(r"^from npubuild\.mlir\.patch\.(\w+) import", file.read_text(), re.MULTILINE)


@cache
def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def tool_files() -> Iterator[Path]:
    """What every recipe depends on: npubuild's own code, the host compiler, and the folders in which others would be found.

    Raises UserError when there is no compiler.
    """
    from npubuild.toolchain.probe import probe

    compiler = find_host_compiler().path
    yield compiler
    yield from kept_identities().programs(compiler, PROGRAMS).values()
    yield from (Path(folder) for folder in _variable("PATH").split(os.pathsep) if Path(folder).is_dir())
    yield from (Path(folder) for folder in sys.path if folder.endswith("-packages") and Path(folder).is_dir())
    home = Path.home()  # which changes all the time; names in it that matter are part of the situation
    for tool in probe().npu_toolchain:
        yield from (found for path in tool.search.looked if path.is_absolute() and (found := _nearest(path)) != home)
    for folder, _, names in os.walk(PACKAGE):
        if not folder.endswith("__pycache__"):
            yield Path(folder)
            yield from (Path(folder, name) for name in names if name.endswith(".py"))


def _nearest(path: Path) -> Path:
    """The path, or what is there of it: a folder, which changes when more comes to be."""
    while not path.exists():
        path = path.parent
    return path
