"""What the compiler of core programs knows about an SSA value: the Python text that denotes it, and its range.

Integers are kept the way memory holds them: an iN as a signed Python int in [-2^(N-1), 2^(N-1)), an i1 as 0 or 1, an
unsigned uiN as a non-negative int, an index as an i64. f32 and f64 are Python floats (f32: always a value that f32 can
hold), bf16 its 16 bits as an int, so that loading and storing a bf16 never changes a NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from xdsl.dialects.builtin import (
    BFloat16Type,
    Float32Type,
    Float64Type,
    IndexType,
    IntegerType,
    Signedness,
    VectorType,
)
from xdsl.ir import Attribute

from npubuild.mlir.memrefs import INDEX_BITS


def integer_bits(type_: Attribute) -> int | None:
    """The width of an integer or index type in bits; None for every other type."""
    if isinstance(type_, IndexType):
        return INDEX_BITS
    if isinstance(type_, IntegerType):
        return int(type_.width.data)
    return None


def is_unsigned(type_: Attribute) -> bool:
    """Whether values of the type are kept as non-negative ints: i1 and the explicitly unsigned types."""
    if not isinstance(type_, IntegerType):
        return False
    return type_.width.data == 1 or type_.signedness.data is Signedness.UNSIGNED


def limits(type_: Attribute) -> tuple[float, float]:
    """The smallest and the largest value of a type: (-inf, inf) for floats, (0, 65535) for the bits of a bf16."""
    bits = integer_bits(type_)
    if bits is not None:
        return (0, 2**bits - 1) if is_unsigned(type_) else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return (0, 0xFFFF) if isinstance(type_, BFloat16Type) else (-math.inf, math.inf)


ELEMENT_FORMATS = {8: "b", 16: "h", 32: "i", 64: "q"}
"""memoryview formats of the signed integers, by width in bits."""


def element_format(type_: Attribute) -> str | None:
    """The memoryview format of an element of the type in memory; None when the type has no modelled memory form."""
    if isinstance(type_, IndexType):
        return "q"
    if isinstance(type_, IntegerType):
        if type_.width.data == 1:
            return "B"
        letter = ELEMENT_FORMATS.get(type_.width.data)
        return letter.upper() if letter and is_unsigned(type_) else letter
    formats = {Float32Type: "f", Float64Type: "d", BFloat16Type: "H"}
    return next((letter for kind, letter in formats.items() if isinstance(type_, kind)), None)


ITEM_BYTES = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4, "d": 8}


@dataclass(frozen=True)
class Scalar:
    """An integer, index or float: `text` is an atom of Python (a name or a literal), its value lies in [low, high]."""

    text: str
    type: Attribute
    low: float
    high: float

    @property
    def constant(self) -> int | None:
        """The value of an integer whose range is a single point."""
        return int(self.low) if self.low == self.high and integer_bits(self.type) is not None else None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Lanes:
    """A vector: `text` names a numpy array of the vector's shape (bf16 lanes as uint16 bits, i1 lanes as bool)."""

    text: str
    type: VectorType[Attribute]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Storage:
    """A piece of memory at run time.

    `array` is the Python text of its numpy uint8 array, `address()` that of the address of its first byte. `view(key)`
    is that of a typed view: a memoryview for a format such as "h", a numpy array for a dtype such as "int16".
    `label` names the memory in messages. Storages of different `group`s, both not empty, never overlap.
    """

    array: str
    address: Callable[[], str]
    label: str
    view: Callable[[str], str]
    group: str = ""


@dataclass(frozen=True)
class View:
    """A memref: `offset` and `strides` in elements of `element` from the start of the storage."""

    storage: Storage
    element: Attribute
    offset: Scalar
    shape: tuple[Scalar, ...]
    strides: tuple[Scalar, ...]

    @property
    def format(self) -> str:
        letter = element_format(self.element)
        assert letter is not None
        return letter

    @property
    def is_contiguous(self) -> bool:
        """Whether the elements lie side by side in row-major order, as far as is known when compiling."""
        expected = 1
        for size, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if size.constant is None or (size.constant != 1 and stride.constant != expected):
                return False
            expected *= size.constant
        return True


Value: TypeAlias = Scalar | Lanes | View


def any_of(text: str, type_: Attribute) -> Scalar:
    """A scalar of which nothing but the type is known."""
    return Scalar(text, type_, *limits(type_))


def integer(value: int, type_: Attribute) -> Scalar:
    """The constant `value`, brought into the range of the integer type."""
    low, high = limits(type_)
    bits = integer_bits(type_) or INDEX_BITS
    value = (value - int(low)) % 2**bits + int(low)
    assert low <= value <= high
    return Scalar(str(value) if value >= 0 else f"({value})", type_, value, value)


def index(value: int) -> Scalar:
    return integer(value, IndexType())


def wrapped(text: str, low: float, high: float, type_: Attribute) -> str:
    """Python text that brings `text`, known to lie in [low, high], into the range of the integer type.

    No work is done at run time where the range shows that nothing can overflow.
    """
    bits = integer_bits(type_)
    assert bits is not None
    smallest, largest = limits(type_)
    if smallest <= low and high <= largest:
        return text
    mask = 2**bits - 1
    if smallest == 0:
        return f"({text}) & {mask}"
    half = 2 ** (bits - 1)
    return f"(({text}) + {half} & {mask}) - {half}"
