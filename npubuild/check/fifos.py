"""Object fifos and the cores at their ends (rules 29, 31, 35 and 42 of npu-facts.md, section 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import lcm

from xdsl.dialects import scf
from xdsl.ir import Operation

from npubuild.check.stream import Push
from npubuild.check.subject import Subject, count_text
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Tile, TileKind
from npubuild.hardware.limits import WORD_BITS
from npubuild.mlir.dialect.aie import (
    CoreOp,
    DmaBdOp,
    MemOp,
    MemTileDmaOp,
    ObjectFifoAcquireOp,
    ObjectFifoLinkOp,
    ObjectFifoOp,
)
from npubuild.mlir.dialect.aiex import (
    DmaConfigureTaskForOp,
    DmaStartBdChainForOp,
    NpuDmaMemcpyNdOp,
)
from npubuild.mlir.dialect.objectfifo import ALLOCATION_SUFFIX
from npubuild.mlir.memrefs import element_bits
from npubuild.placement.cores import CONSUME, PRODUCE
from npubuild.placement.model import Access, Placement, Ring


def check(subject: Subject) -> Iterator[Diagnostic]:
    for fifo in subject.fifos.values():
        yield from _sub_word_strides(subject, fifo, fifo.dims_to)
        for dims in fifo.dims_from:
            yield from _sub_word_strides(subject, fifo, dims)
        yield from _unused_ends(subject, fifo)
    for program in (*subject.device.ops_of(MemOp), *subject.device.ops_of(MemTileDmaOp)):
        for op in program.walk():
            if isinstance(op, DmaBdOp):
                yield from _sub_word_strides(subject, op, op.dims or ())
    if subject.placement is not None:
        for core in subject.device.ops_of(CoreOp):
            yield from _acquires(subject, core, subject.placement)
            yield from _repeated(subject, core, subject.placement)


def _sub_word_strides(
    subject: Subject, op: ObjectFifoOp | DmaBdOp, dims: tuple[tuple[int, int], ...]
) -> Iterator[Diagnostic]:
    """Outer strides that are no whole words: the static path rounds them down, and 0 to 1 (npu-facts.md, 5.3)."""
    bits = element_bits(op.element if isinstance(op, ObjectFifoOp) else op.buffer.type)
    if bits is None or (bits < WORD_BITS and dims and dims[-1][1] != 1):
        return  # refused already
    for size, stride in dims[:-1]:
        if size > 1 and (stride * bits % WORD_BITS or not stride):
            kept = max(1, stride * bits // WORD_BITS)
            message = f"a stride of {stride * bits // 8} bytes is no whole number of words: it becomes {kept * 4} bytes"
            yield subject.finding(op, "sub-word-stride", message, "let outer strides be multiples of 4 bytes")


# Ends that nobody serves ------------------------------------------------------------------------------------------------


def _unused_ends(subject: Subject, fifo: ObjectFifoOp) -> Iterator[Diagnostic]:
    """Ends on core tiles at which no core acquires, while the other side of the fifo is in use."""
    if fifo.disable_synchronization or fifo.aie_stream is not None:
        return
    ends = [(tile, CONSUME, "consumer") for tile in fifo.consumers] + [(fifo.producer, PRODUCE, "producer")]
    used = {end: _is_served(subject, fifo, *end[:2]) for end in ends}
    for tile, port, role in (end for end, served in used.items() if not served):
        if tile.kind is not TileKind.CORE or _misplaced(subject, fifo, port):
            continue
        others = [served for other, served in used.items() if (other[1] == PRODUCE) != (port == PRODUCE)]
        if not any(others) or (port == PRODUCE and fifo.initial is not None):
            continue
        beside = " for all other consumers too" if port == CONSUME and len(fifo.consumers) > 1 else ""
        effect = (
            f"once the ring is full, nothing more comes through{beside}"
            if port == CONSUME
            else "its consumers wait for ever"
        )
        message = f"no core acquires @{fifo.symbol} on tile {tile}, its {role}: {effect}"
        yield subject.finding(
            fifo, "fifo-end-unused", message, f"acquire and release it on tile {tile}, or leave the tile out"
        )


def _is_served(subject: Subject, fifo: ObjectFifoOp, tile: Tile, port: str) -> bool:
    """Whether something takes or makes objects at this end: a core, a link, or the host's transfers."""
    if tile.kind is TileKind.SHIM:
        return fifo.symbol in _host_symbols(subject)
    for link in subject.device.ops_of(ObjectFifoLinkOp):
        if fifo.symbol in (link.inputs if port == CONSUME else link.outputs) and tile in _link_tiles(subject, link):
            return True
    if tile.kind is TileKind.MEM:
        return any(program.tile == tile for program in subject.device.ops_of(MemTileDmaOp))
    cores = [core for core in subject.device.ops_of(CoreOp) if core.tile == tile]
    return any(core.elf or _acquires_port(core, fifo.symbol, port) for core in cores)


