"""What placing a device finds wrong: collected, so that one run names every error that does not follow from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from npubuild.errors import Diagnostic, UserError

if TYPE_CHECKING:
    from xdsl.ir import Operation

    from npubuild.mlir.source import Design


class Findings:
    """Collects located diagnostics for one design; `stop` ends the phase that produced them."""

    def __init__(self, design: Design) -> None:
        self._design = design
        self._found: dict[Diagnostic, None] = {}

    def error(self, op: Operation, rule: str, message: str, hint: str = "") -> None:
        """Note that `op` breaks `rule` (the same finding twice counts once)."""
        self._found[Diagnostic(message, self._design.place(op), rule=rule, hint=hint)] = None

    def stop(self) -> None:
        """Raise what was found so far, in the order of the file, as one UserError."""
        if self._found:
            raise UserError(sorted(self._found, key=lambda found: found.place or self._design.place(self._design.module)))
