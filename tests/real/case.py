"""How the modules of this package state what a design does to the host's buffers.

    @case(1)
    def passthrough(x, y):
        return {1: x}

is the design `passthrough.mlir`: its arguments are drawn at random by the types of its runtime sequence, those of `outputs`
are filled with the byte 0xA5, and the function gives the contents of those that change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType
from xdsl.ir import Attribute

FOLDER = Path(__file__).parent
POISON = 0xA5
DTYPES = {"i8": "int8", "ui8": "uint8", "i16": "int16", "i32": "int32", "ui32": "uint32", "f32": "float32", "bf16": "uint16"}

Arrays = list[np.ndarray]
Expected = Callable[..., Mapping[int, Any]]


@dataclass(frozen=True)
class Case:
    """A design and its meaning. `spans` limits the integers of an argument; `runs` are sequences, one after the other."""

    name: str
    expected: Expected
    outputs: Collection[int]
    spans: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    kernels: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    runs: tuple[str | None, ...] = (None,)
    device: str | None = None

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.mlir"

    def draw(self, types: list[Attribute]) -> Arrays:
        """Arguments of these memref types; bf16 values are kept as their 16 bits in uint16."""
        rng = np.random.default_rng(sum(map(ord, self.name)))
        return [self._draw(rng, number, type_) for number, type_ in enumerate(types)]

    def _draw(self, rng: np.random.Generator, number: int, type_: Attribute) -> np.ndarray:
        assert isinstance(type_, MemRefType)
        shape, element = tuple(type_.get_shape()), str(type_.element_type)
        dtype = np.dtype(DTYPES[element])
        if number in self.outputs:
            return np.full(prod(shape) * dtype.itemsize, POISON, np.uint8).view(dtype).reshape(shape)
        if element in ("f32", "bf16"):
            values = rng.standard_normal(shape).astype(np.float32)
            return values if element == "f32" else to_bf16(values)
        low, high = self.spans.get(number, (np.iinfo(dtype).min, np.iinfo(dtype).max))
        return rng.integers(low, high, size=shape, dtype=dtype, endpoint=True)


CASES: dict[str, Case] = {}


def case(*outputs: int, **options: Any) -> Callable[[Expected], Expected]:
    """State that the design with the name of the function changes `outputs` as the function says."""

    def state(expected: Expected) -> Expected:
        name = expected.__name__
        assert name not in CASES
        CASES[name] = Case(name, expected, outputs, **options)
        return expected

    return state


def to_bf16(values: Any) -> np.ndarray:
    """The bits of the nearest bf16, ties to even."""
    bits = np.asarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def from_bf16(bits: np.ndarray) -> np.ndarray:
    return (bits.astype(np.uint32) << 16).view(np.float32)
