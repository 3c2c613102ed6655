"""Asks a compiler about the sources of one object: GCC or Clang of the host for an estimate, Peano for the real thing.

With a few flags more, a compiler writes down what it knows beside the object that it makes.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import UserError
from npubuild.files import read_bytes, read_text
from npubuild.process import Step, run
from npubuild.resources import gcc, llvm
from npubuild.resources.model import Analysis, Function
from npubuild.resources.sections import kept_by_function, read_object
from npubuild.toolchain.host import COMPILE_FLAGS, HostCompiler
from npubuild.toolchain.peano import COMPILE_FLAGS as PEANO_FLAGS
from npubuild.toolchain.peano import Peano, include_flags, target

_GCC = re.compile(r"^\S*(?:g\+\+|gcc|c\+\+)\S* \(.*?\) (\d+)\.\d")


@dataclass(frozen=True)
class Compiler:
    """How sources are compiled for an analysis: `argv` is everything but source and output, `family` "gcc" or "llvm"."""

    argv: tuple[str, ...]
    family: str
    origin: str
    estimated: bool

    def telling(self, output: Path) -> tuple[str, ...]:
        """Flags that have it write down what it knows, beside the object `output`."""
        return (*gcc.FLAGS, gcc.dump_flag(str(output.with_suffix(".code")))) if self.family == "gcc" else llvm.FRAME_FLAGS


def host_compiler(compiler: HostCompiler, version: str) -> Compiler | None:
    """The host's compiler, for an estimate; None for one that does not tell about frames and calls.

    `version` is the first line of what it prints for --version.
    """
    number = _GCC.match(version)
    family = "llvm" if "clang" in version else "gcc" if number and int(number[1]) >= gcc.OLDEST else ""
    if not family:
        return None
    argv = (str(compiler.path), *compiler.arguments, *COMPILE_FLAGS)
    return Compiler(argv, family, f"{version} for {os.uname().machine}", estimated=True)


def core_compiler(peano: Peano, architecture: str) -> Compiler:
    """Peano for the cores of an architecture ("aie2" or "aie2p"): its frames are those of the cores."""
    argv = (
        str(peano.compiler),
        f"--target={target(architecture)}",
        *PEANO_FLAGS,
        "-w",
        "-g",
        *include_flags(peano, architecture),
    )
    return Compiler(argv, "llvm", f"Peano for {architecture}", estimated=False)


def analyse(sources: Sequence[str], flags: Sequence[str], compiler: Compiler, root: Path, step: Step) -> Analysis:
    """Analyse the sources (relative to `root`) of one object, compiled for this with its own `flags`.

    Raises UserError when the compiler refuses a source.
    """
    step.log.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="npubuild-") as scratch:
        objects = {Path(source): Path(scratch) / f"{number}.o" for number, source in enumerate(sources)}
        for source, output in objects.items():
            run([*compiler.argv, *flags, *compiler.telling(output), "-c", source, "-o", output], step, cwd=root)
        return read_compiled(objects, flags, compiler, root, step)


def read_compiled(
    objects: Mapping[Path, Path], flags: Sequence[str], compiler: Compiler, root: Path, step: Step
) -> Analysis:
    """What the compiler wrote beside the objects of sources (relative to `root`) that were compiled with `telling`."""
    functions: dict[str, Function] = {}
    for source, output in objects.items():
        if compiler.family == "gcc":
            graph, code = output.with_suffix(".ci"), output.with_suffix(".code")
            functions |= gcc.read_functions(_text(graph), _text(code), _text(root / source))
        else:
            code = output.with_suffix(".ll")
            run([*compiler.argv, *flags, "-w", *llvm.CODE_FLAGS, source, "-o", code], step, cwd=root)
            functions |= llvm.read_functions(_text(code), _text(output.with_suffix(".su")), str(source))
    read = {str(source): read_object(read_bytes(output), str(source)) for source, output in objects.items()}
    return Analysis(compiler.origin, compiler.estimated, functions, kept_by_function(read, estimated=compiler.estimated))


def _text(file: Path) -> str:
    """What a compiler wrote; nothing when it had nothing to say, as of a source without functions."""
    try:
        return read_text(file) if file.exists() else ""
    except UserError:
        return read_bytes(file).decode(errors="replace")
