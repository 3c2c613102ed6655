"""Integer arithmetic of the `arith` and `math` dialects as Python text, with wrap-around at the width of the type.

Every function takes operands as `Scalar`s (see values.py) and gives a `Computed`: the text, the range of the result, and
the condition under which the operation has no defined result (division by zero, shift by the width or more).
Ranges make most masks vanish: an index computed from loop variables costs no more than Python's own arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from xdsl.dialects.builtin import i1
from xdsl.ir import Attribute

from npubuild.emulator.core.values import Scalar, integer_bits, limits, wrapped


@dataclass(frozen=True)
class Computed:
    """Python text of a result that lies in [low, high]; undefined, because of `reason`, where `undefined` holds."""

    text: str
    low: float
    high: float
    undefined: str = ""
    reason: str = ""


Binary: TypeAlias = Callable[[Scalar, Scalar, Attribute], Computed]


def _bits(type_: Attribute) -> int:
    bits = integer_bits(type_)
    assert bits is not None
    return bits


def _fit(text: str, low: float, high: float, type_: Attribute, guard: tuple[str, str] = ("", "")) -> Computed:
    """A result brought into the range of its type; `guard` is when it is undefined, and why."""
    smallest, largest = limits(type_)
    wrap = low < smallest or high > largest
    bounds = (smallest, largest) if wrap else (low, high)
    return Computed(wrapped(text, low, high, type_), *bounds, *guard)


def unsigned(value: Scalar) -> Scalar:
    """The same bits read as a non-negative number."""
    if value.low >= 0:
        return value
    mask = 2 ** _bits(value.type) - 1
    if value.constant is not None:
        return Scalar(str(value.constant & mask), value.type, value.constant & mask, value.constant & mask)
    return Scalar(f"({value} & {mask})", value.type, 0, mask)


# Sums, products, bits ------------------------------------------------------------------------------------------------


def _addi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    return _fit(f"{a} + {b}", a.low + b.low, a.high + b.high, type_)


def _subi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    return _fit(f"{a} - {b}", a.low - b.high, a.high - b.low, type_)


def _muli(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return _fit(f"{a} * {b}", min(corners), max(corners), type_)


def _andi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    masks = [value.high for value in (a, b) if value.low >= 0]
    low, high = (0, min(masks)) if masks else limits(type_)
    return Computed(f"{a} & {b}", low, high)


def _bitwise(sign: str) -> Binary:
    def combine(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
        low, high = limits(type_)
        if a.low >= 0 and b.low >= 0:
            low, high = 0, 2 ** int(max(a.high, b.high)).bit_length() - 1
        return Computed(f"{a} {sign} {b}", low, high)

    return combine


# Shifts --------------------------------------------------------------------------------------------------------------


def _shift_guard(amount: Scalar, bits: int) -> tuple[str, str]:
    """When a shift by `amount` has no defined result, and the words for it."""
    if amount.low >= 0 and amount.high < bits:
        return "", ""
    return f"not 0 <= {amount} < {bits}", f"shift by the width of i{bits} or more"


def _shift_range(amount: Scalar, bits: int) -> tuple[int, int]:
    """The amounts for which the result is defined."""
    return max(0, min(int(amount.low), bits - 1)), max(0, min(int(amount.high), bits - 1))


def _shli(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    least, most = _shift_range(b, _bits(type_))
    corners = [x * 2**s for x in (int(a.low), int(a.high)) for s in (least, most)]
    return _fit(f"{a} << {b}", min(corners), max(corners), type_, _shift_guard(b, _bits(type_)))


def _shrsi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    if _bits(type_) == 1:  # -1 shifted by the only legal amount, 0
        return Computed(f"{a} & 1", 0, 1, *_shift_guard(b, 1))
    least, most = _shift_range(b, _bits(type_))
    corners = [x >> s for x in (int(a.low), int(a.high)) for s in (least, most)]
    return Computed(f"{a} >> {b}", min(corners), max(corners), *_shift_guard(b, _bits(type_)))


def _shrui(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    source = unsigned(a)
    least, most = _shift_range(b, _bits(type_))
    low, high = int(source.low) >> most, int(source.high) >> least
    return _fit(f"{source} >> {b}", low, high, type_, _shift_guard(b, _bits(type_)))


# Divisions: arith rounds towards zero, Python downwards --------------------------------------------------------------


def _divide(text: str, low: float, high: float, divisor: Scalar, type_: Attribute) -> Computed:
    undefined = f"{divisor} == 0" if divisor.low <= 0 <= divisor.high else ""
    return _fit(text, low, high, type_, (undefined, "division by zero" if undefined else ""))


def _magnitude(value: Scalar) -> float:
    return max(abs(value.low), abs(value.high))


def _divsi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    if _bits(type_) == 1:  # the only defined quotients are 0 / -1 = 0 and -1 / -1 = 1, which wraps to -1
        return _divide(f"{a}", a.low, a.high, b, type_)
    if a.low >= 0 and b.low >= 0:
        return _divide(f"{a} // {b}", 0, a.high, b, type_)
    if b.low > 0:
        return _divide(f"({a} // {b} if {a} >= 0 else -(-{a} // {b}))", -_magnitude(a), _magnitude(a), b, type_)
    quotient = f"(abs({a}) // abs({b}) if ({a} < 0) == ({b} < 0) else -(abs({a}) // abs({b})))"
    return _divide(quotient, -_magnitude(a), _magnitude(a), b, type_)


def _remsi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    if _bits(type_) == 1:
        return _divide("0", 0, 0, b, type_)
    most = min(_magnitude(a), max(_magnitude(b) - 1, 0))
    if a.low >= 0:
        return _divide(f"{a} % {b}" if b.low >= 0 else f"{a} % abs({b})", 0, most, b, type_)
    return _divide(f"({a} % abs({b}) if {a} >= 0 else -(-{a} % abs({b})))", -most, most, b, type_)


def _divui(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    return _divide(f"{unsigned(a)} // {unsigned(b)}", 0, unsigned(a).high, b, type_)


def _remui(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    most = min(unsigned(a).high, max(unsigned(b).high - 1, 0))
    return _divide(f"{unsigned(a)} % {unsigned(b)}", 0, most, b, type_)


def _floordivsi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    if _bits(type_) == 1:
        return _divsi(a, b, type_)
    return _divide(f"{a} // {b}", -_magnitude(a), _magnitude(a), b, type_)


def _ceildivsi(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    if _bits(type_) == 1:
        return _divsi(a, b, type_)
    return _divide(f"-(-{a} // {b})", -_magnitude(a), _magnitude(a), b, type_)


def _ceildivui(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
    return _divide(f"-(-{unsigned(a)} // {unsigned(b)})", 0, unsigned(a).high, b, type_)


# Comparisons ---------------------------------------------------------------------------------------------------------


def _signed(value: Scalar) -> str:
    """The text of a value as a signed number: an i1 is kept as 0 or 1 and means 0 or -1."""
    return f"-{value}" if value.type == i1 else value.text


def _extreme(sign: str, is_signed: bool) -> Binary:
    def choose(a: Scalar, b: Scalar, type_: Attribute) -> Computed:
        pick = min if sign == "<" else max
        if is_signed and type_ != i1:
            return Computed(f"{a} if {a} {sign} {b} else {b}", pick(a.low, b.low), pick(a.high, b.high))
        left, right = (_signed(a), _signed(b)) if is_signed else (str(unsigned(a)), str(unsigned(b)))
        return Computed(f"{a} if {left} {sign} {right} else {b}", min(a.low, b.low), max(a.high, b.high))

    return choose


_PREDICATES = ("==", "!=", "<", "<=", ">", ">=", "<", "<=", ">", ">=")
"""arith.cmpi: eq, ne, slt, sle, sgt, sge, ult, ule, ugt, uge."""


def compare(predicate: int, a: Scalar, b: Scalar) -> Computed:
    """arith.cmpi with the dialect's predicate number 0 to 9."""
    if predicate >= 6:
        left, right = str(unsigned(a)), str(unsigned(b))
    elif predicate >= 2:
        left, right = _signed(a), _signed(b)
    else:
        left, right = str(a), str(b)
    return Computed(f"{left} {_PREDICATES[predicate]} {right}", 0, 1)