def _misplaced(subject: Subject, fifo: ObjectFifoOp, port: str) -> bool:
    """Whether a core accesses the fifo from a tile that is none of its ends, which is a finding of its own."""
    ends = (fifo.producer,) if port == PRODUCE else fifo.consumers
    return any(core.tile not in ends and _acquires_port(core, fifo.symbol, port) for core in subject.device.ops_of(CoreOp))


def _link_tiles(subject: Subject, link: ObjectFifoLinkOp) -> set[Tile]:
    return {subject.fifos[name].producer for name in link.outputs if name in subject.fifos}


def _acquires_port(core: CoreOp, fifo: str, port: str) -> bool:
    return any(isinstance(op, ObjectFifoAcquireOp) and (op.fifo, op.port) == (fifo, port) for op in core.walk())


def _host_symbols(subject: Subject) -> set[str]:
    """The fifos that some sequence of the design transfers to or from."""
    events = (event for sequence in subject.sequences for event in sequence.events)
    names = {subject.symbols.get(event.channel, "") for event in events if isinstance(event, Push)}
    for op in subject.design.module.walk():
        if isinstance(op, NpuDmaMemcpyNdOp):
            names.add(op.metadata)
        elif isinstance(op, DmaConfigureTaskForOp | DmaStartBdChainForOp):
            names.add(op.symbol)
    return names | {name.removesuffix(ALLOCATION_SUFFIX) for name in names}


# What cores do ----------------------------------------------------------------------------------------------------------


def _acquires(subject: Subject, core: CoreOp, placement: Placement) -> Iterator[Diagnostic]:
    """Acquires of more objects than their ring has."""
    for op in core.walk():
        if not isinstance(op, ObjectFifoAcquireOp):
            continue
        depth = len(_ring(placement, core, op).buffers)
        if op.count > depth > 0:
            message = (
                f"acquires {count_text(op.count, 'object')} of @{op.fifo}, whose ring here has {depth}: it waits for ever"
            )
            hint = f"give @{op.fifo} a depth of {op.count} or more at this end, or acquire fewer objects at once"
            yield subject.finding(op, "acquire-exceeds-depth", message, hint)


def _repeated(subject: Subject, core: CoreOp, placement: Placement) -> Iterator[Diagnostic]:
    """Produced fifos with a repeat_count, acquired more often than once in the (unrolled) loop body (npu-facts.md, 5.2)."""
    for loop in core.walk():
        acquires = [op for op in loop.regions[0].block.ops if isinstance(op, ObjectFifoAcquireOp)] if _is_loop(loop) else []
        copies = 1 if core.dynamic else lcm(*(len(_ring(placement, core, op).buffers) or 1 for op in acquires))
        counts = Counter((op.fifo, op.port) for op in acquires)
        for op in acquires:
            repeat = _ring(placement, core, op).repeat
            if op.port == PRODUCE and repeat > 1 and copies * counts[op.fifo, op.port] > 1:
                message = (
                    f"@{op.fifo} has repeat_count = {repeat}, and the loop is unrolled {copies} times: all but one of its"
                    " acquires are dropped, and objects are overwritten while they are sent"
                )
                hint = "give all fifos of the loop the depth 1, or repeat on a memory tile behind a link"
                yield subject.finding(op, "repeat-count-on-core-fifo", message, hint)


def _is_loop(op: Operation) -> bool:
    return isinstance(op, scf.ForOp)


def _ring(placement: Placement, core: CoreOp, op: ObjectFifoAcquireOp) -> Ring:
    return placement.accesses[Access(core.tile, op.fifo, op.port)]
