"""The lowering of a runtime sequence to an instruction stream (npu-facts.md, section 3).

One walk over the operations in order does what the real compiler's passes do one after the other: calls are inlined,
chains and tasks get their descriptor numbers, transfers become register writes. Names are looked up in the placement of
the device at hand. What the compiler's verifiers and passes refuse is refused here, all errors of a sequence together;
so is an operation that its translator would leave out of the binary without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from xdsl.ir import Block, Operation
from xdsl.traits import is_side_effect_free

from npubuild.errors import UserError
from npubuild.hardware.devices import devices
from npubuild.lowering import register_ops, txn
from npubuild.lowering.memcpy import lower_memcpy, lower_wait
from npubuild.lowering.problems import Problem, RefusedError
from npubuild.lowering.program import Program
from npubuild.lowering.scope import Scope
from npubuild.lowering.tasks import Tasks
from npubuild.mlir.dialect import aiex
from npubuild.mlir.dialect.aie import DeviceOp, EndOp
from npubuild.placement.place import place

if TYPE_CHECKING:
    from npubuild.mlir.source import Design
    from npubuild.placement.model import Placement

Handler = Callable[[Any, Scope, Program], None]

_HANDLERS: dict[type[Operation], Handler] = {
    aiex.NpuDmaMemcpyNdOp: lower_memcpy,
    aiex.NpuDmaWaitOp: lower_wait,
    aiex.NpuWrite32Op: register_ops.lower_write32,
    aiex.NpuMaskWrite32Op: register_ops.lower_maskwrite32,
    aiex.NpuBlockWriteOp: register_ops.lower_blockwrite,
    aiex.NpuAddressPatchOp: register_ops.lower_address_patch,
    aiex.RtpWriteOp: register_ops.lower_rtp_write,
    aiex.SetLockOp: register_ops.lower_set_lock,
    aiex.NpuPushQueueOp: register_ops.lower_push_queue,
    aiex.NpuWriteBdOp: register_ops.lower_writebd,
    aiex.NpuSyncOp: register_ops.lower_sync,
    aiex.NpuPreemptOp: register_ops.lower_preempt,
    aiex.NpuLoadPdiOp: register_ops.lower_load_pdi,
}
# Operations that only make values for others, and that the translator may skip.
_VALUES = {"memref.get_global", "memref.subview", "memref.cast", "memref.reinterpret_cast", "arith.constant"}


class Lowered(NamedTuple):
    """A stream, and for each of its operations the operation of the design that it comes from."""

    stream: txn.Stream
    origins: tuple[Operation, ...]


def lower(design: Design, device: str | None = None, sequence: str | None = None) -> txn.Stream:
    """The instruction stream of a runtime sequence.

    Without names: the device `main` or the only one, and its first sequence. Raises UserError for an unknown name, for a
    device that cannot be placed, and with all errors of the sequence.
    """
    return lower_with_origins(design, device, sequence).stream


def lower_with_origins(
    design: Design, device: str | None = None, sequence: str | None = None, placement: Placement | None = None
) -> Lowered:
    """As `lower`, with the origin of every operation. `placement` saves placing the device again."""
    device_op = design.device(device)
    block = design.sequence(device_op, sequence).block
    walk = _Walk(design)
    if placement is not None:
        walk.placements[device_op] = placement
    walk.block(block, Scope.of_host(device_op, walk.placement(device_op), block))
    program = walk.program
    if program.diagnostics:
        raise UserError(program.diagnostics)
    header = txn.Header.of(devices()[device_op.device_name])
    return Lowered(txn.Stream(header, tuple(program.operations)), tuple(program.origins))


class _Walk:
    """Goes through a sequence and those that it runs."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.program = Program(design)
        self.placements: dict[DeviceOp, Placement] = {}
        self._running: list[Block] = []
        tasks = Tasks()
        self._handlers: dict[type[Operation], Handler] = _HANDLERS | {
            aiex.DmaConfigureTaskOp: tasks.configure,
            aiex.DmaConfigureTaskForOp: tasks.configure,
            aiex.DmaStartBdChainOp: tasks.start_chain,
            aiex.DmaStartBdChainForOp: tasks.start_chain,
            aiex.DmaStartTaskOp: tasks.start,
            aiex.DmaAwaitTaskOp: tasks.wait,
            aiex.DmaFreeTaskOp: tasks.free,
            aiex.ConfigureOp: self._configure,
            aiex.RunOp: self._run,
        }

    def placement(self, device: DeviceOp) -> Placement:
        if device not in self.placements:
            self.placements[device] = place(self.design, device)
        return self.placements[device]

    def block(self, block: Block, scope: Scope) -> None:
        self._running.append(block)
        for op in block.ops:
            handler = self._handlers.get(type(op), _skip)
            try:
                handler(op, scope, self.program)
            except RefusedError as refused:
                self.program.refuse(refused.op or op, refused.problem)
        self._running.pop()

    def _configure(self, op: aiex.ConfigureOp, scope: Scope, program: Program) -> None:
        """Load another device; names inside are that device's. The stream leaves id, size and address 0 (3.1)."""
        found = next((device for device in self.design.devices() if device.symbol == op.device_ref), None)
        if found is None:
            known = ", ".join(f"@{device.symbol}" for device in self.design.devices())
            problem = Problem("unknown-device", f"there is no device @{op.device_ref} in this file", f"there are: {known}")
            raise RefusedError(problem)
        program.emit(op, txn.LoadPdi(id=0, size=0, address=0))
        self.block(op.block, Scope(found, self.placement(found), scope.bindings))

    def _run(self, op: aiex.RunOp, scope: Scope, _program: Program) -> None:
        """Inline a sequence of the configured device."""
        sequences = self.design.sequences(scope.device)
        found = next((sequence for sequence in sequences if sequence.symbol == op.sequence), None)
        if found is None:
            known = ", ".join(f"@{sequence.symbol}" for sequence in sequences) or "none"
            message = f"there is no runtime sequence @{op.sequence} in device @{scope.device.symbol}"
            raise RefusedError(Problem("unknown-sequence", message, f"there are: {known}"))
        if found.block in self._running:
            raise RefusedError(Problem("recursive-run", f"sequence @{op.sequence} runs itself"))
        self.block(found.block, scope.calling(found.block.args, op.arguments))


def _skip(op: Operation, _scope: Scope, _program: Program) -> None:
    """Pass over an operation without effect; any other would silently be missing from the binary."""
    if isinstance(op, EndOp) or op.name in _VALUES or (not op.regions and is_side_effect_free(op)):
        return
    hint = ""
    if op.regions:
        hint = "unroll loops where the design is generated: a runtime sequence is a straight line"
    raise RefusedError(Problem("unlowered-operation", f"`{op.name}` has no place in an instruction stream", hint))
