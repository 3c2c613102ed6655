"""Lengths and patterns of host transfers (rules 1, 18, 21, 23 and 24 of npu-facts.md, section 6; section 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xdsl.ir import Operation

from npubuild.check.machine import DMA, configured_chain
from npubuild.check.stream import Push
from npubuild.check.subject import SequenceOf, Subject, constant_memcpys, count_text
from npubuild.errors import Diagnostic
from npubuild.hardware.descriptors import FIELDS, BufferDescriptor
from npubuild.hardware.devices import Channel, Direction, TileKind
from npubuild.hardware.limits import WORD_BYTES
from npubuild.lowering.scope import BYTE_BITS
from npubuild.lowering.transfers import MAX_ITERATIONS, AccessPattern, pattern_fields
from npubuild.mlir.dialect.aie import DmaBdOp
from npubuild.mlir.dialect.aiex import DmaConfigureTaskForOp, DmaConfigureTaskOp, NpuDmaMemcpyNdOp
from npubuild.mlir.memrefs import element_bits
from npubuild.placement.model import Placement

STEPS = FIELDS[TileKind.SHIM]["d0_step"].mask + 1
STRIDE_KEPT_SINCE = "6 March 2026"


def check(subject: Subject) -> Iterator[Diagnostic]:
    for sequence in subject.sequences:
        for memcpy in constant_memcpys(sequence.op):
            yield from _wrapping_fields(subject, memcpy)
        for op in sequence.op.walk():
            if isinstance(op, DmaConfigureTaskOp | DmaConfigureTaskForOp):
                yield from _task(subject, op)
        if subject.placement is not None:
            yield from _partial_objects(subject, sequence, subject.placement)


# Whole objects ----------------------------------------------------------------------------------------------------------


def _partial_objects(subject: Subject, sequence: SequenceOf, placement: Placement) -> Iterator[Diagnostic]:
    """Host transfers of a channel that together are no whole number of the objects at its other end."""
    units = _object_words(placement)
    totals: defaultdict[Channel, int] = defaultdict(int)
    last: dict[Channel, Push] = {}
    rounded: set[Channel] = set()
    for event in sequence.events:
        if isinstance(event, Push) and event.channel in units:
            totals[event.channel] += event.words
            last[event.channel] = event
            rounded |= {event.channel} if any(_rounded_bytes(bd.origin) for bd in event.chain) else set()
    for channel, push in last.items():
        count, rest = divmod(totals[channel], units[channel])
        if rest and push.loop is None and channel not in rounded:
            total, size = totals[channel] * WORD_BYTES, units[channel] * WORD_BYTES
            verb = "takes" if channel.direction is Direction.S2MM else "brings"
            message = (
                f"{subject.channel_text(channel)} {verb} {total} bytes: {count_text(count, 'object')} of {size} bytes"
                f" and {rest * WORD_BYTES} bytes more"
            )
            hint = f"make the length a multiple of {size} bytes"
            yield subject.finding(push.origin, "partial-object", message, hint)


def _object_words(placement: Placement) -> Mapping[Channel, int]:
    """For shim channels with a ring of objects at the other end: the words of one object, as the DMA there counts them."""
    chains = {task.channel: configured_chain(placement, task.channel.tile, task.first_bd)[0] for task in placement.tasks}
    sizes: defaultdict[Channel, set[int]] = defaultdict(set)
    for flow in placement.flows:
        if flow.source.bundle == flow.destination.bundle == DMA:
            source = Channel(flow.source.tile, Direction.MM2S, flow.source.channel)
            destination = Channel(flow.destination.tile, Direction.S2MM, flow.destination.channel)
            sizes[source].add(_object_size(chains.get(destination, ())))
            sizes[destination].add(_object_size(chains.get(source, ())))
    return {channel: min(found) for channel, found in sizes.items() if len(found) == 1 and min(found)}


def _object_size(chain: Sequence[BufferDescriptor]) -> int:
    """The words of one object of a ring: one descriptor, or as many as there are parts with a lock each; 0 if unknown."""
    parts: dict[int, set[int]] = defaultdict(set)
    for descriptor in chain:
        if descriptor.acquire is None:
            return 0
        parts[descriptor.acquire.lock].add(descriptor.length)
    if any(len(lengths) > 1 for lengths in parts.values()):
        return 0
    return sum(min(lengths) for lengths in parts.values())


# Patterns ---------------------------------------------------------------------------------------------------------------


def _wrapping_fields(subject: Subject, op: NpuDmaMemcpyNdOp) -> Iterator[Diagnostic]:
    """Values one above the largest that a field holds: the compiler lets them pass, and the field becomes 0 (3.10)."""
    bits = element_bits(op.memref.type)
    if bits is None:
        return
    pattern = AccessPattern.outermost_first(op.sizes, op.strides, bits)
    if pattern.sizes[3] == MAX_ITERATIONS + 1 and pattern.strides[3] > 0:
        message = (
            f"the outer size {pattern.sizes[3]} does not fit the iteration field and becomes 1: the address never moves"
        )
        hint = f"use at most {MAX_ITERATIONS}: split the transfer, or move a dimension inwards"
        yield subject.finding(op, "dma-field-wraps", message, hint)
    for d, step in enumerate(pattern.hardware().steps):
        if step == STEPS:
            message = f"stride {d} of {step + 1} words does not fit its field and becomes 1 word"
            yield subject.finding(op, "dma-field-wraps", message, f"strides are at most {STEPS} words")


def _rounded_bytes(op: Operation | None) -> int:
    """The length in bytes of a task's descriptor that is no whole number of words, 0 for any other."""
    bits = element_bits(op.buffer.type) if isinstance(op, DmaBdOp) else None
    nbytes = op.length * bits // BYTE_BITS if isinstance(op, DmaBdOp) and bits is not None else 0
    return nbytes if nbytes % WORD_BYTES and nbytes > WORD_BYTES else 0


