"""Compiling kernels with Peano, the LLVM for AI Engines (toolchain-facts.md, section 3); see real-toolchain.md."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.files import produce_atomically, read_text
from npubuild.process import Step, run
from npubuild.toolchain.cures import cure
from npubuild.toolchain.depfile import parse_depfile
from npubuild.toolchain.object_check import check_object, library_symbols

COMPILE_FLAGS = (
    "-O2",
    "-std=c++20",
    "-DNDEBUG",
    "-Wno-parentheses",
    "-Wno-attributes",
    "-Wno-macro-redefined",
    "-Wno-empty-body",
    "-Wno-missing-template-arg-list-after-template-kw",
)
RUNTIME_FOLDERS = {"aie2": "AIE2", "aie2p": "AIE2P"}  # of aie_runtime_lib, with the lookup tables


@dataclass(frozen=True)
class Peano:
    """An installation. `folder` is what PEANO_INSTALL_DIR names; `mlir_aie` the one with the AIE headers, if it is there."""

    folder: Path
    mlir_aie: Path | None = None

    @property
    def compiler(self) -> Path:
        return self.folder / "bin" / "clang++"

    @property
    def archiver(self) -> Path:
        return self.folder / "bin" / "llvm-ar"


@dataclass(frozen=True)
class CoreObject:
    """An object that cores link, and all files that it was compiled from."""

    file: Path
    inputs: tuple[Path, ...]


def find_peano(compiler: Path, aiecc: Path | None) -> Peano:
    """The installation of a clang++; headers come from the mlir-aie that has `aiecc` in its `bin`, if it has any."""
    prefix = aiecc.parent.parent if aiecc else None
    has_headers = prefix is not None and any((prefix / name).is_dir() for name in ("include/aie_api", "aie_runtime_lib"))
    return Peano(compiler.parent.parent, prefix if has_headers else None)


def target(architecture: str) -> str:
    """Peano's name for an architecture: `aie2` is npu1 (Phoenix, Hawk Point), `aie2p` npu2 (Strix, Krackan)."""
    return f"{architecture}-none-unknown-elf"


def include_flags(peano: Peano, architecture: str) -> list[str]:
    """Where the AIE headers and lookup tables are, as far as they are installed."""
    if peano.mlir_aie is None:
        return []
    folders = (peano.mlir_aie / "include", peano.mlir_aie / "aie_runtime_lib" / RUNTIME_FOLDERS[architecture])
    return [word for folder in folders if folder.is_dir() for word in ("-I", str(folder))]


def compile_argv(
    peano: Peano, architecture: str, source: Path, output: Path, *, flags: Sequence[str] = (), remap: str = ""
) -> list[str]:
    """One source to one object, with a depfile beside it; the object's own `flags` come last, so that they win."""
    return [
        str(peano.compiler),
        f"--target={target(architecture)}",
        *COMPILE_FLAGS,
        *([f"-ffile-prefix-map={remap}=."] if remap else []),
        *include_flags(peano, architecture),
        *flags,
        "-MD",
        "-MF",
        str(output.with_suffix(".d")),
        "-c",
        str(source),
        "-o",
        str(output),
    ]


def archive_argv(peano: Peano, output: Path, objects: Sequence[Path]) -> list[str]:
    """Several objects as one file: an archive named like an object, which is what `link_with` takes."""
    return [str(peano.archiver), "rcs", str(output), *(str(one) for one in objects)]


def compile_for_cores(
    sources: Sequence[Path],
    output: Path,
    *,
    peano: Peano,
    architecture: str,
    functions: Sequence[str],
    flags: Sequence[str] = (),
    root: Path,
    step: Step,
) -> CoreObject:
    """Compile C++ sources into the object `output` for the cores of an architecture ("aie2" or "aie2p"), and check it.

    `functions` are the entry functions that designs call in it; `sources` and `flags` are relative to `root`. The file
    appears when it is complete and sound. Raises UserError when Peano refuses a source, or when no core could link it.
    """
    step.log.unlink(missing_ok=True)
    inputs: dict[Path, None] = {}
    provided = library_symbols(peano.folder, target(architecture))
    with tempfile.TemporaryDirectory(prefix="npubuild-") as scratch:
        objects = []
        for number, source in enumerate(sources):
            compiled = Path(scratch) / f"{number}-{source.stem}.o"
            run(compile_argv(peano, architecture, source, compiled, flags=flags, remap=str(root)), step, cwd=root, cure=cure)
            inputs |= dict.fromkeys(root / name for name in parse_depfile(read_text(compiled.with_suffix(".d"))))
            objects.append(compiled)

        def finish(temporary: Path) -> None:
            if len(objects) == 1:
                temporary.write_bytes(objects[0].read_bytes())
            else:
                run(archive_argv(peano, temporary, objects), step, cwd=root, cure=cure)
            _check(temporary, output, functions, provided)

        produce_atomically(output.absolute(), finish)
    return CoreObject(output, tuple(inputs))


def _check(temporary: Path, output: Path, functions: Sequence[str], provided: frozenset[str]) -> None:
    """What is wrong is said of the object's own name: the temporary one is gone when it is read."""
    try:
        check_object(temporary, functions, provided)
    except UserError as error:
        raise UserError(
            replace(found, place=_renamed(found.place, temporary, output)) for found in error.diagnostics
        ) from error


def _renamed(place: Place | None, temporary: Path, output: Path) -> Place | None:
    return replace(place, file=place.file.replace(str(temporary), str(output))) if place else None
