"""Where a kernel's design comes from: a template, a file of the project, or a program that prints it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from npubuild.files import read_text
from npubuild.mlir.program import run_program
from npubuild.mlir.template import render
from npubuild.registry import FileDesign, Kernel, TemplateDesign
from npubuild.registry.instance import template_parameters


@dataclass(frozen=True)
class ObtainedDesign:
    """A design's text before any patch. `origin` is the file for messages, `inputs` the files that it was made from."""

    text: str
    kind: str
    origin: str
    inputs: tuple[Path, ...]


def obtain_design(kernel: Kernel, root: Path, log: Path) -> ObtainedDesign:
    """The design of a kernel as its entry in kernels.yaml says; a program's messages go to `log`.

    Raises UserError when the template does not fit, the file cannot be read, or the program fails.
    """
    source = kernel.design
    if isinstance(source, TemplateDesign):
        text = render(source.template, template_parameters(kernel), kernel.place)
        return ObtainedDesign(text, "template", f"{kernel.name}.mlir", ())
    path = root / source.path
    if isinstance(source, FileDesign):
        return ObtainedDesign(read_text(path), "file", source.path, (path,))
    text = run_program(path, source.arguments, log=log, kernel=kernel.name)
    return ObtainedDesign(text, "program", source.path, (path, *imported_files(path)))


def imported_files(program: Path) -> list[Path]:
    """The Python files that a program imports from its own folder, directly or not: any of them may shape the design."""
    found: dict[Path, None] = {}
    waiting = [program]
    while waiting:
        for name in _imports(waiting.pop()):
            module = program.parent.joinpath(*name.split("."))
            for path in (module.with_suffix(".py"), module / "__init__.py"):
                if path.is_file() and path not in found and path != program:
                    found[path] = None
                    waiting.append(path)
    return sorted(found)


def _imports(file: Path) -> set[str]:
    """Dotted names of modules that a file may import, with the packages that they lie in."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return set()  # Python itself will say what is wrong when the program runs
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {".".join(name.split(".")[:length]) for name in names for length in range(1, name.count(".") + 2)}