def _task(subject: Subject, op: DmaConfigureTaskOp | DmaConfigureTaskForOp) -> Iterator[Diagnostic]:
    for bd in op.body.walk():
        if not isinstance(bd, DmaBdOp) or (bits := element_bits(bd.buffer.type)) is None:
            continue
        if nbytes := _rounded_bytes(bd):
            message = (
                f"a transfer of {nbytes} bytes is rounded down to {nbytes // WORD_BYTES * WORD_BYTES}: the DMA moves words"
            )
            yield subject.finding(bd, "task-length-rounded", message, f"make the length a multiple of {WORD_BYTES} bytes")
        if bd.dims and len(bd.dims) <= 4:
            sizes, strides = zip(*bd.dims, strict=True)
            yield from _task_pattern(subject, op, bd, AccessPattern.outermost_first(sizes, strides, bits))


def _task_pattern(
    subject: Subject, op: DmaConfigureTaskOp | DmaConfigureTaskForOp, bd: DmaBdOp, pattern: AccessPattern
) -> Iterator[Diagnostic]:
    outer, runs = pattern.sizes[3], op.repeat_count + 1
    if outer > 1 and runs % outer:
        times = count_text(runs, "time")
        message = f"the outer size is {outer}, but repeat_count = {op.repeat_count} runs the descriptors {times}"
        yield subject.finding(op, "repeat-count-mismatch", message, f"set repeat_count = {outer - 1}")
    if pattern.one_dimensional and pattern.sizes[0] > 1 and pattern.strides[0] != 1:
        message = (
            f"the stride {pattern.strides[0]} is ignored by compilers before {STRIDE_KEPT_SINCE}: one contiguous piece moves"
        )
        hint = "write it as two dimensions, the inner one of stride 1: these are kept by all compilers"
        yield subject.finding(bd, "inner-stride-ignored", message, hint)
    elif pattern_fields(pattern, pattern.one_dimensional) != pattern_fields(pattern, pattern.contiguous):
        message = f"strides of dimensions of size 1: compilers since {STRIDE_KEPT_SINCE} encode this transfer in other words"
        hint = "give dimensions of size 1 the stride 0"
        yield subject.finding(bd, "generation-dependent", message, hint)
