"""Constants of kernels.yaml against the functions that derive them: a shift of 4 where 3 was meant fails the build.

The reference of a smoke test is given the same constants as the kernel, so it would agree with a wrong one.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from types import ModuleType
from typing import cast

from npubuild.errors import Diagnostic, Place, Severity, UserError
from npubuild.pipeline.design_source import imported_files
from npubuild.registry import Kernel, ProgramDesign, ProgramOption, Scalar
from npubuild.registry.model import NO_MEANING


@dataclass(frozen=True)
class Meanings:
    """What was derived: the files that it depends on, the constants that differ, and warnings of those without a meaning."""

    inputs: tuple[Path, ...]
    findings: tuple[Diagnostic, ...]


def check_meanings(kernel: Kernel, root: Path) -> Meanings:
    """Call the `meaning` of every constant of a kernel: it gives the number, or a dictionary of numbers by their names.

    An option `--gain-shift` of a program is `gain_shift` in such a dictionary. UserError where a function raises or gives no
    number.
    """
    modules: dict[str, ModuleType] = {}
    findings: list[Diagnostic] = []
    findings += _unexplained(kernel)
    for constant in _constants(kernel):
        findings += _compare(kernel, constant, _derived(constant, root, modules))
    files = [path for name in modules for path in (root / name, *imported_files(root / name))]
    return Meanings(tuple(dict.fromkeys(files)), tuple(findings))


def _unexplained(kernel: Kernel) -> Iterator[Diagnostic]:
    for scalar in kernel.entry.scalars:
        if scalar.meaning is None:
            message = f"nothing derives `{scalar.name}` of kernel `{kernel.name}`: a wrong value may go unseen"
            hint = f"name a function, `meaning: FILE.py:FUNCTION`, or say that there is none, `meaning: {NO_MEANING}`"
            yield Diagnostic(message, scalar.place, "constant-unexplained", hint, Severity.WARNING)


def _constants(kernel: Kernel) -> Iterator[Scalar | ProgramOption]:
    yield from (scalar for scalar in kernel.entry.scalars if scalar.meaning)
    if isinstance(kernel.design, ProgramDesign):
        yield from kernel.design.derived


def _derived(constant: Scalar | ProgramOption, root: Path, modules: dict[str, ModuleType]) -> float:
    """What the function gives for a constant: any kind of real number, NumPy's own, too."""
    from npubuild.smoke.reference import load_module, place_of

    file, _, function = str(constant.meaning).rpartition(":")
    try:
        if file not in modules:
            modules[file] = load_module(root / file)
        derived = getattr(modules[file], function)()
        if isinstance(derived, dict):
            derived = derived[constant.name.lstrip("-").replace("-", "_")]
    except Exception as error:
        raise UserError.at(place_of(error, root, file), f"{function}(): {type(error).__name__}: {error}") from error
    if isinstance(derived, bool) or not isinstance(derived, Real):
        raise UserError.at(Place(file), f"{function}() gives {derived!r}, which is no number")
    return cast("float", derived)  # it compares and prints like one


def _compare(kernel: Kernel, constant: Scalar | ProgramOption, derived: float) -> Iterator[Diagnostic]:
    wanted: float = derived
    given: float = constant.value
    if isinstance(constant, Scalar) and constant.dtype == "f32":  # 0.1 is the nearest f32, however it was computed
        wanted, given = (ctypes.c_float(float(number)).value for number in (derived, given))
    if wanted != given:
        message = f"`{constant.name}` of kernel `{kernel.name}` is {constant.value}, but {constant.meaning} gives {derived}"
        hint = f"write {derived}, or correct what {str(constant.meaning).rpartition(':')[2]}() derives it from"
        yield Diagnostic(message, constant.place, "constant-differs", hint)
