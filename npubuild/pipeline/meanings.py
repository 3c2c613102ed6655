"""Constants of kernels.yaml against the functions that derive them: a shift of 4 where 3 was meant fails the build.

The reference of a smoke test is given the same constants as the kernel, so it would agree with a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.pipeline.design_source import imported_files
from npubuild.registry import Kernel, Scalar


@dataclass(frozen=True)
class Meanings:
    """What was derived: the files that it depends on, and the constants that differ."""

    inputs: tuple[Path, ...]
    findings: tuple[Diagnostic, ...]


def check_meanings(kernel: Kernel, root: Path) -> Meanings:
    """Call the `meaning` of every constant of a kernel: it gives the number, or a dictionary of numbers by their names.

    UserError where one raises or gives no number.
    """
    inputs: dict[Path, None] = {}
    findings: list[Diagnostic] = []
    for scalar in kernel.entry.scalars:
        if scalar.meaning:
            module = root / scalar.meaning.rpartition(":")[0]
            inputs |= dict.fromkeys((module, *imported_files(module)))
            findings += _compare(kernel, scalar, root)
    return Meanings(tuple(inputs), tuple(findings))


def _compare(kernel: Kernel, scalar: Scalar, root: Path) -> Iterator[Diagnostic]:
    from npubuild.smoke.reference import load_module, place_of

    file, _, function = scalar.meaning.rpartition(":")
    try:
        derived = getattr(load_module(root / file), function)()
        if isinstance(derived, dict):
            derived = derived[scalar.name]
    except Exception as error:
        raise UserError.at(place_of(error, root, file), f"{function}(): {type(error).__name__}: {error}") from error
    if isinstance(derived, bool) or not isinstance(derived, int | float):
        raise UserError.at(Place(file), f"{function}() gives {derived!r}, which is no number")
    if derived != scalar.value:
        message = f"`{scalar.name}` of kernel `{kernel.name}` is {scalar.value}, but {scalar.meaning} gives {derived}"
        hint = f"write {derived}, or correct what {function}() derives it from"
        yield Diagnostic(message, scalar.place, "constant-differs", hint)
