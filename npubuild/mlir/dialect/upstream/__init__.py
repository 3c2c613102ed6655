"""Dialects of upstream MLIR as designs use them: xDSL's operations, with upstream's syntax where xDSL has another or none.

Each is loaded when the text first mentions it. An operation given here stands for xDSL's of the same name and is a
subclass of it, so that `isinstance(op, memref.CastOp)` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from xdsl.dialects.builtin import IntegerAttr
from xdsl.ir import Dialect, Operation

EXTENDED = ("affine", "arith", "func", "memref", "scf", "vector")
"""Dialects with additions in a module of this package."""

AS_THEY_ARE = {"cf": "Cf", "math": "Math", "ub": "UB"}
"""Dialects taken from xDSL as they are: module and name of the dialect object."""


def loaders() -> dict[str, Callable[[], Dialect]]:
    """How to load each dialect, by its name; nothing is imported yet."""
    found: dict[str, Callable[[], Dialect]] = {}
    for name in EXTENDED:
        found[name] = lambda name=name: import_module(f"{__name__}.{name}").DIALECT  # type: ignore[misc]
    for name, dialect in AS_THEY_ARE.items():
        found[name] = lambda name=name, dialect=dialect: getattr(import_module(f"xdsl.dialects.{name}"), dialect)  # type: ignore[misc]
    return found


def settle_properties(op: Operation) -> None:
    """Drop `nontemporal = false` of loads and stores, which says no more than its absence."""
    nontemporal = op.properties.get("nontemporal")
    if isinstance(nontemporal, IntegerAttr) and not nontemporal.value.data:
        del op.properties["nontemporal"]


def extended(dialect: Dialect, operations: Sequence[type[Operation]]) -> Dialect:
    """`dialect` with `operations` added, or put in the place of those of the same name."""
    merged = {op.name: op for op in dialect.operations} | {op.name: op for op in operations}
    return Dialect(dialect.name, list(merged.values()), list(dialect.attributes))
