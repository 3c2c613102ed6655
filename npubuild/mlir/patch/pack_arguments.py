"""`pack-arguments`: the host's N input buffers become one and its M output buffers become one, with offsets.

An XCLBIN declares five buffers, so a design with four inputs and four outputs cannot be called; packed it has two. The
buffers lie one behind the other in the order of the arguments. Arguments that are read and written keep a buffer of their
own, as do those that no transfer uses, or that something else than a transfer uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import BlockArgument, Operation

from npubuild.errors import UserError
from npubuild.hardware.devices import Direction
from npubuild.hardware.limits import WORD_BYTES
from npubuild.mlir.dialect.aie import DeviceOp, DmaBdOp, RuntimeSequenceOp
from npubuild.mlir.dialect.aiex import (
    DmaConfigureTaskForOp,
    DmaConfigureTaskOp,
    NpuAddressPatchOp,
    NpuDmaMemcpyNdOp,
    RunOp,
)
from npubuild.mlir.dialect.fields import i32
from npubuild.mlir.memrefs import element_bits
from npubuild.mlir.patch import Effect
from npubuild.mlir.patch._edit import insert_before, remove
from npubuild.mlir.patch._shim_ends import ShimEnds
from npubuild.mlir.patch.normalize import with_numbers
from npubuild.mlir.source import Design


def rewrite(design: Design) -> Effect:
    moves: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}
    called = {op.sequence for op in design.module.walk() if isinstance(op, RunOp)}
    for device in design.devices():
        for sequence in design.sequences(device):
            packing = _Packing(design, device, sequence)
            if not packing.groups():
                continue
            if sequence.symbol in called:
                raise packing.refusal(
                    sequence, f"sequence @{sequence.symbol} is called by `aiex.run`, which names its arguments"
                )
            moves[device.symbol, sequence.symbol] = packing.apply()
    return Effect(moves)


@dataclass(frozen=True)
class _Slot:
    """Where an old argument lies in its packed buffer, in elements."""

    group: tuple[BlockArgument, ...]
    base: int


class _Packing:
    """The packing of one sequence."""

    def __init__(self, design: Design, device: DeviceOp, sequence: RuntimeSequenceOp) -> None:
        self._design = design
        self._ends = ShimEnds(design, device)
        self._sequence = sequence

    def groups(self) -> list[tuple[BlockArgument, ...]]:
        """The arguments that become one: those only read by transfers, and those only written, where there are several."""
        directions = {argument: set(self._directions(argument)) for argument in self._sequence.block.args}
        found = []
        for direction in (Direction.MM2S, Direction.S2MM):
            group = tuple(argument for argument, used in directions.items() if used == {direction})
            if len(group) > 1:
                found.append(group)
        return found

    def _directions(self, argument: BlockArgument) -> Iterable[Direction]:
        for use in argument.uses:
            op = use.operation
            if isinstance(op, NpuDmaMemcpyNdOp):
                yield self._ends.named(op.metadata, op).direction
            elif isinstance(op, DmaBdOp):
                yield self._task_direction(op)
            else:
                # A view of the argument, or a hand-over to another sequence: it keeps a buffer of its own.
                yield from Direction

    def _task_direction(self, bd: DmaBdOp) -> Direction:
        configure = bd.parent_op()
        if isinstance(configure, DmaConfigureTaskForOp):
            return self._ends.named(configure.symbol, configure).direction
        if isinstance(configure, DmaConfigureTaskOp):
            return configure.direction
        raise self.refusal(bd, "this descriptor belongs to no task of the sequence")

    def apply(self) -> dict[int, tuple[int, int]]:
        """Rewrite the signature and every use; old argument -> (new argument, byte offset)."""
        block = self._sequence.block
        old = list(block.args)
        slots: dict[BlockArgument, _Slot] = {}
        packed: dict[tuple[BlockArgument, ...], BlockArgument] = {}
        for group in self.groups():
            slots |= self._slots(group)
        new: dict[BlockArgument, BlockArgument] = {}
        for argument in old:
            slot = slots.get(argument)
            if slot is None:
                new[argument] = block.insert_arg(argument.type, len(block.args))
                argument.replace_all_uses_with(new[argument])
                continue
            if slot.group not in packed:
                packed[slot.group] = block.insert_arg(_packed_type(slot.group), len(block.args))
            new[argument] = packed[slot.group]
            self._move_uses(argument, new[argument], slot.base)
        moves = {
            argument.index: (
                new[argument].index - len(old),
                _bytes(argument, slots[argument].base if argument in slots else 0),
            )
            for argument in old
        }
        self._renumber_patches(moves)
        for argument in old:
            block.erase_arg(argument)
        return moves

    def _slots(self, group: tuple[BlockArgument, ...]) -> dict[BlockArgument, _Slot]:
        slots: dict[BlockArgument, _Slot] = {}
        base = 0
        for argument in group:
            first, here = group[0].type, argument.type
            if not (isinstance(first, MemRefType) and isinstance(here, MemRefType) and here.has_static_shape()):
                raise self.refusal(self._sequence, f"argument {argument.index} is {here}, not a memref of fixed size")
            if here.element_type != first.element_type:
                raise self.refusal(
                    self._sequence,
                    f"arguments {group[0].index} and {argument.index} hold {first.element_type} and {here.element_type}",
                    hint="buffers that are packed together must have one element type",
                )
            if _bytes(argument, base) % WORD_BYTES:
                raise self.refusal(self._sequence, f"argument {argument.index} would not start on a {WORD_BYTES}-byte word")
            slots[argument] = _Slot(group, base)
            base += prod(here.get_shape())
        return slots

    def _move_uses(self, argument: BlockArgument, packed: BlockArgument, base: int) -> None:
        for use in list(argument.uses):
            op = use.operation
            if isinstance(op, DmaBdOp):
                length = op.length
                op.operands[use.index] = packed
                op.attributes["offset"] = i32(op.offset_value + base)
                op.attributes["len"] = i32(length)
            elif isinstance(op, NpuDmaMemcpyNdOp):
                self._move_memcpy(op, packed, base)

    def _move_memcpy(self, op: NpuDmaMemcpyNdOp, packed: BlockArgument, base: int) -> None:
        stride = op.strides[-1]
        if stride == 0 or base % stride:
            raise self.refusal(op, f"the innermost stride {stride} cannot express a start {base} elements further")
        offsets = (*op.offsets[:-1], op.offsets[-1] + base // stride)
        insert_before(op, with_numbers(op, packed, offsets))
        remove([op])

    def _renumber_patches(self, moves: dict[int, tuple[int, int]]) -> None:
        """Hand-written address patches name arguments by position."""
        for op in self._sequence.block.ops:
            if isinstance(op, NpuAddressPatchOp) and op.arg_idx in moves:
                position, offset = moves[op.arg_idx]
                op.attributes["arg_plus"] = i32(op.arg_plus + offset)
                op.attributes["arg_idx"] = i32(position)

    def refusal(self, op: Operation, message: str, hint: str = "") -> UserError:
        return UserError.at(self._design.place(op), message, hint=hint, rule="cannot-pack-arguments")


def _packed_type(group: Sequence[BlockArgument]) -> MemRefType:
    types = [argument.type for argument in group if isinstance(argument.type, MemRefType)]
    return MemRefType(types[0].element_type, [sum(prod(type_.get_shape()) for type_ in types)])


def _bytes(argument: BlockArgument, elements: int) -> int:
    return elements * (element_bits(argument.type) or 0) // 8
