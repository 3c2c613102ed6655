"""DMA programs: the buffer descriptors and started channels of one tile before they have numbers.

`read_programs` takes them from the `aie.mem`, `aie.memtile_dma` and `aie.shim_dma` of a design, in both of their forms;
`fifo_transfers` appends those of object fifos.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xdsl.dialects.builtin import MemRefType
from xdsl.ir import Block, Operation, SSAValue

from npubuild.hardware.descriptors import Packet
from npubuild.hardware.devices import RESOURCES, Channel, Direction, Tile
from npubuild.mlir.dialect.aie import (
    BufferOp,
    DeviceOp,
    DmaBdOp,
    DmaBdPacketOp,
    DmaOp,
    DmaStartOp,
    EndOp,
    ExternalBufferOp,
    LockOp,
    MemOp,
    MemTileDmaOp,
    NextBdOp,
    ShimDmaOp,
    UseLockOp,
)
from npubuild.placement.findings import Findings
from npubuild.placement.model import Lock

Pairs = tuple[tuple[int, int], ...]
ProgramOp = MemOp | MemTileDmaOp | ShimDmaOp


@dataclass(eq=False)
class Transfer:
    """One buffer descriptor to be.

    `buffer` is the name of a buffer of the placement, None for memory of the host, `memref` its type; `offset`, `length`,
    `dims` and `pads` are in its elements, outermost first. A lock step is a lock and the value of a descriptor
    (acquire: negative for at least, positive for equality). `next` is the position of the next transfer in the program.
    """

    op: Operation
    channel: Channel
    buffer: str | None
    memref: MemRefType
    offset: int
    length: int
    dims: Pairs = ()
    pads: Pairs = ()
    packet: Packet | None = None
    acquire: tuple[Lock, int] | None = None
    release: tuple[Lock, int] | None = None
    bd_id: int | None = None
    next: int | None = None
    burst: int = 0


@dataclass(frozen=True)
class Start:
    """A channel that starts at configuration with the transfer at position `first` and runs it `repeat` + 1 times."""

    channel: Channel
    first: int
    repeat: int


@dataclass(eq=False)
class Program:
    """All that the DMA of one tile does from configuration on, in the order of the compiler's blocks."""

    tile: Tile
    transfers: list[Transfer] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)

    def append(self, channel: Channel, transfers: Iterable[Transfer], repeat: int | None) -> None:
        """Add a chain of its own: it runs in a circle, or ends and runs `repeat` + 1 times when a number is given."""
        first = len(self.transfers)
        self.transfers.extend(transfers)
        last = len(self.transfers) - 1
        for position in range(first, last):
            self.transfers[position].next = position + 1
        self.transfers[last].next = first if repeat is None else None
        self.starts.append(Start(channel, first, repeat or 0))


@dataclass(frozen=True)
class Names:
    """What SSA values of the design stand for: names of buffers, and locks."""

    buffers: Mapping[SSAValue, str]
    locks: Mapping[SSAValue, Lock]


def program_ops(device: DeviceOp) -> list[ProgramOp]:
    """The DMA programs that the design writes out: those of cores, of memory tiles, of shims."""
    return [*device.ops_of(MemOp), *device.ops_of(MemTileDmaOp), *device.ops_of(ShimDmaOp)]


def read_programs(device: DeviceOp, names: Names, findings: Findings) -> dict[Tile, Program]:
    """The programs that the design writes out itself, by tile."""
    programs: dict[Tile, Program] = {}
    for op in program_ops(device):
        if op.tile in programs:
            findings.error(
                op, "duplicate-dma-program", f"a second DMA program for tile {op.tile}", "put all chains into one"
            )
            continue
        programs[op.tile] = _Reader(op, names, findings).read()
    return programs


