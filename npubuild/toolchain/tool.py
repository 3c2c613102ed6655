"""One tool as the doctor sees it: where it is, what is wrong with it, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from npubuild.errors import Diagnostic, UserError
from npubuild.toolchain.search import Search


@dataclass(frozen=True)
class Problem:
    """Why a tool is not there or cannot be used, and what helps."""

    message: str
    cure: str


@dataclass(frozen=True)
class Tool:
    """`key` names it in machine-readable reports; `needed_for` says which work stops without it; `install` is the cure.

    `problems` keep it from being used; `details` are known without starting anything, like a driver's version.
    """

    key: str
    search: Search
    needed_for: str
    install: str
    problems: tuple[Problem, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        return self.search.path is not None

    @property
    def usable(self) -> bool:
        return self.found and not self.problems


def missing(tools: tuple[Tool, ...], wanted: str) -> UserError | None:
    """One error that names every tool that is missing or unusable, where it was looked for, and what helps; else None."""
    diagnostics: list[Diagnostic] = []
    for tool in tools:
        if not tool.found:
            message = f"{wanted} needs {tool.search.tool}, which was not found; {tool.search.where()}"
            diagnostics.append(Diagnostic(message, hint="" if tool.problems else tool.install))
        diagnostics += [Diagnostic(problem.message, hint=problem.cure) for problem in tool.problems]
    return UserError(diagnostics) if diagnostics else None
