"""Cases and functions of a reference module, read from its source: importing it would load NumPy, which `doit list` must
not.
"""

from __future__ import annotations

import ast
from pathlib import Path


def case_names(reference: Path) -> tuple[str, ...]:
    """The CASES of a reference module. ValueError says what is wrong with it, OSError that it cannot be read."""
    return _constant_names(reference, "CASES")


def function_names(module: Path) -> tuple[str, ...]:
    """The functions at the top of a module; raises as `case_names` does."""
    return tuple(statement.name for statement in _statements(module) if isinstance(statement, ast.FunctionDef))


def _statements(module: Path) -> list[ast.stmt]:
    try:
        return ast.parse(module.read_bytes()).body
    except SyntaxError as error:
        raise ValueError(f"is not Python: line {error.lineno}: {error.msg}") from error


def _constant_names(module: Path, constant: str) -> tuple[str, ...]:
    """The keys or items of a literal tuple, list or dictionary of texts assigned at the top of a module."""
    for statement in _statements(module):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == constant for target in targets):
            value = getattr(statement, "value", None)
            items = value.keys if isinstance(value, ast.Dict) else getattr(value, "elts", [])
            return tuple(item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str))
    raise ValueError(f"does not define {constant}")
