"""How a compiler is had to tell what it knows about sources: GCC or Clang of the host for an estimate, Peano for the cores.

With a few flags more, it writes that beside the object that it makes. GCC (10 and later) writes a graph of calls with
frames, and the code before it becomes machine code: there a division by a constant is still a division, which a core
without one would call a library for. Clang writes frames, and LLVM IR when it is asked for that in place of an object.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from npubuild.toolchain.host import COMPILE_FLAGS, HostCompiler

if TYPE_CHECKING:
    from npubuild.toolchain.peano import Peano

OLDEST_GCC = 10
GRAPH, CODE = ".ci", ".code"  # what GCC writes beside an object
FRAMES = ".su"  # what Clang does

_GCC = re.compile(r"^\S*(?:g\+\+|gcc|c\+\+)\S* \(.*?\) (\d+)\.\d")


@dataclass(frozen=True)
class Compiler:
    """How sources are compiled for an analysis: `argv` is everything but source and output, `family` "gcc" or "llvm"."""

    argv: tuple[str, ...]
    family: str
    origin: str
    estimated: bool

    @property
    def refusing(self) -> tuple[str, ...]:
        """Flags of this family that make an error of values that may not have been set."""
        if self.family == "gcc":
            return ("-Werror=maybe-uninitialized",)
        return ("-Werror=sometimes-uninitialized", "-Werror=conditional-uninitialized")

    def telling(self, output: Path) -> tuple[str, ...]:
        """Flags that have it write down what it knows, beside the object `output`."""
        if self.family == "gcc":
            return ("-fcallgraph-info=su", f"-fdump-tree-optimized-lineno={output.with_suffix(CODE)}")
        return ("-fstack-usage",)


def host_compiler(compiler: HostCompiler, version: str) -> Compiler | None:
    """The host's compiler, for an estimate; None for one that does not tell about frames and calls.

    `version` is the first line of what it prints for --version.
    """
    number = _GCC.match(version)
    family = "llvm" if "clang" in version else "gcc" if number and int(number[1]) >= OLDEST_GCC else ""
    if not family:
        return None
    argv = (str(compiler.path), *compiler.arguments, *COMPILE_FLAGS)
    return Compiler(argv, family, f"{version} for {os.uname().machine}", estimated=True)


def core_compiler(peano: Peano, architecture: str) -> Compiler:
    """Peano for the cores of an architecture ("aie2" or "aie2p"): its frames are those of the cores."""
    from npubuild.toolchain.peano import COMPILE_FLAGS as PEANO_FLAGS
    from npubuild.toolchain.peano import include_flags, target

    argv = (
        str(peano.compiler),
        f"--target={target(architecture)}",
        *PEANO_FLAGS,
        "-w",
        "-g",
        *include_flags(peano, architecture),
    )
    return Compiler(argv, "llvm", f"Peano for {architecture}", estimated=False)