class _Reader:
    """Reads one DMA program op."""

    def __init__(self, op: ProgramOp, names: Names, findings: Findings) -> None:
        self._op = op
        self._names = names
        self._findings = findings
        self._program = Program(op.tile)
        self._positions: dict[Block, int] = {}

    def read(self) -> Program:
        channels = self._channels_of_blocks()
        started: list[DmaStartOp] = []
        for block in self._op.body.blocks:
            if any(isinstance(op, DmaBdOp) for op in block.ops):
                channel = channels.get(block, Channel(self._op.tile, Direction.S2MM, 0))
                if (position := self._add(block, channel)) is not None:
                    self._positions[block] = position
            for op in block.ops:
                if isinstance(op, DmaStartOp):
                    started.append(op)
                elif isinstance(op, DmaOp):
                    self._add_regions(op)
        for block, position in self._positions.items():
            self._program.transfers[position].next = self._next(block.last_op)
        for op in started:
            self._start(op)
        return self._program

    def _channels_of_blocks(self) -> dict[Block, Channel]:
        """The channel that runs each block: needed where a channel's parity decides on descriptor numbers."""
        found: dict[Block, Channel] = {}
        for block in self._op.body.blocks:
            for op in block.ops:
                if not isinstance(op, DmaStartOp):
                    continue
                channel, current = Channel(self._op.tile, op.direction, op.channel_index), op.first
                while current not in found and current is not block:
                    found[current] = channel
                    if not isinstance(last := current.last_op, NextBdOp):
                        break
                    current = last.target
        return found

    def _start(self, op: DmaStartOp) -> None:
        channel = Channel(self._op.tile, op.direction, op.channel_index)
        if not self._channel_exists(op, channel):
            return
        first = self._position(op.first)
        if first is None:
            self._findings.error(
                op,
                "dma-start-without-descriptor",
                f"channel {channel.direction.name} {channel.index} of {channel.tile} starts at a block without `aie.dma_bd`",
                "let the first block of the list hold a buffer descriptor",
            )
            return
        self._program.starts.append(Start(channel, first, op.repeat))

    def _channel_exists(self, op: DmaStartOp | DmaOp, channel: Channel) -> bool:
        available = RESOURCES[channel.tile.kind].channels
        if not 0 <= channel.index < available:
            self._findings.error(
                op,
                "channel-range",
                f"channel {channel.direction.name} {channel.index} on tile {channel.tile}, which has {available}",
                f"use a channel from 0 to {available - 1}",
            )
            return False
        if any(start.channel == channel for start in self._program.starts):
            self._findings.error(
                op,
                "duplicate-dma-channel",
                f"channel {channel.direction.name} {channel.index} of tile {channel.tile} is started twice",
                "chain the descriptors of one channel behind each other",
            )
            return False
        return True

    def _next(self, terminator: Operation | None) -> int | None:
        return self._position(terminator.target) if isinstance(terminator, NextBdOp) else None

    def _position(self, block: Block) -> int | None:
        """The transfer in which `block`, or the first block after it that holds one, ends up; None at the end of a list."""
        seen: set[Block] = set()
        while block not in self._positions and block not in seen:
            seen.add(block)
            if not isinstance(last := block.last_op, NextBdOp):
                return None
            block = last.target
        return self._positions.get(block)

    def _add_regions(self, op: DmaOp) -> None:
        """The `aie.dma` form: one region a descriptor, in a circle unless `loop = false`."""
        channel = Channel(self._op.tile, op.direction, op.channel_index)
        if not self._channel_exists(op, channel):
            return
        first = len(self._program.transfers)
        for region in op.bds:
            self._add(region.block, channel)
        count = len(self._program.transfers) - first
        if not count:
            self._findings.error(op, "dma-start-without-descriptor", "an `aie.dma` without buffer descriptors")
            return
        for position in range(first, first + count):
            self._program.transfers[position].next = position + 1
        self._program.transfers[-1].next = first if op.loop else None
        self._program.starts.append(Start(channel, first, op.repeat))

    def _add(self, block: Block, channel: Channel) -> int | None:
        """Append the transfer that a block of use_lock, dma_bd_packet, dma_bd, use_lock describes; its position."""
        descriptors = [op for op in block.ops if isinstance(op, DmaBdOp)]
        for extra in descriptors[1:]:
            self._findings.error(
                extra, "dma-bd-per-block", "a second `aie.dma_bd` in one block", "give every descriptor its own block"
            )
        if not descriptors:
            self._findings.error(self._op, "dma-start-without-descriptor", "a region without `aie.dma_bd`")
            return None
        op, memref = descriptors[0], descriptors[0].buffer.type
        if not isinstance(memref, MemRefType) or not isinstance(op.buffer.owner, (BufferOp, ExternalBufferOp)):
            self._findings.error(
                op, "dma-operand", "a descriptor of something else than an `aie.buffer` or `aie.external_buffer`"
            )
            return None
        transfer = Transfer(
            op,
            channel,
            self._names.buffers.get(op.buffer),
            memref,
            op.offset_value,
            op.length,
            dims=op.dims or (),
            pads=op.pads or (),
            packet=None if op.packet is None else Packet(op.packet.type, op.packet.id),
            bd_id=op.bd_id,
            burst=op.burst,
        )
        self._add_steps(block, transfer)
        self._program.transfers.append(transfer)
        return len(self._program.transfers) - 1

    def _add_steps(self, block: Block, transfer: Transfer) -> None:
        """The locks and the packet header around a descriptor. The last acquire and the last release count."""
        for op in block.ops:
            if isinstance(op, DmaBdPacketOp):
                transfer.packet = Packet(op.packet_type, op.packet_id)
            elif isinstance(op, UseLockOp):
                lock = self._names.locks.get(op.lock)
                if lock is None:
                    if not isinstance(op.lock.owner, LockOp):
                        self._findings.error(op, "unknown-lock", "the operand of this use_lock is no `aie.lock`")
                elif op.action == "Release":
                    transfer.release = (lock, op.amount)
                else:
                    transfer.acquire = (lock, -op.amount if op.action == "AcquireGreaterEqual" else op.amount)
            elif not isinstance(op, (DmaBdOp, NextBdOp, EndOp, DmaStartOp)):
                self._findings.error(
                    op, "dma-block-content", f"`{op.name}` in a block of a DMA program", "a block holds use_lock and dma_bd"
                )
