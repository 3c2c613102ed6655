"""What must hold for any module before its operations mean something: values defined where they are used, blocks that end.

Also the operations' own constraints as xDSL knows them: numbers and types of operands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Block, BlockArgument, Operation, Region, SSAValue
from xdsl.traits import IsolatedFromAbove, IsTerminator, NoTerminator
from xdsl.utils.exceptions import VerifyException

from npubuild.mlir.dialect.operation import AieOperation


class Problem(NamedTuple):
    """Something wrong with an operation."""

    op: Operation
    message: str
    rule: str
    hint: str = ""


def structural_problems(module: ModuleOp, generic: Collection[Operation]) -> Iterator[Problem]:
    """Every problem of the module, in program order; `generic` are the operations that no syntax of their own checked."""
    order = {op: index for index, op in enumerate(module.walk())}
    for op in order:
        for number, operand in enumerate(op.operands):
            if not _is_visible(operand, op, order):
                yield Problem(op, f"operand {number} of `{op.name}` is used before it is defined", "undefined-value")
        yield from _unfinished_blocks(op)
        checked_by_syntax = isinstance(op, AieOperation) or op.name == "func.call"  # calls: see the verifier
        if not checked_by_syntax or op in generic:
            yield from _broken_constraints(op)
        if op in generic:
            yield from _no_tiles(op)


def _is_visible(value: SSAValue, user: Operation, order: dict[Operation, int]) -> bool:
    """Whether the definition of `value` comes before `user` on every path, in its own region or one around it."""
    block = value.owner if isinstance(value, BlockArgument) else value.owner.parent
    if not isinstance(block, Block):
        return False
    at: Operation | None = user
    while at is not None and at.parent_region() is not block.parent:
        at = at.parent_op()
        if at is not None and at.has_trait(IsolatedFromAbove) and at.parent_region() is block.parent:
            return False
    if at is None or at.parent is None:
        return False
    if at.parent is not block:
        return _dominates(block, at.parent)
    return isinstance(value, BlockArgument) or order[value.owner] < order[at]  # type: ignore[index]


def _dominates(block: Block, other: Block) -> bool:
    from xdsl.irdl.dominance import DominanceInfo  # only for regions of several blocks

    assert block.parent is not None  # for the type checker: both blocks are in one region
    return DominanceInfo(block.parent).dominates(block, other)


def _unfinished_blocks(op: Operation) -> Iterator[Problem]:
    """Blocks without a terminator, and terminators in the middle of a block."""
    if op.parent is not None and op.has_trait(IsTerminator) and op.next_op is not None:
        yield Problem(op, f"`{op.name}` must be the last operation of its block", "terminator")
    if not op.regions or op.has_trait(NoTerminator) or isinstance(op, ModuleOp) or not isinstance(op, AieOperation):
        return
    for region in op.regions:
        yield from _unfinished(op, region)


def _unfinished(op: Operation, region: Region) -> Iterator[Problem]:
    for block in region.blocks or (None,):
        last = None if block is None else block.last_op
        if last is None or not last.has_trait(IsTerminator):
            hint = "end it with `aie.end`" if len(region.blocks) <= 1 else "end it with `aie.end` or `aie.next_bd`"
            yield Problem(last or op, f"a block of `{op.name}` has no end", "terminator", hint)


def _broken_constraints(op: Operation) -> Iterator[Problem]:
    try:
        op.verify(verify_nested_ops=False)
    except VerifyException as error:
        message = str(error).strip().splitlines()
        text = message[-1].strip().rstrip(".") if message else "broken constraint"
        yield Problem(op, f"`{op.name}`: {text[0].lower()}{text[1:]}", "verification")


_TILE_OPERANDS = ("tile_value", "source_tile", "dest_tile", "producer_tile")


def _no_tiles(op: Operation) -> Iterator[Problem]:
    """Operands in the place of tiles that are none."""
    tiles = [tile for name in _TILE_OPERANDS if (tile := getattr(op, name, None)) is not None]
    tiles += getattr(op, "consumer_tiles", ())
    for tile in tiles:
        if not isinstance(tile.owner, Operation) or tile.owner.name != "aie.tile":
            yield Problem(op, f"`{op.name}` needs the result of `aie.tile`", "operand")
