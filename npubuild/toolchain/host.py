"""The host C++ compiler: cores for the emulator are shared libraries, made from the sources that Peano compiles.

Integer arithmetic is the same as on a core; floating point is kept free of fused operations, so that results do not depend
on the host's processor.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.files import SCRATCH, produce_atomically, read_text
from npubuild.process import Background, Step, run
from npubuild.toolchain.cures import cure
from npubuild.toolchain.depfile import parse_depfile
from npubuild.toolchain.include_path import search_folders, shadowing_places
from npubuild.toolchain.search import Candidate, Search, first_program, on_path

NAMES = ("g++", "clang++", "c++")
COMPILE_FLAGS = ("-std=c++17", "-O2", "-g", "-fPIC", "-ffp-contract=off", "-Wall", "-Wextra")
LINK_FLAGS = ("-shared", "-Wl,-z,defs")  # a missing function is an error here, not when the library is loaded
INSTALL = "apt-get install g++, or name a compiler in CXX"


@dataclass(frozen=True)
class HostCompiler:
    """A C++ compiler for this machine. `arguments` are the words that CXX has behind the program."""

    path: Path
    arguments: tuple[str, ...]
    search: Search


@dataclass(frozen=True)
class Compiled:
    """A shared library, and all files that it was compiled from: sources and headers, the system's included.

    `absent` are places at which a new file would be read instead of one of them.
    """

    library: Path
    inputs: tuple[Path, ...]
    absent: tuple[Path, ...] = ()


def search_host_compiler(environment: Mapping[str, str] | None = None) -> Search:
    """CXX when it is set, else the first of g++, clang++ and c++ on PATH."""
    environment = os.environ if environment is None else environment
    chosen = _words(environment)
    if chosen:
        found = shutil.which(chosen[0], path=environment.get("PATH", os.defpath))
        return first_program("host C++ compiler", [Candidate("$CXX", Path(found or chosen[0]))])
    return first_program("host C++ compiler", [Candidate("$CXX", None), *(on_path(name, environment) for name in NAMES)])


def find_host_compiler(environment: Mapping[str, str] | None = None) -> HostCompiler:
    """The host compiler; UserError lists where it was looked for."""
    search = search_host_compiler(environment)
    if search.path is None:
        raise UserError.at(None, f"no host C++ compiler: {search.where()}", hint=INSTALL)
    return HostCompiler(search.path, _words(os.environ if environment is None else environment)[1:], search)


def compile_library(
    sources: Sequence[Path],
    library: Path,
    *,
    flags: Sequence[str] = (),
    compiler: HostCompiler | None = None,
    root: Path | None = None,
    step: Step | None = None,
) -> Path:
    """Compile C++ sources into one shared library; see `compile_with_inputs`."""
    return compile_with_inputs(sources, library, flags=flags, compiler=compiler, root=root, step=step).library


def compile_with_inputs(
    sources: Sequence[Path],
    library: Path,
    *,
    flags: Sequence[str] = (),
    compiler: HostCompiler | None = None,
    root: Path | None = None,
    step: Step | None = None,
) -> Compiled:
    """Compile C++ sources, each by itself, into the shared library `library`, which appears when it is complete.

    `flags` are relative to `root` (default: the current folder). The log goes to `step.log` (default: beside the library).
    Raises UserError when there is no compiler, or when it refuses a source.
    """
    compiler = compiler or find_host_compiler()
    root = root or Path.cwd()
    step = step or Step(f"compiling {library.stem}", library.with_suffix(".log"))
    step.log.unlink(missing_ok=True)
    # The prefix map keeps the library's bytes independent of where the project lies.
    switches = (*COMPILE_FLAGS, f"-ffile-prefix-map={root}=.", *flags)
    command = (str(compiler.path), *compiler.arguments, *switches)
    folders = Background(lambda: search_folders(command, root))
    inputs: dict[Path, None] = {}
    library.parent.mkdir(parents=True, exist_ok=True)
    # On the library's own file system, and where a build that was killed is swept up after.
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=library.parent) as scratch:
        objects = []
        for number, source in enumerate(sources):
            target = Path(scratch) / f"{number}.o"
            run(_compile_argv(compiler, source, target, switches), step, cwd=root, cure=cure)
            depfile = read_text(target.with_suffix(".d"))
            inputs |= dict.fromkeys(root / name for name in parse_depfile(depfile))
            objects.append(target)

        def link(temporary: Path) -> None:
            run([compiler.path, *compiler.arguments, *LINK_FLAGS, "-o", temporary, *objects], step, cwd=root, cure=cure)

        produce_atomically(library.absolute(), link)
    return Compiled(library, tuple(inputs), shadowing_places(inputs, folders.result(), root))


def _compile_argv(compiler: HostCompiler, source: Path, target: Path, switches: Sequence[str]) -> list[str | Path]:
    dependencies = ("-MD", "-MF", target.with_suffix(".d"))
    return [compiler.path, *compiler.arguments, *switches, *dependencies, "-c", source, "-o", target]


def _words(environment: Mapping[str, str]) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(environment.get("CXX", "")))
    except ValueError as error:
        raise UserError.at(Place("$CXX"), f"cannot be split into words: {str(error).lower()}") from error
