"""Operations on scalars: `arith` and `math` on integers and floats. The same operations on vectors go to lanes.py."""

from __future__ import annotations

from collections.abc import Callable

from xdsl.dialects.builtin import (
    BFloat16Type,
    DenseIntOrFPElementsAttr,
    Float32Type,
    Float64Type,
    FloatAttr,
    IntegerAttr,
    VectorType,
    i32,
)
from xdsl.ir import Attribute, Operation, SSAValue

from npubuild.emulator.core import floats, integers, vectors
from npubuild.emulator.core.integers import Computed, resize, unsigned
from npubuild.emulator.core.memory import only_stored
from npubuild.emulator.core.translator import Handler, Translator
from npubuild.emulator.core.values import Scalar, any_of, integer, integer_bits, is_unsigned, limits, wrapped

EXACT_IN_DOUBLE = 2**53


def attribute(op: Operation, name: str) -> Attribute | None:
    """An attribute, wherever the parser put it."""
    return op.properties.get(name, op.attributes.get(name))


def predicate(op: Operation) -> int:
    """The number of a comparison's predicate."""
    value = attribute(op, "predicate")
    assert isinstance(value, IntegerAttr)
    return int(value.value.data)


# Constants -----------------------------------------------------------------------------------------------------------


def float_constant(value: float, type_: Attribute) -> Scalar:
    """A float literal in the precision of its type."""
    if isinstance(type_, BFloat16Type):
        bits = floats.to_bf16(value)
        return Scalar(str(bits), type_, bits, bits)
    exact = floats.to_f32(value) if isinstance(type_, Float32Type) else value
    return any_of(floats.literal(exact), type_)


def _constant(t: Translator, op: Operation) -> None:
    result, value = op.results[0], attribute(op, "value")
    if isinstance(value, IntegerAttr):
        t.values[result] = integer(int(value.value.data), result.type)
    elif isinstance(value, FloatAttr) and _is_float(result.type):
        t.values[result] = float_constant(float(value.value.data), result.type)
    elif isinstance(value, DenseIntOrFPElementsAttr) and isinstance(result.type, VectorType):
        vectors.constant(t, op, value)
    else:
        t.refuse(op, f"a constant of {result.type} is not modelled")


def _poison(t: Translator, op: Operation) -> None:
    result = op.results[0]
    if integer_bits(result.type) is None:
        t.refuse(op, f"`{op.name}` of {result.type} is not modelled")
    t.values[result] = integer(0, result.type)


# Integers ------------------------------------------------------------------------------------------------------------


def _integer_binary(t: Translator, op: Operation) -> None:
    a, b = (t.scalar(operand) for operand in op.operands)
    t.compute(op, op.results[0], integers.BINARY[op.name](a, b, op.results[0].type))


def _integer_unary(t: Translator, op: Operation) -> None:
    t.compute(op, op.results[0], integers.UNARY[op.name](t.scalar(op.operands[0]), op.results[0].type))


def _compare_integers(t: Translator, op: Operation) -> None:
    a, b = (t.scalar(operand) for operand in op.operands)
    t.compute(op, op.results[0], integers.compare(predicate(op), a, b))


def _resize(signed: bool) -> Handler:
    def convert(t: Translator, op: Operation) -> None:
        value, result = t.scalar(op.operands[0]), op.results[0]
        computed = resize(value, result.type, signed)
        if computed.text == value.text:
            t.alias(result, value)
        else:
            t.compute(op, result, computed)

    return convert


def _select(t: Translator, op: Operation) -> None:
    condition, result = t.value(op.operands[0]), op.results[0]
    a, b = t.value(op.operands[1]), t.value(op.operands[2])
    if isinstance(a, Scalar) and isinstance(b, Scalar):
        t.define(result, f"{a} if {condition} else {b}", min(a.low, b.low), max(a.high, b.high))
        return
    if not isinstance(condition, Scalar):
        vectors.elementwise(t, op)
        return
    target = t.declare(result.type, result.name_hint, op)
    with t.block(f"if {condition}:"):
        t.assign([target], [a], op)
    with t.block("else:"):
        t.assign([target], [b], op)
    t.values[result] = target


def _add_extended(t: Translator, op: Operation) -> None:
    """arith.addui_extended: the sum, and whether it overflowed."""
    a, b = (unsigned(t.scalar(operand)) for operand in op.operands)
    total = t.emitter.fresh("total")
    t.line(f"{total} = {a} + {b}")
    type_ = op.results[0].type
    t.define(op.results[0], wrapped(total, 0, a.high + b.high, type_), *limits(type_))
    t.define(op.results[1], f"{total} >> {integer_bits(type_)}", 0, 1)


