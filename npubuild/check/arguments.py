"""Host buffers: how many, and which bytes of them a transfer touches (rules 15, 16, 22, 44 of npu-facts.md, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from xdsl.ir import SSAValue

from npubuild.check.stream import Descriptor, Push
from npubuild.check.subject import SequenceOf, Subject, constant_memcpys
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Direction
from npubuild.mlir.dialect.aie import DmaBdOp
from npubuild.mlir.dialect.aiex import ConfigureOp, NpuDmaMemcpyNdOp
from npubuild.mlir.memrefs import known_byte_count


def check(subject: Subject, xclbin_arguments: int) -> Iterator[Diagnostic]:
    """`xclbin_arguments`: how many host buffers the kernel of the XCLBIN declares (npu-facts.md, 4.6)."""
    for sequence in subject.sequences:
        count = len(sequence.op.block.args)
        if count > xclbin_arguments:
            message = f"{count} runtime-sequence arguments, but an XCLBIN declares {xclbin_arguments} buffers"
            hint = "a host cannot pass more: the patch `pack-arguments` makes one input and one output of them"
            yield subject.finding(sequence.op, "too-many-arguments", message, hint)
        yield from _outside(subject, sequence)
        for memcpy in constant_memcpys(sequence.op):
            yield from _lost_offset(subject, memcpy)
            yield from _ignored_cast(subject, memcpy, memcpy.memref)
        for op in sequence.op.walk():
            if isinstance(op, DmaBdOp):
                yield from _ignored_cast(subject, op, op.buffer)


def _outside(subject: Subject, sequence: SequenceOf) -> Iterator[Diagnostic]:
    """Transfers that touch bytes behind the end of their argument."""
    if any(isinstance(op, ConfigureOp) for op in sequence.op.walk()):
        return
    sizes = [known_byte_count(argument.type) for argument in sequence.op.block.args]
    for event in sequence.events:
        if not isinstance(event, Push):
            continue
        for descriptor in event.chain:
            if descriptor.host is None or descriptor.origin is None or descriptor.host.argument >= len(sizes):
                continue
            size = sizes[descriptor.host.argument]
            touched = descriptor.host_range(event.repeat + 1)
            if size is not None and touched.stop > size:
                yield _outside_finding(subject, event, descriptor, touched, size)


def _outside_finding(subject: Subject, push: Push, descriptor: Descriptor, touched: range, size: int) -> Diagnostic:
    assert descriptor.host is not None
    assert descriptor.origin is not None
    verb = "writes" if push.channel.direction is Direction.S2MM else "reads"
    message = f"{verb} bytes {touched.start} to {touched.stop - 1} of argument {descriptor.host.argument}, which has {size}"
    hint = "nothing checks this on the way to the hardware: correct offset, sizes and strides, or make the argument larger"
    return subject.finding(descriptor.origin, "transfer-outside-argument", message, hint)


def _lost_offset(subject: Subject, op: NpuDmaMemcpyNdOp) -> Iterator[Diagnostic]:
    for position, (offset, stride) in enumerate(zip(op.offsets, op.strides, strict=True)):
        if offset and not stride:
            message = (
                f"the offset {offset} in dimension {3 - position} is multiplied by the stride there, which is 0, and lost"
            )
            hint = "put the offset into the innermost dimension (the last entry), counted in elements"
            yield subject.finding(op, "offset-ignored", message, hint)


def _ignored_cast(subject: Subject, op: NpuDmaMemcpyNdOp | DmaBdOp, operand: SSAValue) -> Iterator[Diagnostic]:
    from xdsl.dialects.memref import CastOp, ReinterpretCastOp, SubviewOp  # few designs need it

    value = operand
    while isinstance(view := value.owner, CastOp | ReinterpretCastOp | SubviewOp):
        if isinstance(view, ReinterpretCastOp) and any(offset != 0 for offset in view.static_offsets.get_values()):
            offset = next(iter(view.static_offsets.get_values()))
            message = f"the offset {offset} of the reinterpret_cast is ignored: the transfer starts at the cast's source"
            hint = "use memref.subview, or an offset in the transfer itself"
            yield subject.finding(op, "reinterpret-cast-offset", message, hint)
        value = view.source
