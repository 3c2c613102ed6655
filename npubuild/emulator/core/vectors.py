"""The `vector` dialect, and `arith` and `math` on vectors: numpy arrays, computed by lanes.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from xdsl.dialects import vector
from xdsl.dialects.builtin import (
    BFloat16Type,
    DenseIntOrFPElementsAttr,
    Float32Type,
    IntegerAttr,
    VectorType,
)
from xdsl.ir import Attribute, Operation, SSAValue

from npubuild.emulator.core import lanes
from npubuild.emulator.core.memory import NUMPY_DTYPES, dense_bytes, element_at, mixed, strided_text
from npubuild.emulator.core.translator import Handler, Translator
from npubuild.emulator.core.values import Lanes, Scalar, View, element_format, index, integer_bits, limits


def dtype_of(t: Translator, op: Operation, type_: Attribute) -> str:
    """The numpy dtype of a lane."""
    element = type_.element_type if isinstance(type_, VectorType) else type_
    if integer_bits(element) == 1:
        return "bool"
    letter = element_format(element)
    if letter is None:
        t.refuse(op, f"vectors of {element} are not modelled")
    return NUMPY_DTYPES[letter]


def _shape(type_: Attribute) -> tuple[int, ...]:
    assert isinstance(type_, VectorType)
    return tuple(type_.get_shape())


def define(t: Translator, result: SSAValue, text: str) -> None:
    """Give a vector result its variable, or turn one lane into a scalar."""
    if isinstance(result.type, VectorType):
        name = t.emitter.fresh(result.name_hint)
        t.line(f"{name} = {text}")
        t.values[result] = Lanes(name, result.type)
    elif integer_bits(result.type) is not None or isinstance(result.type, BFloat16Type):
        t.define(result, f"int({text})", *limits(result.type))
    else:
        t.define(result, f"float({text})")


def constant(t: Translator, op: Operation, value: DenseIntOrFPElementsAttr) -> None:
    result = op.results[0]
    assert isinstance(result.type, VectorType)
    dtype = dtype_of(t, op, result.type)
    if dtype == "bool":
        array = np.array([bool(item) for item in value.get_values()])
        array = np.broadcast_to(array, _shape(result.type)) if array.size == 1 else array.reshape(_shape(result.type))
    else:
        array = np.frombuffer(dense_bytes(t, op, value), dtype).reshape(_shape(result.type))
    t.values[result] = Lanes(t.emitter.constant(array, result.name_hint or "lanes"), result.type)


# Elementwise ---------------------------------------------------------------------------------------------------------

_DIVISIONS = {f"arith.{name}" for name in ("divsi", "divui", "remsi", "remui", "floordivsi", "ceildivsi", "ceildivui")}
_SHIFTS = {"arith.shli", "arith.shrsi", "arith.shrui"}
_LOGIC = {"arith.andi", "arith.ori", "arith.xori"}


def elementwise(t: Translator, op: Operation) -> None:
    """An operation of `arith` or `math` on vectors."""
    values = [t.value(operand) for operand in op.operands]
    operands = [value.text for value in values if not isinstance(value, View)]
    text = lane_text(t, op, operands)
    if text is None:
        t.refuse(op, f"`{op.name}` on vectors is not modelled")
    define(t, op.results[0], text)


def lane_text(t: Translator, op: Operation, operands: Sequence[str]) -> str | None:
    """Python text of an operation done on every lane of numpy operands; None when it has no such form.

    Lines that report undefined lanes are written at once.
    """
    if op.name in lanes.INTEGER:
        return _integer(t, op, operands)
    if op.name in lanes.FLOAT:
        function = t.emitter.shared(lanes.FLOAT[op.name], op.name.replace(".", "_"))
        return _encoded(op, f"{function}({', '.join(_decoded(op, operands))})")
    if op.name in {"arith.cmpi", "arith.cmpf"}:
        predicate = op.properties.get("predicate", op.attributes.get("predicate"))
        assert isinstance(predicate, IntegerAttr)
        make = lanes.compare_integers if op.name == "arith.cmpi" else lanes.compare_floats
        function = t.emitter.constant(make(int(predicate.value.data)), "compare")
        return f"{function}({', '.join(_decoded(op, operands))})"
    if op.name == "arith.select":
        return f"where({', '.join(operands)})"
    conversion = _CONVERSIONS.get(op.name)
    return conversion(t, op, operands[0]) if conversion else None


def _decoded(op: Operation, operands: Sequence[str]) -> list[str]:
    """Operands as floats where they are bf16 bits."""
    return [
        f"decode_bf16({text})" if isinstance(_element(value.type), BFloat16Type) else text
        for value, text in zip(op.operands, operands, strict=True)
    ]


def _encoded(op: Operation, text: str) -> str:
    """A float result as bf16 bits where it is one."""
    return f"encode_bf16({text})" if isinstance(_element(op.results[0].type), BFloat16Type) else text


def _element(type_: Attribute) -> Attribute:
    return type_.element_type if isinstance(type_, VectorType) else type_


def _integer(t: Translator, op: Operation, operands: Sequence[str]) -> str | None:
    bits = integer_bits(_element(op.results[0].type))
    if bits == 1 and op.name not in _LOGIC:
        return None
    if op.name in _DIVISIONS:
        with t.block(f"if not {operands[1]}.all():"):
            t.line(f"yield {t.report(op, 'division by zero')}")
    if op.name in _SHIFTS:
        with t.block(f"if (({operands[1]} < 0) | ({operands[1]} >= {bits})).any():"):
            t.line(f"yield {t.report(op, f'shift by the width of i{bits} or more')}")
    function = t.emitter.shared(lanes.INTEGER[op.name], op.name.replace(".", "_"))
    return f"{function}({', '.join(operands)})"


Conversion: TypeAlias = Callable[[Translator, Operation, str], "str | None"]


def _extend(function: str) -> Conversion:
    def convert(t: Translator, op: Operation, operand: str) -> str:
        return f"{function}({operand}, {dtype_of(t, op, op.results[0].type)!r})"

    return convert


def _to_float(function: str) -> Conversion:
    def convert(_: Translator, op: Operation, operand: str) -> str:
        return _encoded(op, f"{function}({operand}, 'float32')")

    return convert


def _resize_float(_: Translator, op: Operation, operand: str) -> str | None:
    if {type(_element(op.operands[0].type)), type(_element(op.results[0].type))} != {BFloat16Type, Float32Type}:
        return None
    return f"decode_bf16({operand})" if op.name == "arith.extf" else f"encode_bf16({operand})"


def _to_integer(signed: bool) -> Conversion:
    def convert(t: Translator, op: Operation, operand: str) -> str:
        dtype = dtype_of(t, op, op.results[0].type)
        target = dtype if signed else f"u{dtype}"
        (source,) = _decoded(op, [operand])
        with t.block(f"if not fits({source}, {target!r}).all():"):
            t.line(f"yield {t.report(op, f'a value does not fit {_element(op.results[0].type)}')}")
        return f"to_integer({source}, {target!r}).view({dtype!r})"

    return convert


def _bitcast(t: Translator, op: Operation, operand: str) -> str:
    return f"{operand}.view({dtype_of(t, op, op.results[0].type)!r})"


_CONVERSIONS: dict[str, Conversion] = {
    "arith.extsi": _extend("extend_signed"),
    "arith.extui": _extend("extend_unsigned"),
    "arith.trunci": _extend("truncate_lanes"),
    "arith.index_cast": _extend("extend_signed"),
    "arith.index_castui": _extend("extend_unsigned"),
    "arith.sitofp": _to_float("extend_signed"),
    "arith.uitofp": _to_float("extend_unsigned"),
    "arith.extf": _resize_float,
    "arith.truncf": _resize_float,
    "arith.fptosi": _to_integer(signed=True),
    "arith.fptoui": _to_integer(signed=False),
    "arith.bitcast": _bitcast,
}


# The vector dialect --------------------------------------------------------------------------------------------------


def _window(t: Translator, view: View, indices: Sequence[Scalar], shape: Sequence[int]) -> str:
    """Python text of the part of a memref that a vector of `shape` at `indices` covers."""
    strides = view.strides[len(view.strides) - len(shape) :]
    start = element_at(t, view, indices)
    corner = Scalar(start, view.offset.type, 0, 0)
    return strided_text(View(view.storage, view.element, corner, tuple(index(size) for size in shape), strides))


def _load(t: Translator, op: Operation) -> None:
    assert isinstance(op, vector.LoadOp | vector.TransferReadOp)
    base = op.base if isinstance(op, vector.LoadOp) else op.source
    _check_transfer(t, op)
    view, indices = t.view(base), [t.scalar(value) for value in op.indices]
    text = f"{_window(t, view, indices, _shape(op.result.type))}.copy()"
    define(t, op.result, f"{text}.astype('bool')" if integer_bits(view.element) == 1 else text)


def _store(t: Translator, op: Operation) -> None:
    assert isinstance(op, vector.StoreOp | vector.TransferWriteOp)
    base = op.base if isinstance(op, vector.StoreOp) else op.source
    _check_transfer(t, op)
    view, indices = t.view(base), [t.scalar(value) for value in op.indices]
    t.line(f"{_window(t, view, indices, _shape(op.vector.type))}[...] = {t.lanes(op.vector)}")


def _check_transfer(t: Translator, op: Operation) -> None:
    """Only transfers of a contiguous run of the innermost dimensions, without a mask."""
    if not isinstance(op, vector.TransferReadOp | vector.TransferWriteOp):
        return
    if op.mask is not None or not op.permutation_map.data.is_minor_identity():
        t.refuse(op, f"`{op.name}` with a mask or a permutation is not modelled")


def _broadcast(t: Translator, op: Operation) -> None:
    type_ = op.results[0].type
    define(t, op.results[0], f"full({_shape(type_)}, {t.value(op.operands[0])}, {dtype_of(t, op, type_)!r})")


def _shape_cast(t: Translator, op: Operation) -> None:
    define(t, op.results[0], f"{t.lanes(op.operands[0])}.reshape({_shape(op.results[0].type)})")


def _fma(t: Translator, op: Operation) -> None:
    elementwise(t, op)


def _reduce(t: Translator, op: Operation) -> None:
    assert isinstance(op, vector.ReductionOp)
    kind = op.kind.data.value
    function = lanes.REDUCTIONS.get(kind)
    if function is None or isinstance(op.dest.type, BFloat16Type):
        t.refuse(op, f"`vector.reduction` <{kind}> of {op.vector.type} is not modelled")
    source = t.lanes(op.vector).text
    if op.acc is not None:
        dtype = dtype_of(t, op, op.vector.type)
        source = f"concatenate((full((1,), {t.scalar(op.acc)}, {dtype!r}), {source}))"
    define(t, op.dest, f"in_order({t.emitter.constant(function, kind + '_lanes')}, {source})")


def _extract(t: Translator, op: Operation) -> None:
    assert isinstance(op, vector.ExtractOp)
    where = ", ".join(str(place) for place in mixed(t, op.static_position, op.dynamic_position))
    define(t, op.result, f"{t.lanes(op.vector)}[{where}]" if where else t.lanes(op.vector).text)


def _insert(t: Translator, op: Operation) -> None:
    assert isinstance(op, vector.InsertOp)
    where = ", ".join(str(place) for place in mixed(t, op.static_position, op.dynamic_position))
    define(t, op.result, f"{t.lanes(op.dest)}.copy()")
    t.line(f"{t.lanes(op.result)}[{where or '...'}] = {t.value(op.source)}")


def _vector_bitcast(t: Translator, op: Operation) -> None:
    define(t, op.results[0], _bitcast(t, op, t.lanes(op.operands[0]).text))


def _shuffle(t: Translator, op: Operation) -> None:
    assert isinstance(op, vector.ShuffleOp)
    order = [int(place) for place in op.mask.get_values()]
    if min(order) < 0:
        t.refuse(op, "`vector.shuffle` with undefined lanes is not modelled")
    define(t, op.result, f"concatenate(({t.lanes(op.v1)}, {t.lanes(op.v2)}))[{order}]")


HANDLERS: dict[str, Handler] = {
    "vector.load": _load,
    "vector.store": _store,
    "vector.transfer_read": _load,
    "vector.transfer_write": _store,
    "vector.broadcast": _broadcast,
    "vector.splat": _broadcast,
    "vector.shape_cast": _shape_cast,
    "vector.fma": _fma,
    "vector.reduction": _reduce,
    "vector.extract": _extract,
    "vector.insert": _insert,
    "vector.bitcast": _vector_bitcast,
    "vector.shuffle": _shuffle,
}

NAMES: dict[str, object] = {
    "where": np.where,
    "full": np.full,
    "concatenate": np.concatenate,
    "decode_bf16": lanes.decode_bf16,
    "encode_bf16": lanes.encode_bf16,
    "extend_signed": lanes.extend_signed,
    "extend_unsigned": lanes.extend_unsigned,
    "truncate_lanes": lanes.truncate,
    "fits": lanes.fits,
    "to_integer": lanes.to_integer,
    "in_order": lanes.in_order,
    "run_of": lanes.run_of,
    "gather": lanes.gather,
    "lane_range": lanes.lane_range,
    "ordered_sum": lanes.ordered_sum,
    **{f"{name}_lanes": getattr(np, name) for name in ("add", "bitwise_and", "bitwise_or", "bitwise_xor")},
    **{f"lane_{dtype}": getattr(np, dtype) for dtype in NUMPY_DTYPES.values()},
    "lane_bool": np.bool_,
}
"""What generated programs find under these names."""
