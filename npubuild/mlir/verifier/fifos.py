"""Object fifos: depths, initial values, dimensions, links, and who may use them (npu-facts.md, section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.hardware.devices import TileKind
from npubuild.hardware.limits import MOST_REPEAT
from npubuild.mlir.dialect.aie import (
    CoreOp,
    DeviceOp,
    ObjectFifoAcquireOp,
    ObjectFifoLinkOp,
    ObjectFifoOp,
    ObjectFifoReleaseOp,
    ObjectFifoSubviewAccessOp,
)
from npubuild.mlir.structure import Problem

Fifos = dict[str, ObjectFifoOp]
MAX_PASSES = MOST_REPEAT + 1  # of an iter_count (section 5.3)


def fifo_problems(device: DeviceOp) -> Iterator[Problem]:
    fifos = {fifo.symbol: fifo for fifo in device.ops_of(ObjectFifoOp)}
    for fifo in fifos.values():
        yield from _depth(fifo)
        yield from _dimensions(fifo)
    for link in device.ops_of(ObjectFifoLinkOp):
        if all(name in fifos for name in (*link.inputs, *link.outputs)):
            yield from _link(link, fifos)
    for core in device.ops_of(CoreOp):
        yield from _accesses(core, fifos)
    yield from _accesses_outside(device)


def _depth(fifo: ObjectFifoOp) -> Iterator[Problem]:
    name, ends = f"fifo `@{fifo.symbol}`", 1 + len(fifo.consumers)
    if fifo.has_depth_array and len(fifo.depths) != ends:
        message = f"{name} gives {len(fifo.depths)} depths for its {ends} ends"
        yield Problem(fifo, message, "fifo-depth-count", "one for the producer and one for each consumer")
    if any(depth < 1 for depth in fifo.depths):
        yield Problem(fifo, f"{name} needs a depth of at least 1", "fifo-depth")
    elif fifo.depths and fifo.initial is not None and len(fifo.initial) != fifo.depths[0]:
        message = f"{name} has {len(fifo.initial)} initial values for its {fifo.depths[0]} objects"
        yield Problem(fifo, message, "fifo-initial-count", "give one for each object")
    if fifo.iter_count is not None and not 1 <= fifo.iter_count <= MAX_PASSES:
        yield Problem(fifo, f"iter_count of {name} must be 1 to {MAX_PASSES}, not {fifo.iter_count}", "fifo-iter-count")


def _dimensions(fifo: ObjectFifoOp) -> Iterator[Problem]:
    """The DMA of a shim tile is programmed by the sequence, so a fifo has no say in how it counts."""
    hint = "give the sizes and strides in the runtime sequence"
    if fifo.dims_to and fifo.producer.kind is TileKind.SHIM:
        message = f"fifo `@{fifo.symbol}`: `dimensionsToStream` on a shim tile"
        yield Problem(fifo, message, "fifo-dims-on-shim", hint)
    for tile, dims in zip(fifo.consumers, fifo.dims_from, strict=False):
        if dims and tile.kind is TileKind.SHIM:
            message = f"fifo `@{fifo.symbol}`: `dimensionsFromStream` on a shim tile"
            yield Problem(fifo, message, "fifo-dims-on-shim", hint)


def _link(link: ObjectFifoLinkOp, fifos: Fifos) -> Iterator[Problem]:
    inputs = [fifos[name] for name in link.inputs]
    outputs = [fifos[name] for name in link.outputs]
    if (len(inputs) > 1 and len(outputs) > 1) or not inputs or not outputs:
        yield Problem(link, "a link has one input or one output", "link-shape")
        return
    tile = outputs[0].producer
    if not all(tile in fifo.consumers for fifo in inputs) or any(fifo.producer != tile for fifo in outputs):
        yield Problem(link, "the fifos of a link must meet in one tile", "link-no-shared-tile")
    elif len(inputs) + len(outputs) > 2 and tile.kind is not TileKind.MEM:
        message = f"a link that joins or distributes needs a memory tile, but {tile} is none"
        yield Problem(link, message, "link-needs-memory-tile")
    for what, ends, offsets in (("input", inputs, link.src_offsets), ("output", outputs, link.dst_offsets)):
        if len(ends) > 1 and len(offsets) != len(ends):
            message = f"the link gives {len(offsets)} offsets for its {len(ends)} {what}s"
            yield Problem(link, message, "link-offset-count", f"give one for each {what}")


def _accesses(core: CoreOp, fifos: Fifos) -> Iterator[Problem]:
    """What a core acquires and releases: fifos that end on its tile, on the right side; reported once for each."""
    seen: set[tuple[str, str]] = set()
    for op in core.body.walk():
        if isinstance(op, ObjectFifoSubviewAccessOp):
            yield from _subview_index(op)
        if not isinstance(op, ObjectFifoAcquireOp | ObjectFifoReleaseOp):
            continue
        if op.count < 1:
            yield Problem(op, f"`{op.name}` needs at least one object", "fifo-access-count")
        fifo = fifos.get(op.fifo)
        if fifo is None or (op.fifo, op.port) in seen:
            continue
        seen.add((op.fifo, op.port))
        ends = (fifo.producer,) if op.port == "Produce" else fifo.consumers
        if core.tile not in ends:
            side = "producer" if op.port == "Produce" else "consumer"
            tiles = ", ".join(str(tile) for tile in ends)
            message = f"the core on {core.tile} is no {side} of fifo `@{op.fifo}`"
            yield Problem(op, message, "fifo-access-from-foreign-tile", f"{side}: {tiles}")


def _accesses_outside(device: DeviceOp) -> Iterator[Problem]:
    """Acquires and releases count for the core they stand in, so they stand in one, not in a function it calls."""
    outside = [op for op in device.block.ops if not isinstance(op, CoreOp)]
    for op in (inner for around in outside for inner in around.walk()):
        if isinstance(op, ObjectFifoAcquireOp | ObjectFifoReleaseOp):
            yield Problem(op, f"`{op.name}` must stand in a core", "fifo-access-outside-core")


def _subview_index(op: ObjectFifoSubviewAccessOp) -> Iterator[Problem]:
    acquired = op.subview.owner
    if isinstance(acquired, ObjectFifoAcquireOp) and not 0 <= op.index < acquired.count:
        message = f"object {op.index} of {acquired.count} acquired ones"
        yield Problem(op, message, "fifo-access-index", "acquire more objects, or count from 0")
