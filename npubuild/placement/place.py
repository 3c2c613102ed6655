"""`place`: a device of a design as the real compiler's design phase leaves it, or every reason why it does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from npubuild.hardware.descriptors import BufferDescriptor, Packet
from npubuild.hardware.devices import Channel, Device, Tile, TileKind, devices
from npubuild.mlir.dialect.aie import BufferOp, CascadeFlowOp, DeviceOp, ShimDmaAllocationOp, TileOp
from npubuild.mlir.dialect.objectfifo import ALLOCATION_SUFFIX
from npubuild.placement.access import accesses_by_core, describe_rings
from npubuild.placement.addresses import assign_addresses
from npubuild.placement.channels import assign_channels
from npubuild.placement.cores import check_accesses, read_cores
from npubuild.placement.data import Data, name_anonymous, own_data
from npubuild.placement.declarations import read_declarations
from npubuild.placement.encoding import check_alignment, check_program, describe
from npubuild.placement.fifos import End, Fifo, FifoReader
from npubuild.placement.findings import Findings
from npubuild.placement.flows import read_flows
from npubuild.placement.held import check_held
from npubuild.placement.links import Link, read_links
from npubuild.placement.locks import LockIds
from npubuild.placement.model import Allocation, Buffer, Core, Lock, Placement, Task
from npubuild.placement.numbering import number_descriptors
from npubuild.placement.order import compiled_order
from npubuild.placement.programs import Names, Program, read_programs
from npubuild.placement.rings import PoolBuilder
from npubuild.placement.transfers import append_end, link_of

if TYPE_CHECKING:
    from npubuild.mlir.source import Design

CONTROLLER_IDS = (15, 26, 27, 29, 30, 31)
"""The default controller id of a tile by its row: unique within a column (npu-facts.md, 1.7)."""


def place(design: Design, device_op: DeviceOp) -> Placement:
    """Everything that the configuration of `device_op` sets up, or a UserError with all findings when it does not fit.

    The phases follow each other as in the real compiler (npu-facts.md, 3.1): findings of one phase end it, so that none is
    the mere consequence of another.
    """
    findings = Findings(design)
    device = devices()[device_op.device_name]
    structure = _read_structure(device_op, device, findings)
    findings.stop()
    resources = _take_resources(device_op, device, structure, findings)
    findings.stop()
    programs, numbers = _write_programs(device_op, device, structure, resources, findings)
    stacks = {core.tile: core.stack_size for core in structure.cores}
    schemes = {op.tile: op.allocation_scheme for op in device_op.ops_of(TileOp) if op.allocation_scheme is not None}
    addresses = assign_addresses(resources.data, stacks, schemes, findings)
    check_alignment(programs.values(), {data.name: address for data, address in addresses.items()}, findings)
    findings.stop()
    buffers = tuple(
        Buffer(data.name, data.tile, addresses[data], data.size, data.memref, data.initial) for data in resources.data
    )
    descriptors = _descriptors(programs, numbers, buffers, device, findings)
    findings.stop()
    flows, packet_flows = read_flows(device_op, structure.fifos, resources.channels)
    rings = describe_rings(structure.fifos, structure.links, resources.builder)
    return Placement(
        device=device,
        name=device_op.symbol,
        buffers=buffers,
        locks=tuple(resources.locks),
        descriptors=descriptors,
        tasks=_tasks(programs, numbers),
        flows=flows,
        packet_flows=packet_flows,
        rings=tuple(rings.values()),
        accesses=accesses_by_core(device_op, structure.fifos, rings),
        allocations=_allocations(device_op, structure.fifos, resources.channels),
        controller_ids=_controller_ids(device_op),
        cores=structure.cores,
        names={**resources.names.buffers, **{value: lock.name for value, lock in resources.names.locks.items()}},
        cascades=tuple((flow.source, flow.destination) for flow in device_op.ops_of(CascadeFlowOp)),
    )


@dataclass(frozen=True)
class _Structure:
    """What the design says, read and checked."""

    fifos: Mapping[str, Fifo]
    links: Mapping[str, Link]
    cores: tuple[Core, ...]


@dataclass(frozen=True)
class _Resources:
    """What the parts of the design take from their tiles."""

    builder: PoolBuilder
    data: list[Data]
    locks: list[Lock]
    names: Names
    channels: Mapping[End, Channel]


def _read_structure(device_op: DeviceOp, device: Device, findings: Findings) -> _Structure:
    for tile_op in device_op.ops_of(TileOp):
        if tile_op.tile not in device:
            findings.error(
                tile_op,
                "tile-outside-device",
                f"tile {tile_op.tile} lies outside {device.name}: {device.columns} columns, {device.rows} rows",
                f"use columns 0 to {device.columns - 1} and rows 0 to {device.rows - 1}, or a larger device",
            )
    findings.stop()
    declarations = read_declarations(device_op, findings)
    findings.stop()
    links = read_links(device_op, declarations, findings)
    check_accesses(device_op, declarations, links, findings)
    cores = read_cores(device_op, findings)
    findings.stop()
    reader = FifoReader(device_op, links, findings)
    fifos = {name: reader.read(op) for name, op in declarations.items()}
    for fifo in fifos.values():
        _check_shim_ends(fifo, findings)
        _check_stream_ends(fifo, findings)
    check_held(device_op, fifos, findings)
    return _Structure(fifos, links, cores)


def _check_shim_ends(fifo: Fifo, findings: Findings) -> None:
    """A fifo makes one allocation symbol, so only one of its ends may be on a shim (npu-facts.md, 5.5)."""
    ends = [end for end in fifo.ends if end.tile.kind is TileKind.SHIM] if fifo.is_split else []
    if len(ends) > 1:
        findings.error(
            fifo.op,
            "fifo-two-shim-ends",
            f"@{fifo.name} has {len(ends)} ends on shim tiles: {', '.join(str(end.tile) for end in ends)}",
            "one fifo reaches the host once: use a fifo for each shim tile (linked on a memory tile, or fed by the core)",
        )


def _check_stream_ends(fifo: Fifo, findings: Findings) -> None:
    """Only cores have the stream ports that `aie_stream` connects to."""
    for end in fifo.ends:
        if end.streams and end.tile.kind is not TileKind.CORE:
            findings.error(
                fifo.op,
                "fifo-stream-end",
                f"`aie_stream` gives @{fifo.name} a stream port of a core on tile {end.tile}, which has none",
                "0 is the producer's end, 1 the consumers' end, 2 both",
            )


def _take_resources(device_op: DeviceOp, device: Device, structure: _Structure, findings: Findings) -> _Resources:
    lock_ids = LockIds(findings)
    own_locks = lock_ids.declare(device_op)
    own_buffers = own_data(device_op, findings)
    builder = PoolBuilder(device, structure.fifos, structure.links, lock_ids, findings)
    builder.build()
    spilled = [end for end, pool in builder.pool_of.items() if pool.is_spilled]
    data = compiled_order(device_op, own_buffers, [pool.objects for pool in builder.created])
    name_anonymous(data)
    return _Resources(
        builder,
        data,
        compiled_order(device_op, own_locks, [[lock for pair in pool.pairs for lock in pair] for pool in builder.created]),
        Names(
            {op.result: item.name for op, item in own_buffers.items() if isinstance(op, BufferOp)},
            {op.result: lock for op, lock in own_locks.items()},
        ),
        assign_channels(device_op, structure.fifos.values(), spilled, findings),
    )


def _write_programs(
    device_op: DeviceOp, device: Device, structure: _Structure, resources: _Resources, findings: Findings
) -> tuple[dict[Tile, Program], dict[Tile, list[int]]]:
    """The DMA program of every tile, the design's own chains first, and the numbers of its descriptors."""
    programs = read_programs(device_op, resources.names, findings)
    for fifo in structure.fifos.values():
        for end in (fifo.producer, *fifo.consumers) if fifo.is_split else ():
            pool, channel = resources.builder.pool_of.get(end), resources.channels.get(end)
            if pool is not None and channel is not None:
                program = programs.setdefault(end.tile, Program(end.tile))
                append_end(program, end, pool, channel, link_of(end, structure.links))
    tiles = {data.name: data.tile for data in resources.data}
    for program in programs.values():
        check_program(program, tiles, device, findings)
    return programs, {tile: number_descriptors(program, findings) for tile, program in programs.items()}


