"""Calls: functions of the design are compiled in place, declared ones are kernel functions of a library."""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import BFloat16Type
from xdsl.ir import Operation

from npubuild.emulator.core.control import inlined
from npubuild.emulator.core.memory import element_at
from npubuild.emulator.core.translator import Handler, Translator
from npubuild.emulator.core.values import ITEM_BYTES, Lanes, Scalar, View, integer_bits, limits
from npubuild.emulator.process import CallKernel


def _call(t: Translator, op: Operation) -> None:
    assert isinstance(op, func.CallOp)
    callee = t.callee(op)
    name = callee.sym_name.data
    types = [value.type for value in op.operands]
    if types != list(callee.function_type.inputs) or list(op.result_types) != list(callee.function_type.outputs):
        t.refuse(op, f"the call of @{name} does not have the types of its declaration: {callee.function_type}")
    if t.is_kernel(op):
        _call_kernel(t, op, callee)
        return
    if name in t.calls:
        t.refuse(op, f"@{name} calls itself (through {' -> '.join([*t.calls, name])}), which is not modelled")
    t.calls.append(name)
    results = inlined(t, op, callee.body, [t.value(value) for value in op.operands])
    t.calls.pop()
    t.values.update(zip(op.results, results, strict=True))


def _call_kernel(t: Translator, op: func.CallOp, callee: func.FuncOp) -> None:
    name = callee.sym_name.data
    function = t.emitter.constant(t.kernels.bind(name, callee.function_type, t.place_of(op)), f"kernel_{name}")
    arguments = [_argument(t, op, t.value(value)) for value in op.operands]
    where = t.emitter.constant(t.place_of(op), "PLACE")
    call = f"yield CallKernel({function}, ({''.join(f'{text}, ' for text in arguments)}), {name!r}, {where})"
    if not op.results:
        t.line(call)
        return
    answer = t.emitter.fresh(f"{name}_result")
    t.line(f"{answer} = {call}")
    low, high = limits(op.results[0].type)
    text = f"int({answer})" if integer_bits(op.results[0].type) == 1 else answer
    t.define(op.results[0], text, low, high)


def _argument(t: Translator, op: Operation, value: Scalar | Lanes | View) -> str:
    """What a kernel gets for a value: a number, or the bytes from the memref's first element on."""
    if isinstance(value, Lanes) or (isinstance(value, Scalar) and isinstance(value.type, BFloat16Type)):
        t.refuse(op, f"a kernel argument of type {value.type} is not modelled", hint="pass it in memory")
    if isinstance(value, Scalar):
        return value.text
    if value.offset.constant == 0:
        return value.storage.array
    first = element_at(t, value, ())
    return f"{value.storage.array}[({first}) * {ITEM_BYTES[value.format]}:]"


HANDLERS: dict[str, Handler] = {"func.call": _call}
NAMES: dict[str, object] = {"CallKernel": CallKernel}
