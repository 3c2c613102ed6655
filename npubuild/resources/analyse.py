"""What a compiler says about the sources of one object, read from what it writes beside the object."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from npubuild.errors import UserError
from npubuild.files import read_bytes, read_text
from npubuild.process import Step, run
from npubuild.resources import gcc, llvm
from npubuild.resources.compiler import CODE, FRAMES, GRAPH, Compiler
from npubuild.resources.debug_info import parameters_of
from npubuild.resources.model import Analysis, Function
from npubuild.resources.references import References, aliases_of, read_references
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
    contents = {str(source): read_bytes(output) for source, output in objects.items()}
    read = {source: read_object(data, source) for source, data in contents.items()}
    references = {source: read_references(one) for source, one in read.items()}
    variables = {symbol for of_one in references.values() for symbol in of_one.variables}
    startup: list[str] = []
    for source, output in objects.items():
        if compiler.family == "gcc":
            graph, dump = _text(output.with_suffix(GRAPH)), _text(output.with_suffix(CODE))
            found = gcc.read_functions(graph, dump, _text(root / source), variables)
        else:
            code = output.with_suffix(".ll")
            run([*compiler.argv, *flags, "-w", "-S", "-emit-llvm", source, "-o", code], step, cwd=root)
            found = llvm.read_functions(_text(code), _text(output.with_suffix(FRAMES)), str(source), variables)
        of_source = references[str(source)]
        by_symbol = {name.rpartition(":")[2]: name for name in found}
        startup += (by_symbol.get(symbol, symbol) for symbol in of_source.startup)
        of_c = {symbol for symbol in read[str(source)].defined if symbol in found and not symbol.startswith("_Z")}
        parameters = parameters_of(contents[str(source)], read[str(source)], of_c)
        functions |= {
            name: replace(found[name], wants=of_source.wanted.get(symbol, ()), parameters=parameters.get(symbol))
            for symbol, name in by_symbol.items()
        }
    functions = _joined(functions, references.values(), {symbol for one in read.values() for symbol in one.defined})
    kept = kept_by_function(read, estimated=compiler.estimated)
    return Analysis(compiler.origin, compiler.estimated, functions, kept, tuple(startup))


def _joined(
    functions: Mapping[str, Function], references: Iterable[References], defined: Collection[str]
) -> dict[str, Function]:
    """Functions of several sources: what one of them defines no other wants, and calls go to where a name leads."""
    aliases = aliases_of(functions, references)

    def known(callee: str) -> str:
        return callee if callee in functions else aliases.get(callee.rpartition(":")[2], callee)

    return {
        name: replace(
            function,
            calls=tuple(replace(call, callee=known(call.callee)) for call in function.calls),
            wants=tuple(symbol for symbol in function.wants if symbol not in defined),
        )
        for name, function in functions.items()
    }


def _text(file: Path) -> str:
    """What a compiler wrote; nothing when it had nothing to say, as of a source without functions."""
    try:
        return read_text(file) if file.exists() else ""
    except UserError:
        return read_bytes(file).decode(errors="replace")
