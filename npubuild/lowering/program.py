"""The stream under construction: operations with the source operation of each, and all that was refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xdsl.ir import Operation

from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Channel
from npubuild.hardware.registers import (
    CONTROLLER_ID_MASK,
    CONTROLLER_ID_SHIFT,
    Push,
    channel_control,
    push_word,
    task_queue,
)
from npubuild.lowering import txn
from npubuild.lowering.problems import Problem
from npubuild.lowering.scope import Scope

if TYPE_CHECKING:
    from npubuild.mlir.source import Design


class Program:
    """Collects what the operations of a sequence lower to."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.operations: list[txn.Operation] = []
        self.origins: list[Operation] = []
        self.diagnostics: list[Diagnostic] = []

    def emit(self, origin: Operation, *operations: txn.Operation) -> None:
        """Append operations that come from `origin`."""
        self.operations += operations
        self.origins += [origin] * len(operations)

    def refuse(self, op: Operation, *problems: Problem) -> bool:
        """Note problems of `op`; whether there were any."""
        place = self.design.place(op)
        self.diagnostics += [Diagnostic(message, place, rule, hint) for rule, message, hint in problems]
        return bool(problems)

    def check(self, op: Operation, problems: Iterable[Problem]) -> bool:
        """Whether there is no problem; notes those that there are."""
        return not self.refuse(op, *problems)

    def emit_push(self, origin: Operation, scope: Scope, channel: Channel, push: Push) -> None:
        """Give a task to a channel; for a token the channel is told first where to send it (npu-facts.md, 3.4)."""
        controller = scope.controller_id(channel)
        if push.token and controller is not None:
            value = controller << CONTROLLER_ID_SHIFT
            self.emit(origin, txn.MaskWrite(channel_control(channel), value, CONTROLLER_ID_MASK))
        self.emit(origin, txn.Write(task_queue(channel), push_word(push)))

    def emit_sync(self, origin: Operation, channel: Channel) -> None:
        """Wait for one token of a channel."""
        self.emit(origin, txn.Sync(channel.tile.col, channel.tile.row, channel.direction, channel.index))
