"""The host C++ compiler: cores for the emulator are shared libraries, made from the sources that Peano compiles.

Integer arithmetic is the same as on a core; floating point is kept free of fused operations, so that results do not depend
on the host's processor.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.files import SCRATCH, produce_atomically, read_text
from npubuild.process import Step, run
from npubuild.toolchain.cures import cure
from npubuild.toolchain.depfile import parse_depfile
from npubuild.toolchain.identity import IdentityCache
from npubuild.toolchain.include_path import search_folders, shadowing_places
from npubuild.toolchain.search import Candidate, Search, first_program, on_path

NAMES = ("g++", "clang++", "c++")
# Frames and calls as they would be on a core, since the same compile tells of the stack: no leaf function uses the 128 bytes
# below the stack pointer, which no frame would count, no check of the stack that some systems ask for is added, and calls go
# where they are written.
AS_ON_A_CORE = (
    "-fno-semantic-interposition",
    "-fno-stack-protector",
    *(("-mno-red-zone",) if os.uname().machine in {"x86_64", "amd64"} else ()),
)
# What is undefined gives one result here and another on a core, whose memory holds what ran there before.
REFUSED = ("-Werror=return-type", "-Werror=uninitialized")
COMPILE_FLAGS = (
    *("-std=c++20", "-O2", "-g", "-fPIC", "-ffp-contract=off", "-Wall", "-Wextra"),
    *(*REFUSED, *AS_ON_A_CORE),
)
LINK_FLAGS = ("-shared", "-Wl,-z,defs")  # a missing function is an error here, not when the library is loaded
_WARNING = re.compile(r"^[^\s:$][^:\n]*:\d+:(?:\d+:)? warning: .*$", re.MULTILINE)
INSTALL = "apt-get install g++, or name a compiler in CXX"


@dataclass(frozen=True)
class HostCompiler:
    """A C++ compiler for this machine. `arguments` are the words that CXX has behind the program."""

    path: Path
    arguments: tuple[str, ...]
    search: Search


@dataclass(frozen=True)
class Compiled:
    """The relocatable object of each source, and all files that they were compiled from, the system's headers included.

    `absent` are places at which a new file would be read instead of one of them.
    """

    objects: Mapping[Path, Path]
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
) -> Path:
    """Compile C++ sources into the shared library `library`, which appears when it is complete; its log lies beside it.

    Raises UserError when there is no compiler, or when it refuses a source.
    """
    compiler = compiler or find_host_compiler()
    root = root or Path.cwd()
    step = Step(f"compiling {library.stem}", library.with_suffix(".log"))
    library.parent.mkdir(parents=True, exist_ok=True)
    # On the library's own file system, and where a build that was killed is swept up after.
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=library.parent) as scratch:
        compiled = compile_objects(sources, Path(scratch), flags=flags, compiler=compiler, root=root, step=step)
        link = partial(link_objects, [*compiled.objects.values()], compiler=compiler, root=root, step=step)
        produce_atomically(library.absolute(), link)
    return library


def compile_objects(
    sources: Sequence[Path],
    folder: Path,
    *,
    flags: Sequence[str] = (),
    compiler: HostCompiler,
    root: Path,
    step: Step,
    telling: Callable[[Path], Sequence[str]] = lambda output: (),  # noqa: ARG005
    tools: IdentityCache | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Compiled:
    """Compile C++ sources, each by itself, into `folder`; sources and `flags` are relative to `root`.

    `telling` gives further flags for an output: those that have the compiler write what it knows beside it. `tools` knows
    what compilers answered before. `meanwhile` is done beside the first compile. Raises UserError when the compiler refuses
    a source.
    """
    step.log.unlink(missing_ok=True)
    # The prefix map keeps the object's bytes independent of where the project lies.
    switches = (*COMPILE_FLAGS, f"-ffile-prefix-map={root}=.", *flags)
    command = (str(compiler.path), *compiler.arguments, *switches)
    folders: list[Path] = []

    def beside_the_first() -> None:
        folders.extend(search_folders(command, root, tools))
        meanwhile()

    inputs: dict[Path, None] = {}
    objects: dict[Path, Path] = {}
    for number, source in enumerate(sources):
        target = folder / f"{number}.o"
        dependencies = ("-MD", "-MF", target.with_suffix(".d"))
        argv = [*command, *telling(target), *dependencies, "-c", source, "-o", target]
        run(argv, step, cwd=root, cure=cure, meanwhile=beside_the_first if number == 0 else lambda: None)
        depfile = read_text(target.with_suffix(".d"))
        inputs |= dict.fromkeys(root / name for name in parse_depfile(depfile))
        objects[source] = target
    return Compiled(objects, tuple(inputs), shadowing_places(inputs, folders, root))


def link_objects(
    objects: Sequence[Path],
    library: Path,
    *,
    compiler: HostCompiler,
    root: Path,
    step: Step,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Link relocatable objects into a shared library. Raises UserError when a function is missing."""
    argv: list[str | Path] = [compiler.path, *compiler.arguments, *LINK_FLAGS, "-o", library, *objects]
    run(argv, step, cwd=root, cure=cure, meanwhile=meanwhile)


def own_warnings(log: str, root: Path) -> list[str]:
    """The compiler's warnings in a log about files of the project, each once, and as the compiler prints them."""
    found = dict.fromkeys(_WARNING.findall(log.replace(f"{root}/", "")))
    return [line for line in found if not line.startswith("/")]


def _words(environment: Mapping[str, str]) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(environment.get("CXX", "")))
    except ValueError as error:
        raise UserError.at(Place("$CXX"), f"cannot be split into words: {str(error).lower()}") from error
