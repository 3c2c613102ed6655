"""Patches: rewrites of a design that keep its meaning. One pass a file (`pack_arguments.py` is `pack-arguments`).

Each module has `rewrite(design) -> Effect`, which changes the design in place and says what of its instruction streams may
have changed; whether that holds is proven on the streams (`npubuild.lowering.patching`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from npubuild.errors import UserError

if TYPE_CHECKING:
    from npubuild.mlir.source import Design


@dataclass(frozen=True)
class Effect:
    """What a patch may change: argument *i* of a sequence became (argument, byte offset), and waits came later.

    `arguments` has one entry for each (device, sequence) whose signature changed.
    """

    arguments: Mapping[tuple[str, str], Mapping[int, tuple[int, int]]] = field(default_factory=dict)
    waits_move: bool = False


@cache
def names() -> tuple[str, ...]:
    """Every patch, from the files in this folder."""
    files = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    return tuple(stem.replace("_", "-") for stem in files)


def rewrite(design: Design, name: str) -> Effect:
    """Apply one patch in place; UserError for an unknown name, or where the patch refuses an op (located)."""
    if name not in names():
        raise UserError.at(None, f"unknown patch `{name}`", hint=f"there are: {', '.join(names())}")
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    effect: Effect = module.rewrite(design)
    return effect
