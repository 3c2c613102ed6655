"""Names: declared once, and declared at all where they are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from xdsl.dialects.builtin import FunctionType, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, Operation, SSAValue

from npubuild.mlir.dialect.aie import (
    BdChainOp,
    BufferOp,
    DeviceOp,
    ObjectFifoAcquireOp,
    ObjectFifoAllocateOp,
    ObjectFifoLinkOp,
    ObjectFifoOp,
    ObjectFifoRegisterExternalBuffersOp,
    ObjectFifoReleaseOp,
    RuntimeSequenceOp,
    ShimDmaAllocationOp,
)
from npubuild.mlir.dialect.aiex import (
    ConfigureOp,
    DmaConfigureTaskForOp,
    DmaStartBdChainForOp,
    DmaStartBdChainOp,
    NpuDmaMemcpyNdOp,
    NpuDmaWaitOp,
    RunOp,
)
from npubuild.mlir.dialect.objectfifo import ALLOCATION_SUFFIX
from npubuild.mlir.source import Design
from npubuild.mlir.structure import Problem

Names = dict[str, Operation]
_DECLARING = (BdChainOp, BufferOp, ObjectFifoOp, RuntimeSequenceOp, ShimDmaAllocationOp)


def module_symbol_problems(design: Design) -> Iterator[Problem]:
    """Two devices of one name."""
    yield from _declared_twice((device.symbol, device) for device in design.devices())


def symbol_problems(design: Design, device: DeviceOp) -> Iterator[Problem]:
    declarations = _declarations(device)
    yield from _declared_twice(declarations)
    names = dict(declarations)
    for op in device.block.walk():
        yield from _fifo_use(op, names)
        yield from _transfer_use(op, names)
        yield from _upstream_use(op, names)
        yield from _device_use(design, op)


def _declarations(device: DeviceOp) -> list[tuple[str, Operation]]:
    """The symbols of a device and the operations that declare them.

    Until October 2025 an allocation was no symbol, and a global of its name stood beside it to be referred to.
    """
    found = [(name, op) for op in device.block.ops if (name := declared_name(op))]
    allocations = {name for name, op in found if isinstance(op, ShimDmaAllocationOp)}
    return [(name, op) for name, op in found if op.name != "memref.global" or name not in allocations]


def declared_name(op: Operation) -> str | None:
    """The symbol that an operation declares in its device; locks are values, their names no symbols."""
    if isinstance(op, _DECLARING):
        return op.symbol
    if op.name in ("func.func", "memref.global"):
        name = op.get_attr_or_prop("sym_name")
        return name.data if isinstance(name, StringAttr) else None
    return None


def _declared_twice(declarations: Iterable[tuple[str, Operation]]) -> Iterator[Problem]:
    seen: Names = {}
    for name, op in declarations:
        if name in seen:
            yield Problem(op, f"`@{name}` is declared twice", "duplicate-symbol")
        seen.setdefault(name, op)


def _unknown(op: Operation, name: str, what: str, candidates: Iterable[str], rule: str) -> Problem:
    near = get_close_matches(name, list(candidates), n=1)
    hint = f"did you mean `@{near[0]}`?" if near else ""
    return Problem(op, f"`{op.name}` names `@{name}`, which is not {what}", rule, hint)


def _fifo_use(op: Operation, names: Names) -> Iterator[Problem]:
    match op:
        case ObjectFifoLinkOp():
            used: tuple[str, ...] = (*op.inputs, *op.outputs)
        case ObjectFifoAcquireOp() | ObjectFifoReleaseOp():
            used = (op.fifo,)
        case ObjectFifoAllocateOp() | ObjectFifoRegisterExternalBuffersOp():
            used = (op.fifo,)
        case _:
            return
    fifos = [name for name, declared in names.items() if isinstance(declared, ObjectFifoOp)]
    for name in used:
        if name not in fifos:
            yield _unknown(op, name, "an object fifo of this device", fifos, rule="unknown-fifo")


def _transfer_use(op: Operation, names: Names) -> Iterator[Problem]:
    """The other end of a transfer is a fifo or an allocation; the allocation made from a fifo may be named as well."""
    name: str | None = None
    match op:
        case NpuDmaMemcpyNdOp():
            name = op.metadata
        case NpuDmaWaitOp() | DmaConfigureTaskForOp() | DmaStartBdChainForOp():
            name = op.symbol
    ends = {symbol for symbol, declared in names.items() if isinstance(declared, ObjectFifoOp | ShimDmaAllocationOp)}
    if name is not None and name not in ends and name.removesuffix(ALLOCATION_SUFFIX) not in ends:
        what = "an object fifo or a shim allocation of this device"
        yield _unknown(op, name, what, ends, rule="unknown-allocation")
    if isinstance(op, DmaStartBdChainOp | DmaStartBdChainForOp) and not isinstance(names.get(op.chain), BdChainOp):
        chains = [symbol for symbol, declared in names.items() if isinstance(declared, BdChainOp)]
        yield _unknown(op, op.chain, "a bd_chain of this device", chains, rule="unknown-chain")


def _upstream_use(op: Operation, names: Names) -> Iterator[Problem]:
    """Calls of functions and uses of globals."""
    attribute = {"func.call": "callee", "memref.get_global": "name"}.get(op.name)
    if attribute is None:
        return
    reference = op.get_attr_or_prop(attribute)
    name = reference.root_reference.data if isinstance(reference, SymbolRefAttr) else ""
    kind = {"func.call": "func.func", "memref.get_global": "memref.global"}[op.name]
    declared = names.get(name)
    if declared is None or declared.name != kind:
        candidates = [symbol for symbol, other in names.items() if other.name == kind]
        yield _unknown(op, name, f"a `{kind}` of this device", candidates, rule="unknown-symbol")
    elif kind == "func.func":
        yield from _call(op, name, declared.get_attr_or_prop("function_type"))


def _call(op: Operation, name: str, function_type: Attribute | None) -> Iterator[Problem]:
    if not isinstance(function_type, FunctionType):
        return
    given = (tuple(op.operand_types), tuple(op.result_types))
    if given != (function_type.inputs.data, function_type.outputs.data):
        yield Problem(op, f"the call does not fit `@{name}`, which has the type {function_type}", "call-type")


def _device_use(design: Design, op: Operation) -> Iterator[Problem]:
    """`configure` names a device, `run` a sequence of the device configured around it."""
    devices = {device.symbol: device for device in design.devices()}
    if isinstance(op, ConfigureOp) and op.device_ref not in devices:
        yield _unknown(op, op.device_ref, "a device of this module", devices, rule="unknown-device")
    if not isinstance(op, RunOp):
        return
    around = op.parent_op()
    if not isinstance(around, ConfigureOp):
        yield Problem(op, "`aiex.run` must stand in an `aiex.configure`", "run-without-configure")
    elif around.device_ref in devices:
        sequences = {sequence.symbol: sequence for sequence in design.sequences(devices[around.device_ref])}
        if op.sequence not in sequences:
            what = f"a runtime sequence of `@{around.device_ref}`"
            yield _unknown(op, op.sequence, what, sequences, rule="unknown-sequence")
        elif _types(op.arguments) != _types(sequences[op.sequence].block.args):
            yield Problem(op, f"the arguments do not fit those of `@{op.sequence}`", "run-arguments")


def _types(values: Iterable[SSAValue]) -> list[Attribute]:
    return [value.type for value in values]