def _descriptors(
    programs: Mapping[Tile, Program],
    numbers: Mapping[Tile, list[int]],
    buffers: tuple[Buffer, ...],
    device: Device,
    findings: Findings,
) -> dict[tuple[Tile, int], BufferDescriptor]:
    by_name = {buffer.name: buffer for buffer in buffers}
    found: dict[tuple[Tile, int], BufferDescriptor] = {}
    for tile, program in programs.items():
        found |= describe(program, numbers[tile], by_name, device, findings)
    return found


def _tasks(programs: Mapping[Tile, Program], numbers: Mapping[Tile, list[int]]) -> tuple[Task, ...]:
    return tuple(
        Task(start.channel, numbers[tile][start.first], start.repeat)
        for tile, program in programs.items()
        for start in program.starts
    )


def _allocations(device_op: DeviceOp, fifos: Mapping[str, Fifo], channels: Mapping[End, Channel]) -> dict[str, Allocation]:
    """Shim channels by symbol: explicit ones, then those of fifos as `f_shim_alloc` and as `f` (npu-facts.md, 5.5)."""
    found: dict[str, Allocation] = {}
    for op in device_op.ops_of(ShimDmaAllocationOp):
        packet = None if op.packet is None else Packet(op.packet.type, op.packet.id)
        found[op.symbol] = Allocation(op.symbol, Channel(op.tile, op.direction, op.channel_index), packet)
    for fifo in fifos.values():
        for end in (fifo.producer, *fifo.consumers) if fifo.is_split else ():
            if end.tile.kind is TileKind.SHIM:
                allocation = Allocation(fifo.name + ALLOCATION_SUFFIX, channels[end])
                found[allocation.symbol] = found[fifo.name] = allocation
    return found


def _controller_ids(device_op: DeviceOp) -> dict[Tile, int]:
    return {
        op.tile: CONTROLLER_IDS[op.row] if op.controller_id is None else op.controller_id.id
        for op in device_op.ops_of(TileOp)
    }
