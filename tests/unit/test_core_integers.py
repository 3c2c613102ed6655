"""Integer arithmetic of core programs against numpy, for every width and for ranges that are known when compiling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from xdsl.dialects.builtin import IndexType, IntegerType

from npubuild.emulator.core import integers
from npubuild.emulator.core.integers import Computed
from npubuild.emulator.core.values import Scalar, any_of, integer, limits, wrapped

WIDTHS = (8, 16, 32, 64)
SIGNED = {8: np.int8, 16: np.int16, 32: np.int32, 64: np.int64}
UNSIGNED = {8: np.uint8, 16: np.uint16, 32: np.uint32, 64: np.uint64}


def run(text: str, values: dict[str, int]) -> int:
    result: int = eval(text, dict(values))  # noqa: S307 (text that the code under test has made)
    return result


def evaluate(computed: Computed, **values: int) -> int | None:
    """What the generated text does: None where the result is undefined."""
    if computed.undefined and run(computed.undefined, values):
        return None
    result = int(run(computed.text, values))
    assert computed.low <= result <= computed.high
    return result


@st.composite
def operands(draw: st.DrawFn) -> tuple[int, int, int]:
    width = draw(st.sampled_from(WIDTHS))
    low, high = -(2 ** (width - 1)), 2 ** (width - 1) - 1
    number = st.integers(low, high) | st.sampled_from([low, -1, 0, 1, width - 1, width, high])
    return width, draw(number.filter(lambda x: low <= x <= high)), draw(number.filter(lambda x: low <= x <= high))


def expected(name: str, width: int, a: int, b: int) -> int | None:
    """The meaning of an operation, in numpy's fixed-width types where they have it."""
    mask = 2**width - 1
    ua, ub = a & mask, b & mask
    if name in {"shli", "shrsi", "shrui"} and ub >= width:
        return None
    if name in {"divsi", "divui", "remsi", "remui", "floordivsi", "ceildivsi", "ceildivui"} and b == 0:
        return None
    with np.errstate(all="ignore"):
        x, y = np.array([a], SIGNED[width]), np.array([b], SIGNED[width])
        ux, uy = x.view(UNSIGNED[width]), y.view(UNSIGNED[width])
        numpy = {
            "addi": lambda: x + y, "subi": lambda: x - y, "muli": lambda: x * y,
            "andi": lambda: x & y, "ori": lambda: x | y, "xori": lambda: x ^ y,
            "shli": lambda: x << y, "shrsi": lambda: x >> y, "shrui": lambda: ux >> uy,
            "divui": lambda: ux // uy, "remui": lambda: ux % uy,
            "maxsi": lambda: np.maximum(x, y), "minsi": lambda: np.minimum(x, y),
            "maxui": lambda: np.maximum(ux, uy), "minui": lambda: np.minimum(ux, uy),
        }  # fmt: skip
        if name in numpy:
            return int(numpy[name]().view(SIGNED[width])[0])
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1) if b else 0
    exact = {
        "divsi": lambda: quotient,
        "remsi": lambda: a - b * quotient,
        "floordivsi": lambda: a // b,
        "ceildivsi": lambda: -(-a // b),
        "ceildivui": lambda: -(-ua // ub),
    }
    return int(np.array([exact[name]() & mask], UNSIGNED[width]).view(SIGNED[width])[0])


@pytest.mark.parametrize("name", sorted(integers.BINARY))
@given(case=operands())
@example(case=(8, -128, -1))
@example(case=(64, -(2**63), -1))
def test_binary_operations_wrap_like_numpy(name: str, case: tuple[int, int, int]) -> None:
    width, a, b = case
    type_ = IntegerType(width)
    computed = integers.BINARY[name](any_of("a", type_), any_of("b", type_), type_)
    assert evaluate(computed, a=a, b=b) == expected(name.removeprefix("arith."), width, a, b)


@pytest.mark.parametrize("name", sorted(integers.BINARY))
@given(case=operands(), slack=st.integers(0, 40))
def test_known_ranges_change_the_text_but_not_the_result(name: str, case: tuple[int, int, int], slack: int) -> None:
    width, a, b = case
    type_ = IntegerType(width)
    low, high = limits(type_)
    narrow = [Scalar(n, type_, max(low, v - slack), min(high, v + slack)) for n, v in (("a", a), ("b", b))]
    computed = integers.BINARY[name](narrow[0], narrow[1], type_)
    assert evaluate(computed, a=a, b=b) == expected(name.removeprefix("arith."), width, a, b)


@pytest.mark.parametrize("name", sorted(integers.BINARY))
@given(case=operands())
def test_a_constant_operand_is_written_into_the_text(name: str, case: tuple[int, int, int]) -> None:
    width, a, b = case
    type_ = IntegerType(width)
    computed = integers.BINARY[name](any_of("a", type_), integer(b, type_), type_)
    assert evaluate(computed, a=a) == expected(name.removeprefix("arith."), width, a, b)


@pytest.mark.parametrize("predicate", range(10))
@given(case=operands())
def test_comparisons(predicate: int, case: tuple[int, int, int]) -> None:
    width, a, b = case
    mask = 2**width - 1
    left, right = (a & mask, b & mask) if predicate >= 6 else (a, b)
    truth = [left == right, left != right, left < right, left <= right, left > right, left >= right]
    type_ = IntegerType(width)
    computed = integers.compare(predicate, any_of("a", type_), any_of("b", type_))
    assert evaluate(computed, a=a, b=b) == truth[predicate if predicate < 6 else predicate - 4]


@given(case=operands(), target=st.sampled_from(WIDTHS), signed=st.booleans())
def test_resizing_keeps_the_low_bits_and_extends_as_asked(case: tuple[int, int, int], target: int, signed: bool) -> None:
    width, a, _ = case
    source = np.array([a], SIGNED[width])
    if not signed:
        source = source.view(UNSIGNED[width])
    wanted = int(source.astype(UNSIGNED[target]).view(SIGNED[target])[0])
    computed = integers.resize(any_of("a", IntegerType(width)), IntegerType(target), signed)
    assert evaluate(computed, a=a) == wanted


@given(case=operands())
def test_bit_counts(case: tuple[int, int, int]) -> None:
    width, a, _ = case
    bits = f"{a & (2**width - 1):0{width}b}"
    type_ = IntegerType(width)
    assert evaluate(integers.count_ones(any_of("a", type_), type_), a=a) == bits.count("1")
    assert evaluate(integers.count_leading_zeros(any_of("a", type_), type_), a=a) == width - len(bits.lstrip("0"))
    assert evaluate(integers.count_trailing_zeros(any_of("a", type_), type_), a=a) == width - len(bits.rstrip("0"))


def test_i1_is_one_when_read_as_unsigned_and_minus_one_when_signed() -> None:
    truth = any_of("a", IntegerType(1))
    assert evaluate(integers.resize(truth, IntegerType(32), signed=True), a=1) == -1
    assert evaluate(integers.resize(truth, IntegerType(32), signed=False), a=1) == 1
    assert evaluate(integers.compare(2, truth, integer(0, IntegerType(1))), a=1) == 1


def test_index_arithmetic_on_loop_variables_needs_no_mask() -> None:
    row, column = (Scalar(name, IndexType(), 0, 63) for name in ("row", "column"))
    product = integers.BINARY["arith.muli"](row, integer(64, IndexType()), IndexType())
    total = integers.BINARY["arith.addi"](Scalar("p", IndexType(), product.low, product.high), column, IndexType())
    assert (product.text, total.text) == ("row * 64", "p + column")
    assert (total.low, total.high) == (0, 64 * 64 - 1)


@given(value=st.integers(-(2**70), 2**70), width=st.sampled_from(WIDTHS))
def test_wrapping_is_modular(value: int, width: int) -> None:
    wanted = (value + 2 ** (width - 1)) % 2**width - 2 ** (width - 1)
    assert run(wrapped("x", -(2**80), 2**80, IntegerType(width)), {"x": value}) == wanted