def _multiply_extended(signed: bool) -> Handler:
    def multiply(t: Translator, op: Operation) -> None:
        a, b = (t.scalar(operand) if signed else unsigned(t.scalar(operand)) for operand in op.operands)
        type_ = op.results[0].type
        product = t.emitter.fresh("product")
        t.line(f"{product} = {a} * {b}")
        bound = 2 ** (2 * (integer_bits(type_) or 0))
        t.define(op.results[0], wrapped(product, -bound, bound, type_), *limits(type_))
        t.define(op.results[1], wrapped(f"{product} >> {integer_bits(type_)}", -bound, bound, type_), *limits(type_))

    return multiply


# Floats --------------------------------------------------------------------------------------------------------------


def _is_float(type_: Attribute) -> bool:
    return isinstance(type_, Float32Type | Float64Type | BFloat16Type)


def as_float(value: Scalar) -> str:
    """Python text of a float's value."""
    return f"BF16[{value}]" if isinstance(value.type, BFloat16Type) else value.text


def rounded(t: Translator, result: SSAValue, text: str) -> None:
    """Define a float result from the text of a double: rounded to its type."""
    if isinstance(result.type, Float64Type) or (isinstance(result.type, Float32Type) and only_stored(result)):
        t.define(result, text)
        return
    t.line(f"cell[0] = {text}")
    if isinstance(result.type, Float32Type):
        t.define(result, "cell[0]")
    else:
        t.define(result, "round_bits_to_bf16(bits[0])")


def _floats(t: Translator, op: Operation) -> list[str]:
    for value in (*op.operands, *op.results):
        if not _is_float(value.type):
            t.refuse(op, f"`{op.name}` on {value.type} is not modelled")
    return [as_float(t.scalar(operand)) for operand in op.operands]


def _float_binary(templates: dict[str, str], exact: bool) -> Handler:
    def translate(t: Translator, op: Operation) -> None:
        a, b = _floats(t, op)
        text = templates[op.name].format(a=a, b=b)
        if exact and not isinstance(op.results[0].type, BFloat16Type):
            t.define(op.results[0], text)
        else:
            rounded(t, op.results[0], text)

    return translate


def _float_unary(t: Translator, op: Operation) -> None:
    (a,) = _floats(t, op)
    result = op.results[0]
    sign_of_bf16 = {"arith.negf": "^ 32768", "math.absf": "& 32767"}.get(op.name)
    if isinstance(result.type, BFloat16Type) and sign_of_bf16:
        t.define(result, f"{t.scalar(op.operands[0])} {sign_of_bf16}")
    elif isinstance(result.type, BFloat16Type):
        rounded(t, result, floats.EXACT_UNARY[op.name].format(a=a))
    else:
        t.define(result, floats.EXACT_UNARY[op.name].format(a=a))


def _square_root(t: Translator, op: Operation) -> None:
    rounded(t, op.results[0], f"square_root({_floats(t, op)[0]})")


def _fused_multiply_add(t: Translator, op: Operation) -> None:
    if isinstance(op.results[0].type, Float64Type):
        t.refuse(op, "`math.fma` on f64 is not modelled")
    rounded(t, op.results[0], f"fused_multiply_add({', '.join(_floats(t, op))})")


def _compare_floats(t: Translator, op: Operation) -> None:
    for operand in op.operands:
        if not _is_float(operand.type):
            t.refuse(op, f"`{op.name}` on {operand.type} is not modelled")
    a, b = (as_float(t.scalar(operand)) for operand in op.operands)
    t.define(op.results[0], floats.COMPARISONS[predicate(op)].format(a=a, b=b), 0, 1)


def _resize_float(t: Translator, op: Operation) -> None:
    (a,) = _floats(t, op)
    if op.name == "arith.extf":
        t.define(op.results[0], a)
    else:
        rounded(t, op.results[0], a)


def _from_integer(signed: bool) -> Handler:
    def convert(t: Translator, op: Operation) -> None:
        value, result = t.scalar(op.operands[0]), op.results[0]
        if not _is_float(result.type):
            t.refuse(op, f"`{op.name}` to {result.type} is not modelled")
        source = unsigned(value) if not signed else resize_i1(value)
        if max(abs(source.low), abs(source.high)) <= EXACT_IN_DOUBLE or isinstance(result.type, Float64Type):
            rounded(t, result, f"float({source})")
        else:
            rounded(t, result, f"from_integer({source})")

    return convert


def resize_i1(value: Scalar) -> Scalar:
    """An i1 read as signed is 0 or -1."""
    return Scalar(f"(-{value})", value.type, -1, 0) if value.high == 1 and integer_bits(value.type) == 1 else value


def _to_integer(signed: bool) -> Handler:
    def convert(t: Translator, op: Operation) -> None:
        result = op.results[0]
        source = t.scalar(op.operands[0])
        if not _is_float(source.type):
            t.refuse(op, f"`{op.name}` of {source.type} is not modelled")
        bits = integer_bits(result.type) or 0
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)
        above = f"{low} <=" if abs(low) >= EXACT_IN_DOUBLE else f"{low - 1} <"
        value = t.emitter.fresh("value")
        t.line(f"{value} = {as_float(source)}")
        text = wrapped(f"int({value})", low, high - 1, result.type)
        guard = f"not {above} {value} < {high}"
        t.compute(op, result, Computed(text, *limits(result.type), guard, f"the value does not fit i{bits}"))

    return convert


