"""The resource check of a build: the cores of a kernel's design, held against what compilers said about its object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from npubuild.errors import Diagnostic, Severity
from npubuild.files import read_bytes
from npubuild.pipeline.parameters import check_parameters
from npubuild.registry import Kernel
from npubuild.resources.check import Resources, check_resources
from npubuild.resources.core import CoreUse
from npubuild.resources.model import Analysis, read_analysis

NO_OBJECT = Analysis("the design alone", estimated=False, functions={}, kept={})


def kernel_resources(kernel: Kernel, cores: Iterable[Mapping[str, Any]], analyses: Sequence[Path]) -> Resources:
    """Hold the cores of a kernel's design against what compilers said about its object: the first that said anything.

    `cores` are the facts of the cores as the design's step left them; no `analyses` for a design without object.
    """
    told = [(file, data) for file in analyses if (data := read_bytes(file))]
    found = read_analysis(told[0][1], str(told[0][0])) if told else NO_OBJECT
    checked = check_resources([CoreUse.from_facts(core) for core in cores], found, kernel.name, kernel.place)
    differing = tuple(check_parameters(kernel, found.functions.get(kernel.entry.function)))
    checked = replace(checked, findings=(*differing, *checked.findings))
    if told or not analyses:
        return checked
    message = f"stack and constants of `{kernel.name}` are not checked: the host's compiler does not tell"
    hint = "use GCC 10 or later, or Clang"
    unchecked = Diagnostic(message, kernel.place, "resources-unknown", hint, Severity.WARNING)
    return replace(checked, findings=(unchecked, *checked.findings))
