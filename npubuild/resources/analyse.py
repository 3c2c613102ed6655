"""What a compiler says about the sources of one object, read from what it writes beside the object."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from npubuild.errors import UserError
from npubuild.files import read_bytes, read_text
from npubuild.process import Step, run
from npubuild.resources import gcc, llvm
from npubuild.resources.compiler import CODE, FRAMES, GRAPH, Compiler
from npubuild.resources.model import Analysis, Function
from npubuild.resources.sections import kept_by_function, read_object


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
            graph, dump = _text(output.with_suffix(GRAPH)), _text(output.with_suffix(CODE))
            functions |= gcc.read_functions(graph, dump, _text(root / source))
        else:
            code = output.with_suffix(".ll")
            run([*compiler.argv, *flags, "-w", "-S", "-emit-llvm", source, "-o", code], step, cwd=root)
            functions |= llvm.read_functions(_text(code), _text(output.with_suffix(FRAMES)), str(source))
    read = {str(source): read_object(read_bytes(output), str(source)) for source, output in objects.items()}
    return Analysis(compiler.origin, compiler.estimated, functions, kept_by_function(read, estimated=compiler.estimated))


def _text(file: Path) -> str:
    """What a compiler wrote; nothing when it had nothing to say, as of a source without functions."""
    try:
        return read_text(file) if file.exists() else ""
    except UserError:
        return read_bytes(file).decode(errors="replace")
