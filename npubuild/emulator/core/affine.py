"""The `affine` dialect: its maps become index arithmetic, its loops and accesses those of `scf` and `memref`."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import affine
from xdsl.dialects.builtin import AffineMapAttr, IndexType, IntegerAttr
from xdsl.ir import Operation, Region, SSAValue
from xdsl.ir.affine import (
    AffineBinaryOpExpr,
    AffineBinaryOpKind,
    AffineConstantExpr,
    AffineDimExpr,
    AffineExpr,
    AffineMap,
    AffineSymExpr,
)

from npubuild.emulator.core import integers
from npubuild.emulator.core.control import Loop, branches, carry, counted_loop
from npubuild.emulator.core.integers import Computed
from npubuild.emulator.core.memory import load, named, store
from npubuild.emulator.core.scalars import attribute
from npubuild.emulator.core.translator import Handler, Translator
from npubuild.emulator.core.values import Scalar, index

_ARITHMETIC = {
    AffineBinaryOpKind.Add: "arith.addi",
    AffineBinaryOpKind.Mul: "arith.muli",
    AffineBinaryOpKind.FloorDiv: "arith.floordivsi",
    AffineBinaryOpKind.CeilDiv: "arith.ceildivsi",
}


def evaluate(t: Translator, op: Operation, expression: AffineExpr, dims: int, operands: Sequence[Scalar]) -> Scalar:
    """The value of an affine expression; `operands` are the dimensions, then the symbols."""
    if isinstance(expression, AffineConstantExpr):
        return index(expression.value)
    if isinstance(expression, AffineDimExpr):
        return operands[expression.position]
    if isinstance(expression, AffineSymExpr):
        return operands[dims + expression.position]
    if not isinstance(expression, AffineBinaryOpExpr):
        t.refuse(op, f"the affine expression {expression} is not modelled")
    left = evaluate(t, op, expression.lhs, dims, operands)
    right = evaluate(t, op, expression.rhs, dims, operands)
    if expression.kind is AffineBinaryOpKind.Mod:
        computed = Computed(f"{left} % {right}", 0, max(right.high - 1, 0))
    else:
        computed = integers.BINARY[_ARITHMETIC[expression.kind]](left, right, IndexType())
    if expression.kind not in {AffineBinaryOpKind.Add, AffineBinaryOpKind.Mul} and (right.constant or 0) <= 0:
        t.refuse(op, f"the affine expression {expression} divides by what is no positive constant")
    if computed.low == computed.high:
        return index(int(computed.low))
    return named(t, Scalar(f"({computed.text})", IndexType(), computed.low, computed.high), "place")


def results(t: Translator, op: Operation, map_: AffineMap, operands: Sequence[SSAValue]) -> list[Scalar]:
    values = [t.scalar(operand) for operand in operands]
    return [evaluate(t, op, expression, map_.num_dims, values) for expression in map_.results]


def _extreme(t: Translator, values: Sequence[Scalar], function: str) -> Scalar:
    """The minimum or maximum of the results of a map."""
    if len(values) == 1:
        return values[0]
    pick = min if function == "min" else max
    low, high = pick(value.low for value in values), pick(value.high for value in values)
    return named(t, Scalar(f"{function}({', '.join(map(str, values))})", IndexType(), low, high), "bound")


def _apply(t: Translator, op: Operation) -> None:
    assert isinstance(op, affine.ApplyOp)
    t.values[op.result] = results(t, op, op.map.data, op.mapOperands)[0]


def _bound(function: str) -> Handler:
    def translate(t: Translator, op: Operation) -> None:
        map_ = attribute(op, "map")
        assert isinstance(map_, AffineMapAttr)
        t.values[op.results[0]] = _extreme(t, results(t, op, map_.data, op.operands), function)

    return translate


def _for(t: Translator, op: Operation) -> None:
    assert isinstance(op, affine.ForOp)
    assert isinstance(op.step, IntegerAttr)
    low = _extreme(t, results(t, op, op.lowerBoundMap.data, op.lowerBoundOperands), "max")
    high = _extreme(t, results(t, op, op.upperBoundMap.data, op.upperBoundOperands), "min")
    step = int(op.step.value.data)
    block = t.single_block(op.body, op)
    carried = carry(t, op, block.args[1:], [t.value(value) for value in op.inits])
    name = t.emitter.fresh(block.args[0].name_hint, "i")
    t.values[block.args[0]] = Scalar(name, IndexType(), low.low, max(high.high - 1, low.low))
    trips = None
    if low.constant is not None and high.constant is not None:
        trips = max(0, -((low.constant - high.constant) // step))
    loop = Loop(low, high, index(step), trips, op.body, name)
    counted_loop(t, loop, lambda: t.assign(carried, t.body(block), op))
    t.values.update(zip(op.results, carried, strict=True))


def _if(t: Translator, op: Operation) -> None:
    assert isinstance(op, affine.IfOp)
    condition = op.condition.data
    values = [t.scalar(value) for value in op.args]
    tests = [
        f"{evaluate(t, op, c.lhs, condition.num_dims, values)} {c.kind.value} "
        f"{evaluate(t, op, c.rhs, condition.num_dims, values)}"
        for c in condition.constraints
    ]
    cases: list[tuple[str, Region | None]] = [(f"if {' and '.join(tests) or 'True'}:", op.then_region)]
    if op.else_region.blocks:
        cases.append(("else:", op.else_region))
    branches(t, op, op.res, cases)


def _load(t: Translator, op: Operation) -> None:
    assert isinstance(op, affine.LoadOp)
    load(t, op.result, t.view(op.memref), results(t, op, op.map.data, op.indices))


def _store(t: Translator, op: Operation) -> None:
    assert isinstance(op, affine.StoreOp)
    store(t, t.scalar(op.value), t.view(op.memref), results(t, op, op.map.data, op.indices))


HANDLERS: dict[str, Handler] = {
    "affine.apply": _apply,
    "affine.min": _bound("min"),
    "affine.max": _bound("max"),
    "affine.for": _for,
    "affine.if": _if,
    "affine.load": _load,
    "affine.store": _store,
}
