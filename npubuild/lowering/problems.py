"""How the lowering says no: a rule, a message, a cure, and the operation at which it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xdsl.ir import Operation


class Problem(NamedTuple):
    """One reason for which an operation cannot be lowered. `rule` is stable and in kebab case."""

    rule: str
    message: str
    hint: str = ""


class RefusedError(Exception):
    """Ends the lowering of one operation; the walk over the sequence notes the problem and goes on with the next one.

    `op` is the operation to blame, None for the one being lowered.
    """

    def __init__(self, problem: Problem, op: Operation | None = None) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.op = op
