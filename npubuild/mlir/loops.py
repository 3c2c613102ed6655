"""How often loops run."""

from __future__ import annotations

from xdsl.dialects import affine, scf
from xdsl.dialects.builtin import AffineMapAttr
from xdsl.ir import Operation

from npubuild.mlir.dialect.aiex import constant_value


def trip_count(op: Operation) -> int | None:
    """How often the body of a loop with constant bounds runs; None for any other operation."""
    if isinstance(op, scf.ForOp):
        bounds = [constant_value(value) for value in (op.lb, op.ub, op.step)]
    elif isinstance(op, affine.ForOp):
        bounds = [_constant_bound(op.lowerBoundMap), _constant_bound(op.upperBoundMap), op.step.value.data]
    else:
        return None
    low, high, step = bounds
    if low is None or high is None or step is None or step < 1:
        return None
    return max(0, -((low - high) // step))


def _constant_bound(bound: AffineMapAttr) -> int | None:
    values = bound.data.results
    if len(values) != 1 or bound.data.num_dims or bound.data.num_symbols:
        return None
    constant = getattr(values[0], "value", None)
    return constant if isinstance(constant, int) else None
