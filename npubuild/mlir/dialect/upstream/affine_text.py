"""Affine expressions, maps and sets as upstream prints them: few brackets, subtractions where a constant is negative."""

from __future__ import annotations

from collections.abc import Callable

from xdsl.ir.affine import (
    AffineBinaryOpExpr,
    AffineBinaryOpKind,
    AffineConstantExpr,
    AffineDimExpr,
    AffineExpr,
    AffineMap,
    AffineSet,
    AffineSymExpr,
)

Variable = AffineDimExpr | AffineSymExpr

_OPERATORS = {
    AffineBinaryOpKind.Mul: "*",
    AffineBinaryOpKind.FloorDiv: "floordiv",
    AffineBinaryOpKind.CeilDiv: "ceildiv",
    AffineBinaryOpKind.Mod: "mod",
}


def map_text(map_: AffineMap) -> str:
    """`(d0)[s0] -> (d0 * 2 - s0)`."""
    return f"{_head(map_)} -> ({', '.join(expression_text(result) for result in map_.results)})"


def set_text(set_: AffineSet) -> str:
    """`(d0) : (d0 - 3 >= 0)`."""
    conditions = [f"{expression_text(each.lhs)} {each.kind.value} {expression_text(each.rhs)}" for each in set_.constraints]
    return f"{_head(set_)} : ({', '.join(conditions)})"


def _head(of: AffineMap | AffineSet) -> str:
    symbols = ", ".join(f"s{number}" for number in range(of.num_symbols))
    return f"({', '.join(f'd{number}' for number in range(of.num_dims))})" + (f"[{symbols}]" if symbols else "")


def expression_text(expression: AffineExpr, name: Callable[[Variable], str] = str, *, tight: bool = False) -> str:
    """The expression, in brackets where it stands in a product (`tight`) and is more than a single name or number.

    `name` gives the text of a dimension or symbol.
    """
    if isinstance(expression, Variable):
        return name(expression)
    if not isinstance(expression, AffineBinaryOpExpr):
        return str(expression)
    text = _sum(expression, name) if expression.kind is AffineBinaryOpKind.Add else _product(expression, name)
    return f"({text})" if tight else text


def _product(expression: AffineBinaryOpExpr, name: Callable[[Variable], str]) -> str:
    left = expression_text(expression.lhs, name, tight=True)
    if expression.kind is AffineBinaryOpKind.Mul and _constant(expression.rhs) == -1:
        return f"-{left}"
    return f"{left} {_OPERATORS[expression.kind]} {expression_text(expression.rhs, name, tight=True)}"


def _sum(expression: AffineBinaryOpExpr, name: Callable[[Variable], str]) -> str:
    left, right = expression_text(expression.lhs, name), expression.rhs
    constant = _constant(right)
    if constant is not None and constant < 0:
        return f"{left} - {-constant}"
    if isinstance(right, AffineBinaryOpExpr) and right.kind is AffineBinaryOpKind.Mul:
        factor = _constant(right.rhs)
        if factor == -1:
            is_sum = isinstance(right.lhs, AffineBinaryOpExpr) and right.lhs.kind is AffineBinaryOpKind.Add
            return f"{left} - {expression_text(right.lhs, name, tight=is_sum)}"
        if factor is not None and factor < -1:
            return f"{left} - {expression_text(right.lhs, name, tight=True)} * {-factor}"
    return f"{left} + {expression_text(right, name)}"


def _constant(expression: AffineExpr) -> int | None:
    return expression.value if isinstance(expression, AffineConstantExpr) else None
