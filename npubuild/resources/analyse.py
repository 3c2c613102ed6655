"""Asks a compiler about the sources of one object: GCC or Clang of the host for an estimate, Peano for the real thing.

The sources are compiled once more, with flags that make the compiler write down what it knows; what it makes is thrown away.
"""

from __future__ import annotations

import platform
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import UserError
from npubuild.files import read_bytes, read_text
from npubuild.process import Step, query, run
from npubuild.resources import gcc, llvm
from npubuild.resources.model import Analysis, Function
from npubuild.resources.sections import kept_by_function, read_object
from npubuild.toolchain.host import COMPILE_FLAGS, HostCompiler
from npubuild.toolchain.peano import COMPILE_FLAGS as PEANO_FLAGS
from npubuild.toolchain.peano import Peano, include_flags, target


@dataclass(frozen=True)
class Compiler:
    """How sources are compiled for an analysis: `argv` is everything but source and output, `family` "gcc" or "llvm"."""

    argv: tuple[str, ...]
    family: str
    origin: str
    estimated: bool


def host_compiler(compiler: HostCompiler) -> Compiler | None:
    """The host's compiler, for an estimate; None for one that does not tell about frames and calls."""
    version = query([compiler.path, *compiler.arguments, "--version"])
    first = version.splitlines()[0].strip() if version else ""
    family = "llvm" if "clang" in version else "gcc" if "Free Software Foundation" in version else ""
    number = re.search(r" (\d+)\.\d+(?:\.\d+)?", first)
    if not family or (family == "gcc" and (number is None or int(number[1]) < gcc.OLDEST)):
        return None
    machine = platform.machine()
    # A leaf function may use 128 bytes below the stack pointer on this processor, which no frame would count.
    zone = ("-mno-red-zone",) if machine in {"x86_64", "AMD64"} else ()
    # As on a core, nothing is interposed when a program is loaded: calls go where they are written.
    argv = (str(compiler.path), *compiler.arguments, *COMPILE_FLAGS, "-fno-pic", "-w", *zone)
    return Compiler(argv, family, f"{first} for {machine}", estimated=True)


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
    """Analyse the sources (relative to `root`) of one object, compiled with its own `flags`.

    Raises UserError when the compiler refuses a source.
    """
    functions: dict[str, Function] = {}
    objects = {}
    step.log.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="npubuild-") as scratch:
        for number, source in enumerate(sources):
            output = Path(scratch) / f"{number}.o"
            read = _read_gcc if compiler.family == "gcc" else _read_llvm
            functions |= read([*compiler.argv, *flags], source, output, root, step)
            objects[source] = read_object(read_bytes(output), source)
    return Analysis(compiler.origin, compiler.estimated, functions, kept_by_function(objects, estimated=compiler.estimated))


def _read_gcc(argv: Sequence[str], source: str, output: Path, root: Path, step: Step) -> dict[str, Function]:
    dump = output.with_suffix(".code")
    run([*argv, *gcc.FLAGS, gcc.dump_flag(str(dump)), "-c", source, "-o", output], step, cwd=root)
    graph = _text(output.with_suffix(".ci"))
    return gcc.read_functions(graph, _text(dump), _text(root / source))


def _read_llvm(argv: Sequence[str], source: str, output: Path, root: Path, step: Step) -> dict[str, Function]:
    code = output.with_suffix(".ll")
    run([*argv, *llvm.CODE_FLAGS, source, "-o", code], step, cwd=root)
    run([*argv, *llvm.FRAME_FLAGS, "-c", source, "-o", output], step, cwd=root)
    return llvm.read_functions(_text(code), _text(output.with_suffix(".su")), source)


def _text(file: Path) -> str:
    """What a compiler wrote; nothing when it had nothing to say, as of a source without functions."""
    try:
        return read_text(file) if file.exists() else ""
    except UserError:
        return read_bytes(file).decode(errors="replace")
