"""What makes an `aie.objectfifo` impossible before anything is placed (npu-facts.md, 2.4, 5.2, 5.3)."""

from __future__ import annotations

from npubuild.hardware.devices import RESOURCES, TileKind
from npubuild.hardware.limits import MOST_REPEAT
from npubuild.mlir.dialect.aie import DeviceOp, ObjectFifoAllocateOp, ObjectFifoOp, ObjectFifoRegisterExternalBuffersOp
from npubuild.mlir.memrefs import elements, storable
from npubuild.placement.findings import Findings

MAX_PASSES = MOST_REPEAT + 1  # of an iter_count: the queue repeats a task at most that often


def read_declarations(device: DeviceOp, findings: Findings) -> dict[str, ObjectFifoOp]:
    """The fifos of the device by name, in program order; those that cannot be built are reported and left out."""
    found: dict[str, ObjectFifoOp] = {}
    for op in device.ops_of(ObjectFifoOp):
        if op.symbol in found:
            findings.error(op, "duplicate-symbol", f"a second object fifo @{op.symbol}", "give every fifo its own name")
        elif _buildable(op, findings):
            found[op.symbol] = op
    names = {op.symbol for op in device.ops_of(ObjectFifoOp)}
    for allocate in device.ops_of(ObjectFifoAllocateOp):
        if allocate.fifo not in names:
            findings.error(allocate, "unknown-fifo", f"@{allocate.fifo} is no object fifo of this device")
    for register in device.ops_of(ObjectFifoRegisterExternalBuffersOp):
        if register.fifo not in names:
            findings.error(register, "unknown-fifo", f"@{register.fifo} is no object fifo of this device")
    return found


def _buildable(op: ObjectFifoOp, findings: Findings) -> bool:
    """Whether the fifo's shape lets the rest of the placement look at it; all that is wrong is reported."""
    if not op.consumers:
        findings.error(op, "fifo-without-consumer", f"object fifo @{op.symbol} has no consumer", "name at least one tile")
        return False
    if op.has_depth_array and len(op.depths) != 1 + len(op.consumers):
        findings.error(
            op,
            "fifo-depth-count",
            f"@{op.symbol} has {len(op.depths)} depths for 1 producer and {len(op.consumers)} consumers",
            f"give one number for all ends, or {1 + len(op.consumers)}: the producer's first, then one per consumer",
        )
        return False
    if min(op.depths) < 1:
        findings.error(op, "fifo-depth", f"@{op.symbol} has a depth of {min(op.depths)}", "a depth is 1 or more")
        return False
    if not storable(op.element) or not elements(op.element):
        findings.error(
            op,
            "buffer-type",
            f"the objects of @{op.symbol} are of type {op.element}, whose size is not known",
            "use a memref of a static shape, with integer or float elements",
        )
        return False
    _check_initial_values(op, findings)
    _check_shim_ends(op, findings)
    _check_repetition(op, findings)
    return True


def _check_initial_values(op: ObjectFifoOp, findings: Findings) -> None:
    if op.initial is None:
        return
    if len(op.initial) != op.depths[0]:
        findings.error(
            op,
            "fifo-initial-count",
            f"@{op.symbol} has {len(op.initial)} initial values for {op.depths[0]} objects",
            "give one initial value for every object of the ring, or none at all",
        )
    if op.producer.kind is TileKind.SHIM:
        findings.error(
            op,
            "fifo-initial-on-shim",
            f"@{op.symbol} has initial values and its producer on shim tile {op.producer}, which has no memory",
            "let the host send these values, or start the fifo on a memory tile",
        )


def _check_shim_ends(op: ObjectFifoOp, findings: Findings) -> None:
    hint = "shim transfers take their pattern from the runtime sequence: put sizes and strides there"
    if op.dims_to and op.producer.kind is TileKind.SHIM:
        findings.error(
            op, "fifo-dims-on-shim", f"dimensionsToStream of @{op.symbol} on its producer, shim tile {op.producer}", hint
        )
    for tile, dims in zip(op.consumers, op.dims_from, strict=False):
        if dims and tile.kind is TileKind.SHIM:
            findings.error(op, "fifo-dims-on-shim", f"dimensionsFromStream of @{op.symbol} on shim tile {tile}", hint)
    if op.plio:
        findings.error(
            op,
            "fifo-plio",
            f"@{op.symbol} asks for a PLIO port, and the shim tiles of an NPU have none",
            "leave `plio` out: shim ends use the DMA",
        )


def _check_repetition(op: ObjectFifoOp, findings: Findings) -> None:
    if op.repeat_count is not None:
        most = RESOURCES[op.producer.kind].descriptors
        if not 1 <= op.repeat_count <= most:
            findings.error(
                op,
                "fifo-repeat-count",
                f"repeat_count of @{op.symbol} is {op.repeat_count}",
                f"1 to {most} on tile {op.producer}: every repetition takes a buffer descriptor of its own",
            )
        if op.producer.kind is TileKind.SHIM:
            findings.error(
                op,
                "fifo-repeat-count",
                f"repeat_count on @{op.symbol}, whose producer is shim tile {op.producer}",
                "repeat the transfer in the runtime sequence, or repeat on a memory tile",
            )
    if op.iter_count is not None:
        ends = (op.producer, *op.consumers)
        if not 1 <= op.iter_count <= MAX_PASSES or not any(tile.kind is TileKind.MEM for tile in ends):
            findings.error(
                op,
                "fifo-iter-count",
                f"iter_count of @{op.symbol} is {op.iter_count}",
                f"iter_count is between 1 and {MAX_PASSES}, on a fifo with an end on a memory tile",
            )
    if op.padding and op.producer.kind is not TileKind.MEM:
        findings.error(
            op,
            "padding-needs-memory-tile",
            f"padDimensions on @{op.symbol}, whose producer is {op.producer.kind.value} tile {op.producer}",
            "only the MM2S channels of memory tiles pad with zeros: send the data through one",
        )