# Unary operations and conversions ------------------------------------------------------------------------------------


def resize(value: Scalar, type_: Attribute, signed: bool) -> Computed:
    """extsi, extui, trunci, index_cast, index_castui and sign casts: the same low bits in another integer type."""
    if not signed:
        source = unsigned(value)
        return _fit(str(source), source.low, source.high, type_)
    if value.type == i1:
        return _fit(f"-{value}", -1, 0, type_)
    return _fit(str(value), value.low, value.high, type_)


def absolute(a: Scalar, type_: Attribute) -> Computed:
    """math.absi; the smallest value has no absolute and stays what it is."""
    return _fit(f"abs({a})", 0 if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high)), _magnitude(a), type_)


def count_leading_zeros(a: Scalar, type_: Attribute) -> Computed:
    bits = _bits(type_)
    return _fit(f"{bits} - ({unsigned(a)}).bit_length()", 0, bits, type_)


def count_trailing_zeros(a: Scalar, type_: Attribute) -> Computed:
    bits = _bits(type_)
    return _fit(f"(({a} & -{a}).bit_length() - 1 if {a} else {bits})", 0, bits, type_)


def count_ones(a: Scalar, type_: Attribute) -> Computed:
    return _fit(f"({unsigned(a)}).bit_count()", 0, _bits(type_), type_)


BINARY: dict[str, Binary] = {
    "arith.addi": _addi,
    "arith.subi": _subi,
    "arith.muli": _muli,
    "arith.andi": _andi,
    "arith.ori": _bitwise("|"),
    "arith.xori": _bitwise("^"),
    "arith.shli": _shli,
    "arith.shrsi": _shrsi,
    "arith.shrui": _shrui,
    "arith.divsi": _divsi,
    "arith.divui": _divui,
    "arith.remsi": _remsi,
    "arith.remui": _remui,
    "arith.floordivsi": _floordivsi,
    "arith.ceildivsi": _ceildivsi,
    "arith.ceildivui": _ceildivui,
    "arith.maxsi": _extreme(">", True),
    "arith.maxui": _extreme(">", False),
    "arith.minsi": _extreme("<", True),
    "arith.minui": _extreme("<", False),
}

UNARY: dict[str, Callable[[Scalar, Attribute], Computed]] = {
    "math.absi": absolute,
    "math.ctlz": count_leading_zeros,
    "math.cttz": count_trailing_zeros,
    "math.ctpop": count_ones,
}
