"""The doctor: every tool with version and generation, and what can be built and run with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from npubuild.errors import UserError
from npubuild.toolchain.aiecc import open_aiecc
from npubuild.toolchain.machine import Machine
from npubuild.toolchain.probe import Probe, probe
from npubuild.toolchain.tool import Problem, Tool
from npubuild.toolchain.versions import version_of

NEEDS = ("toolchain=emulated", "device=emulator", "toolchain=npu", "device=npu")


@dataclass(frozen=True)
class Finding:
    """One tool. `generation` is that of aiecc, with the date it stands for; `problems` keep the tool from being used."""

    tool: Tool
    version: str
    generation: str
    problems: tuple[Problem, ...]

    @property
    def usable(self) -> bool:
        return self.tool.found and not self.problems


@dataclass(frozen=True)
class Diagnosis:
    """The findings, in the order in which work needs them, and which of it lacks what."""

    python: str
    findings: tuple[Finding, ...]

    def lacking(self) -> dict[str, tuple[str, ...]]:
        """For every toolchain and device, the tools that are missing or unusable."""
        found: dict[str, tuple[str, ...]] = dict.fromkeys(NEEDS, ())
        for finding in self.findings:
            if not finding.usable:
                found[finding.tool.needed_for] += (finding.tool.search.tool,)
        return found

    @property
    def exit_code(self) -> int:
        """0: NPU builds and NPU runs are possible; 1: builds are, runs are not; 2: NPU builds are not possible."""
        lacking = self.lacking()
        if lacking["toolchain=npu"]:
            return 2
        return 1 if lacking["device=npu"] else 0

    def as_json(self) -> dict[str, Any]:
        return {
            "python": self.python,
            "tools": {finding.tool.key: _as_json(finding) for finding in self.findings},
            "ready": {need: not tools for need, tools in self.lacking().items()},
            "lacking": {need: list(tools) for need, tools in self.lacking().items()},
            "exit_code": self.exit_code,
        }


def diagnose(machine: Machine | None = None) -> Diagnosis:
    """Look for every tool, and ask those that are there for version and generation."""
    machine = machine or Machine.this()
    found: Probe = probe(machine=machine)
    return Diagnosis(machine.python_version, tuple(_finding(tool, machine) for tool in found.tools()))


def _finding(tool: Tool, machine: Machine) -> Finding:
    generation, problems = "", tool.problems
    if tool.key == "aiecc" and tool.search.path is not None:
        try:
            recognised = open_aiecc(tool.search.path).generation
            generation = f"{recognised.name} ({recognised.title})"
        except UserError as error:
            problems = tuple(Problem(found.message, found.hint) for found in error.diagnostics)
    return Finding(tool, version_of(tool, machine), generation, problems)


def _as_json(finding: Finding) -> dict[str, Any]:
    tool = finding.tool
    return {
        "name": tool.search.tool,
        "found": tool.found,
        "usable": finding.usable,
        "path": str(tool.search.path) if tool.search.path else None,
        "found_by": tool.search.found_by,
        "version": finding.version,
        "generation": finding.generation,
        "details": dict(tool.details),
        "looked_at": list(tool.search.places),
        "problems": [{"message": problem.message, "cure": problem.cure} for problem in finding.problems],
        "needed_for": tool.needed_for,
        "install": tool.install,
    }
