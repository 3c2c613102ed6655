"""Everything that npubuild tells a user when something is wrong, and the three ways it stops.

`Diagnostic` is one located finding. `UserError` carries one or more of them and ends a command with exit code 2 and no
traceback; `InternalError` says that npubuild itself is at fault and keeps its traceback.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Severity(enum.Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Place:
    """A position in a file: lines and columns count from 1, and 0 means "the whole file" or "the whole line"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        position = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.file, *position])


@dataclass(frozen=True)
class Diagnostic:
    """One finding: what is wrong (`message`, lower case), where, by which rule, and the cure (`hint`)."""

    message: str
    place: Place | None = None
    rule: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        rule = f" [{self.rule}]" if self.rule else ""
        hint = f"\nhint: {self.hint}" if self.hint else ""
        return f"{self.severity.value}: {where}{self.message}{rule}{hint}"


class UserError(Exception):
    """Bad input, wrong usage or a missing tool: printed cleanly, exit code 2."""

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        self.diagnostics = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))

    @classmethod
    def at(cls, place: Place | None, message: str, hint: str = "", rule: str = "") -> UserError:
        """The common case of one error at one place."""
        return cls(Diagnostic(message, place, rule=rule, hint=hint))


class InternalError(Exception):
    """A bug of npubuild, whatever the input: printed with its traceback and a request to report it."""
