"""Holds what the compiler says about an object against the cores of a design that call it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from npubuild.errors import Diagnostic, Place, Severity
from npubuild.hardware.devices import PROGRAM_MEMORY
from npubuild.resources.constructs import check_constructs
from npubuild.resources.core import CoreUse
from npubuild.resources.memory import TileMemory
from npubuild.resources.model import Analysis
from npubuild.resources.stack import StackNeed, stack_need

WORD = 32  # bytes: the alignment that a cure rounds a stack up to


@dataclass(frozen=True)
class CoreResources:
    """One core: its functions of the object, what they need, and its memory. `code` is None where it is not known."""

    core: CoreUse
    functions: tuple[str, ...]
    stack: StackNeed
    memory: TileMemory
    code: int | None


@dataclass(frozen=True)
class Resources:
    """All cores of a kernel, and what is wrong with them."""

    origin: str
    estimated: bool
    cores: tuple[CoreResources, ...]
    findings: tuple[Diagnostic, ...]

    def text(self) -> str:
        """The whole report, findings first."""
        kind = "an estimate: figures are those of the host's compiler" if self.estimated else "exact"
        lines = [*(str(finding) for finding in self.findings), f"resources of the cores by {self.origin} ({kind})"]
        for used in self.cores:
            lines += ["", f"core {used.core.tile}, calling {', '.join(used.functions) or 'no function of an object'}"]
            at_most = f", at most {used.stack.at_most}" if used.stack.estimated else ""
            lines.append(f"stack: {used.stack.with_core} bytes{at_most}, of {used.core.stack_size}")
            lines += used.stack.lines()
            if used.stack.uncounted:
                lines.append(f"         not counted: {', '.join(used.stack.uncounted)}")
            lines.append(f"data memory: {used.memory.top + used.memory.needed} bytes, of {used.core.memory}")
            lines += used.memory.lines()
            size = "not known without Peano" if used.code is None else f"{used.code} bytes, of {PROGRAM_MEMORY}"
            lines.append(f"program memory: {size}")
        return "\n".join(lines) + "\n"

    def as_facts(self) -> dict[str, Any]:
        """Figures for the manifest, by core."""
        return {
            "origin": self.origin,
            "estimated": self.estimated,
            "cores": {
                used.core.tile: {
                    "stack": used.stack.with_core,
                    "stack_at_most": used.stack.at_most,
                    "stack_size": used.core.stack_size,
                    "data": used.memory.top + used.memory.needed,
                    "constants": used.memory.needed,
                    "program": used.code,
                }
                for used in self.cores
            },
        }


def check_resources(cores: Sequence[CoreUse], analysis: Analysis, kernel: str, place: Place) -> Resources:
    """What the cores of a design need of the object that `analysis` is about.

    `kernel` is the kernel's name and `place` its entry in kernels.yaml, which the cures name.
    """
    needs = tuple(_core(core, analysis) for core in cores)
    called = tuple(dict.fromkeys(name for used in needs for name in used.functions))
    findings = [*check_constructs(analysis, called)]
    for group in _alike(needs):
        findings += _check_stack(group, analysis, f"kernel `{kernel}` ({place})")
        findings += _check_memory(group[0], analysis)
        findings += _check_program(group[0], place)
    return Resources(analysis.origin, analysis.estimated, needs, tuple(dict.fromkeys(findings)))


def _core(core: CoreUse, analysis: Analysis) -> CoreResources:
    functions = tuple(name for name in core.functions if name in analysis.kept)
    kept = [analysis.kept[name] for name in functions]
    constants = {section: size for one in kept for section, size in one.data.items()}
    code = sum({section: size for one in kept for section, size in one.code.items()}.values())
    known = functions and not analysis.estimated
    need = stack_need(analysis, functions)
    return CoreResources(core, functions, need, TileMemory(core, constants), code if known else None)


def _alike(cores: Sequence[CoreResources]) -> list[list[CoreResources]]:
    """Cores that call the same functions with the same stack and the same memory: one finding is enough for them."""
    groups: dict[object, list[CoreResources]] = {}
    for used in cores:
        key = (used.functions, used.core.stack_size, used.memory.top)
        groups.setdefault(key, []).append(used)
    return list(groups.values())


def _check_stack(group: Sequence[CoreResources], analysis: Analysis, kernel: str) -> Iterator[Diagnostic]:
    used = group[0]
    need, size = used.stack, used.core.stack_size
    if not need.chain or need.at_most <= size:
        return
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    certain = need.frames > size or (not need.estimated and need.with_core > size)
    amount = f"{need.frames} bytes of stack"
    if not certain:
        amount = f"{need.with_core} bytes of stack, and {need.at_most} with what this estimate may be off by"
    verb = "needs" if certain else "may not fit: it needs"
    estimate = ", an estimate" if need.estimated else ""
    hint = f"{_stack_cure(used, kernel)}; frames by {analysis.origin}{estimate}:\n"
    yield Diagnostic(
        f"`{need.chain[0].shown}` {verb} {amount}; core {used.core.tile}{more} has {size} (stack_size)",
        need.chain[0].place,
        "stack-too-small",
        hint + "\n".join(need.lines()),
        Severity.ERROR if certain else Severity.WARNING,
    )


def _stack_cure(used: CoreResources, kernel: str) -> str:
    """A stack that is enough, unless there is no room for it beside the buffers and constants of the tile."""
    enough = -(-used.stack.at_most // WORD) * WORD
    more, left = enough - used.core.stack_size, used.memory.room - used.memory.needed
    if more <= left:
        return f"set `stack_size: {enough}` for {kernel}, or make local arrays smaller"
    beside = used.core.memory - used.core.stack_size - left
    return (
        f"make local arrays smaller, or have less in them at a time: a stack of {enough} bytes does not fit the"
        f" {used.core.memory} bytes of a core, of which buffers and constants take {beside}"
    )


def _check_memory(used: CoreResources, analysis: Analysis) -> Iterator[Diagnostic]:
    memory = used.memory
    if memory.needed <= memory.room:
        return
    place = next((analysis.functions[name].place for name in used.functions if name in analysis.functions), None)
    left = f"stack and buffers of core {used.core.tile} leave {memory.room} of {used.core.memory}"
    yield Diagnostic(
        f"the {memory.kinds} need {memory.needed} bytes; {left}",
        place,
        "constants-exceed-memory",
        "make tables smaller, lower the depth of fifos, or use smaller objects; memory of the tile would be:\n"
        + "\n".join(memory.lines()),
    )


def _check_program(used: CoreResources, place: Place) -> Iterator[Diagnostic]:
    if used.code is not None and used.code > PROGRAM_MEMORY:
        message = f"the functions of core {used.core.tile} have {used.code} bytes of code; a core has {PROGRAM_MEMORY}"
        hint = "split the work over several cores, or compile with -Os: the linker accepts more, the loader does not"
        yield Diagnostic(message, place, "program-too-large", hint)
