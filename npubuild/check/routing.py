"""Channels and addresses that a design uses twice without knowing (rules 14 and 43 of npu-facts.md, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.check.subject import SequenceOf, Subject
from npubuild.errors import Diagnostic, Severity
from npubuild.hardware.devices import Channel, Direction
from npubuild.hardware.registers import RegisterKind, identify
from npubuild.lowering.txn import BlockWrite, MaskWrite, Write
from npubuild.mlir.dialect.aie import BufferOp, FlowOp, PacketFlowOp, ShimDmaAllocationOp
from npubuild.mlir.dialect.aiex import NpuBlockWriteOp, NpuMaskWrite32Op, NpuWrite32Op
from npubuild.placement.model import Placement, Port

DMA = "DMA"


def check(subject: Subject) -> Iterator[Diagnostic]:
    if subject.placement is None:
        return
    yield from _shared_channels(subject, subject.placement)
    for sequence in subject.sequences:
        yield from _moved_buffers(subject, sequence, subject.placement)


def _shared_channels(subject: Subject, placement: Placement) -> Iterator[Diagnostic]:
    """Channels that the compiler gives to a fifo although the design states a flow or an allocation for them."""
    owners = _fifo_channels(subject, placement)
    reported: set[Channel] = set()
    for op in subject.device.block.ops:
        if isinstance(op, FlowOp):
            ends = [(op.source, Direction.MM2S), (op.destination, Direction.S2MM)]
        elif isinstance(op, PacketFlowOp):
            ends = [(port, Direction.MM2S) for port in op.sources] + [(port, Direction.S2MM) for port in op.destinations]
        elif isinstance(op, ShimDmaAllocationOp):
            ends = [((op.tile, DMA, op.channel_index), op.direction)]
        else:
            continue
        for (tile, bundle, index), direction in ends:
            channel = Channel(tile, direction, index)
            if bundle == DMA and channel in owners and channel not in reported:
                reported.add(channel)
                message = f"{direction.name} {index} of tile {tile} is taken by @{owners[channel]} as well: their data mixes"
                hint = "fifos take the lowest channels in program order: use the other channel here, or a fifo instead"
                severity = Severity.WARNING if isinstance(op, ShimDmaAllocationOp) else None
                yield subject.finding(op, "shared-channel", message, hint, severity)


def _fifo_channels(subject: Subject, placement: Placement) -> dict[Channel, str]:
    """The channels that fifos got, on shims and inside the array, with the fifos that may be behind each."""
    owners = {channel: name for channel, name in subject.symbols.items() if name in subject.fifos}
    explicit = {(_port(op.source), _port(op.destination)) for op in subject.device.ops_of(FlowOp)}
    for flow in placement.flows:
        source, destination = flow.source, flow.destination
        if (source, destination) in explicit or not source.bundle == destination.bundle == DMA:
            continue
        between = [
            name
            for name, fifo in subject.fifos.items()
            if fifo.producer == source.tile and destination.tile in fifo.consumers
        ]
        if between:
            owners.setdefault(Channel(source.tile, Direction.MM2S, source.channel), " or @".join(between))
            owners.setdefault(Channel(destination.tile, Direction.S2MM, destination.channel), " or @".join(between))
    return owners


def _port(port: tuple[object, ...]) -> Port:
    return Port(*port)  # type: ignore[arg-type]


def _moved_buffers(subject: Subject, sequence: SequenceOf, placement: Placement) -> Iterator[Diagnostic]:
    """Writes to an address that the design gives to a buffer, which the allocator has put elsewhere (npu-facts.md, 5.6)."""
    moved = [
        (op, buffer)
        for op in subject.device.ops_of(BufferOp)
        if op.address_value is not None
        for buffer in placement.buffers
        if buffer.name == placement.names.get(op.result) and buffer.address != op.address_value
    ]
    if sequence.lowered is None or not moved:
        return
    for operation, origin in zip(sequence.lowered.stream.operations, sequence.lowered.origins, strict=True):
        if not isinstance(origin, NpuWrite32Op | NpuMaskWrite32Op | NpuBlockWriteOp) or origin.buffer is not None:
            continue
        assert isinstance(operation, Write | MaskWrite | BlockWrite)
        register = identify(operation.address)
        for op, buffer in moved:
            start = op.address_value or 0
            inside = start <= register.index < start + buffer.nbytes
            if register.kind is RegisterKind.MEMORY and register.tile == buffer.tile and inside:
                message = (
                    f"address {register.index} of tile {register.tile} is where `{buffer.name}` is declared, but the"
                    f" allocator puts it at {buffer.address}: the write goes to another place"
                )
                hint = f"name the buffer instead: `buffer = @{buffer.name}`, with the address counting words into it"
                yield subject.finding(origin, "moved-buffer-address", message, hint)
