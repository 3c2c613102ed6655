"""The operations of a runtime sequence that name registers themselves (npu-facts.md, 3.9 and 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, IntegerType, MemRefType
from xdsl.ir import Attribute, SSAValue

from npubuild.hardware.devices import RESOURCES, Channel, TileKind
from npubuild.hardware.limits import HIGHEST_LOCK, WORD_BITS, WORD_BYTES
from npubuild.hardware.registers import Push, absolute, bd_address, lock_address
from npubuild.lowering import txn
from npubuild.lowering.descriptor_fields import (
    bd_id_problems,
    burst_problems,
    descriptor_words,
    field_problems,
    repeat_problems,
    shim_fields,
)
from npubuild.lowering.problems import Problem, RefusedError
from npubuild.lowering.program import Program
from npubuild.lowering.scope import Scope
from npubuild.mlir.dialect.aiex import (
    NpuAddressPatchOp,
    NpuBlockWriteOp,
    NpuLoadPdiOp,
    NpuMaskWrite32Op,
    NpuPreemptOp,
    NpuPushQueueOp,
    NpuSyncOp,
    NpuWrite32Op,
    NpuWriteBdOp,
    RtpWriteOp,
    SetLockOp,
)

if TYPE_CHECKING:
    from xdsl.dialects.memref import GlobalOp


# The attributes of `aiex.npu.writebd` and the descriptor fields that they are, beyond the burst length.
_WRITEBD = {
    "buffer_length": "length",
    "buffer_offset": "address",
    "enable_packet": "packet_enable",
    "out_of_order_id": "out_of_order_id",
    "packet_id": "packet_id",
    "packet_type": "packet_type",
    "d0_size": "d0_wrap",
    "d0_stride": "d0_step",
    "d1_size": "d1_wrap",
    "d1_stride": "d1_step",
    "d2_size": "d2_wrap",
    "d2_stride": "d2_step",
    "iteration_current": "iteration_current",
    "iteration_size": "iteration_wrap",
    "iteration_stride": "iteration_step",
    "next_bd": "next_bd",
    "use_next_bd": "use_next_bd",
    "valid_bd": "valid",
    "lock_rel_val": "release_value",
    "lock_rel_id": "release_id",
    "lock_acq_enable": "acquire_enable",
    "lock_acq_val": "acquire_value",
    "lock_acq_id": "acquire_id",
    "d0_zero_before": "d0_pad_before",
    "d1_zero_before": "d1_pad_before",
    "d2_zero_before": "d2_pad_before",
    "d0_zero_after": "d0_pad_after",
    "d1_zero_after": "d1_pad_after",
    "d2_zero_after": "d2_pad_after",
}


def _address(op: NpuWrite32Op | NpuMaskWrite32Op | NpuBlockWriteOp, scope: Scope) -> int:
    """Words into a buffer, an offset inside a tile, or an absolute address: whichever the operation names."""
    if op.buffer is not None:
        buffer = scope.buffer(op.buffer)
        return absolute(buffer.tile, buffer.address + WORD_BYTES * op.address)
    if op.column is not None and op.row is not None:
        return absolute(scope.check_tile(op.column, op.row), op.address)
    return op.address & txn.WORD


def lower_write32(op: NpuWrite32Op, scope: Scope, program: Program) -> None:
    program.emit(op, txn.Write(_address(op, scope), op.value & txn.WORD))


def lower_maskwrite32(op: NpuMaskWrite32Op, scope: Scope, program: Program) -> None:
    program.emit(op, txn.MaskWrite(_address(op, scope), op.value & txn.WORD, op.mask & txn.WORD))


def lower_blockwrite(op: NpuBlockWriteOp, scope: Scope, program: Program) -> None:
    named = op.column is not None and op.row is not None
    location = (op.column or 0) | (op.row or 0) << 8 if named else 0
    program.emit(op, txn.BlockWrite(_address(op, scope), _constant_words(op.data, scope), location))


def _constant_words(value: SSAValue, scope: Scope) -> tuple[int, ...]:
    """The words of the constant `memref.global` behind `value`."""
    found = _global_behind(value, scope)
    contents: Attribute | None = found.initial_value if found is not None else None
    memref = value.type
    if not isinstance(contents, DenseIntOrFPElementsAttr) or not isinstance(memref, MemRefType):
        hint = "use `memref.get_global` of a constant `memref.global` with a dense value"
        raise RefusedError(Problem("blockwrite-data", "the data must be a constant global", hint))
    if memref.element_type != IntegerType(WORD_BITS):
        raise RefusedError(Problem("blockwrite-data", f"the data must have elements of type i32, not {memref.element_type}"))
    words = tuple(int(word) & txn.WORD for word in contents.get_values())
    return words * memref.element_count() if len(words) == 1 else words


def _global_behind(value: SSAValue, scope: Scope) -> GlobalOp | None:
    from xdsl.dialects.memref import GetGlobalOp, GlobalOp  # few designs need it

    if not isinstance(value.owner, GetGlobalOp):
        return None
    name = value.owner.name_.root_reference.data
    blocks = (scope.device.block, scope.device.parent_block())
    candidates = [op for block in blocks if block is not None for op in block.ops if isinstance(op, GlobalOp)]
    return next((op for op in candidates if op.sym_name.data == name), None)


def lower_address_patch(op: NpuAddressPatchOp, _scope: Scope, program: Program) -> None:
    program.emit(op, txn.AddressPatch(op.addr & txn.WORD, op.arg_idx & txn.WORD, op.arg_plus & txn.WORD))


def lower_rtp_write(op: RtpWriteOp, scope: Scope, program: Program) -> None:
    buffer = scope.buffer(op.buffer)
    program.emit(op, txn.Write(absolute(buffer.tile, buffer.address + WORD_BYTES * op.index), op.value & txn.WORD))


def lower_set_lock(op: SetLockOp, scope: Scope, program: Program) -> None:
    lock = scope.lock(op.lock)
    if not 0 <= op.value <= HIGHEST_LOCK:
        raise RefusedError(Problem("lock-value-range", f"lock value {op.value} is not in 0 to {HIGHEST_LOCK}"))
    program.emit(op, txn.Write(lock_address(lock.tile, lock.id), op.value))


def lower_push_queue(op: NpuPushQueueOp, scope: Scope, program: Program) -> None:
    tile = scope.check_tile(op.column, op.row)
    count = RESOURCES[tile.kind].channels
    if not 0 <= op.channel < count:
        raise RefusedError(Problem("channel-range", f"channel {op.channel} of {tile}: it has 0 to {count - 1}"))
    if program.check(op, [*bd_id_problems(op.bd_id, tile.kind), *repeat_problems(op.repeat_count)]):
        channel = Channel(tile, op.direction, op.channel)
        program.emit_push(op, scope, channel, Push(op.bd_id, op.repeat_count, op.issue_token))


def lower_writebd(op: NpuWriteBdOp, scope: Scope, program: Program) -> None:
    """The descriptor fields as they are given: steps and iterations are already stored minus one."""
    tile = scope.check_tile(op.column, op.row)
    kind = tile.kind
    architecture = scope.placement.device.architecture
    values = {field: getattr(op, attribute) for attribute, field in _WRITEBD.items()}
    for name in ("release_value", "acquire_value"):
        values[name] &= 0x7F
    values["length"] &= txn.WORD
    values["address"] = (values["address"] & txn.WORD) // (WORD_BYTES if kind is TileKind.CORE else 1)
    problems = [
        *bd_id_problems(op.bd_id, kind),
        *burst_problems(architecture, kind, op.burst_length),
        *field_problems(values, kind),
    ]
    if program.check(op, problems):
        if kind is TileKind.SHIM:
            values |= shim_fields(architecture, op.burst_length)
        program.emit(op, txn.BlockWrite(bd_address(tile, op.bd_id), descriptor_words(values, kind)))


def lower_sync(op: NpuSyncOp, _scope: Scope, program: Program) -> None:
    numbers = (op.column, op.row, op.direction, op.channel, op.column_num, op.row_num)
    if not all(0 <= number <= 0xFF for number in numbers):
        raise RefusedError(Problem("sync-range", "the numbers of a sync are in 0 to 255"))
    program.emit(op, txn.Sync(*numbers))


def lower_preempt(op: NpuPreemptOp, _scope: Scope, program: Program) -> None:
    program.emit(op, txn.Preempt(op.level & 0xFF))


def lower_load_pdi(op: NpuLoadPdiOp, _scope: Scope, program: Program) -> None:
    program.emit(op, txn.LoadPdi(op.id & 0xFFFF, op.size & txn.WORD, op.address & 0xFFFFFFFFFFFFFFFF))