def _bitcast(t: Translator, op: Operation) -> None:
    value, result = t.scalar(op.operands[0]), op.results[0]
    kinds = (type(value.type), type(result.type))
    if value.type == result.type:
        t.alias(result, value)
    elif integer_bits(value.type) is not None and integer_bits(value.type) == integer_bits(result.type):
        t.compute(op, result, resize(value, result.type, signed=True))
    elif kinds[0] is Float32Type and integer_bits(result.type) == 32:
        t.line(f"cell[0] = {value}")
        t.define(result, wrapped("bits[0]", 0, 0xFFFFFFFF, result.type), *limits(result.type))
    elif kinds[1] is Float32Type and integer_bits(value.type) == 32:
        t.line(f"bits[0] = {unsigned(Scalar(value.text, i32, value.low, value.high))}")
        t.define(result, "cell[0]")
    elif kinds[0] is BFloat16Type and integer_bits(result.type) == 16:
        t.define(result, wrapped(value.text, 0, 0xFFFF, result.type), *limits(result.type))
    elif kinds[1] is BFloat16Type and integer_bits(value.type) == 16:
        t.define(result, str(unsigned(value)), 0, 0xFFFF)
    else:
        t.refuse(op, f"`{op.name}` from {value.type} to {result.type} is not modelled")


def _sign_cast(t: Translator, op: Operation) -> None:
    """builtin.unrealized_conversion_cast between integers of one width, as in i8 to ui8."""
    widths = {integer_bits(value.type) for value in (*op.operands, *op.results)}
    if len(op.operands) != 1 or len(op.results) != 1 or len(widths) != 1 or None in widths:
        t.refuse(op, f"this `{op.name}` is not modelled")
    value, result = t.scalar(op.operands[0]), op.results[0]
    t.compute(op, result, resize(value, result.type, signed=not is_unsigned(value.type)))


# Registration --------------------------------------------------------------------------------------------------------


def _per_lane(scalar: Handler) -> Handler:
    """The scalar handler, or the vector one when the operation works on vectors."""

    def dispatch(t: Translator, op: Operation) -> None:
        if any(isinstance(value.type, VectorType) for value in (*op.operands, *op.results)):
            vectors.elementwise(t, op)
        else:
            scalar(t, op)

    return dispatch


def _refused_math(t: Translator, op: Operation) -> None:
    t.refuse(
        op,
        f"`{op.name}` has no result that is the same on every machine, so it is not modelled",
        hint="compute it in a kernel function and call that",
    )


_ELEMENTWISE: dict[str, Handler] = {
    **dict.fromkeys(integers.BINARY, _integer_binary),
    **dict.fromkeys(integers.UNARY, _integer_unary),
    **dict.fromkeys(floats.BINARY, _float_binary(floats.BINARY, exact=False)),
    **dict.fromkeys(floats.EXACT_BINARY, _float_binary(floats.EXACT_BINARY, exact=True)),
    **dict.fromkeys(floats.EXACT_UNARY, _float_unary),
    "arith.cmpi": _compare_integers,
    "arith.cmpf": _compare_floats,
    **dict.fromkeys(("arith.extsi", "arith.trunci", "arith.index_cast"), _resize(signed=True)),
    **dict.fromkeys(("arith.extui", "arith.index_castui"), _resize(signed=False)),
    **dict.fromkeys(("arith.extf", "arith.truncf"), _resize_float),
    "arith.sitofp": _from_integer(signed=True),
    "arith.uitofp": _from_integer(signed=False),
    "arith.fptosi": _to_integer(signed=True),
    "arith.fptoui": _to_integer(signed=False),
    "arith.bitcast": _bitcast,
    "math.sqrt": _square_root,
    "math.fma": _fused_multiply_add,
}

_UNDEFINED_MATH = """
    acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf erfc exp exp2 expm1 fpowi ipowi log log10 log1p log2 powf
    rsqrt sin sincos sinh tan tanh
"""

HANDLERS: dict[str, Callable[[Translator, Operation], None]] = {
    **{name: _per_lane(handler) for name, handler in _ELEMENTWISE.items()},
    "arith.constant": _constant,
    "arith.select": _select,
    "arith.addui_extended": _add_extended,
    "arith.mulsi_extended": _multiply_extended(signed=True),
    "arith.mului_extended": _multiply_extended(signed=False),
    "ub.poison": _poison,
    "builtin.unrealized_conversion_cast": _sign_cast,
    **{f"math.{name}": _refused_math for name in _UNDEFINED_MATH.split()},
}
