"""From transfers to buffer descriptors: words, addresses as the tile's DMA sees them, lock numbers (1.4, 1.5, 5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from npubuild.hardware.descriptors import BufferDescriptor, LockStep, misfits
from npubuild.hardware.devices import Device, Tile, TileKind
from npubuild.hardware.limits import BURSTS, HIGHEST_LOCK, LOCAL_CHANNELS_FROM, LOWEST_LOCK, MEMORY_WINDOW, WORD_BITS, window
from npubuild.mlir.memrefs import element_bits, storable
from npubuild.placement.dimensions import (
    check_pattern,
    dimensions_in_words,
    padding_in_words,
)
from npubuild.placement.findings import Findings
from npubuild.placement.locks import local_id
from npubuild.placement.model import Buffer, Lock
from npubuild.placement.programs import Program, Transfer


def check_program(program: Program, tiles: Mapping[str, Tile], device: Device, findings: Findings) -> None:
    """Report transfers that no descriptor of this tile can express; `tiles` says where each buffer lies."""
    for transfer in program.transfers:
        _check_burst(transfer, device, findings)
        _check_memory(transfer, program.tile, tiles, findings)
        if not storable(transfer.memref):
            findings.error(transfer.op, "buffer-type", f"a transfer of {transfer.memref}, whose size is not known")
            continue
        _check_length(transfer, element_bits(transfer.memref) or WORD_BITS, findings)
        check_pattern(transfer, findings)
        for step in (transfer.acquire, transfer.release):
            if step is not None and not LOWEST_LOCK <= step[1] <= HIGHEST_LOCK:
                findings.error(
                    transfer.op, "lock-value-range", f"a descriptor takes lock values up to {HIGHEST_LOCK}, not {step[1]}"
                )
            if step is not None and local_id(step[0], program.tile) is None:
                findings.error(
                    transfer.op,
                    "lock-not-reachable",
                    f"the DMA of tile {program.tile} cannot reach lock `{step[0].name}` of tile {step[0].tile}",
                    "use a lock of the same tile (a memory tile's DMA also reaches those of its east and west neighbours)",
                )


def _check_memory(transfer: Transfer, tile: Tile, tiles: Mapping[str, Tile], findings: Findings) -> None:
    """A core's DMA has its own memory only, a memory tile's also its neighbours', a shim's that of the host."""
    where = None if transfer.buffer is None else tiles[transfer.buffer]
    if tile.kind is TileKind.SHIM:
        reached = where is None
    else:
        reached = where == tile or (
            where is not None and tile.kind is where.kind is TileKind.MEM and abs(where.col - tile.col) == 1
        )
    if not reached:
        findings.error(
            transfer.op,
            "buffer-not-reachable",
            f"the DMA of tile {tile} cannot reach {f'`{transfer.buffer}` on tile {where}' if where else 'host memory'}",
            "a shim's DMA reaches external buffers, a core's its own memory, a memory tile's that of its neighbours too",
        )
    if where is not None and where != tile and transfer.channel.index >= LOCAL_CHANNELS_FROM:
        findings.error(
            transfer.op,
            "buffer-not-reachable",
            f"channel {transfer.channel.index} of memory tile {tile} cannot reach `{transfer.buffer}` on tile {where}",
            "channels 4 and 5 reach only their own tile's memory: use one of 0 to 3",
        )


def _check_burst(transfer: Transfer, device: Device, findings: Findings) -> None:
    kind, bursts = transfer.channel.tile.kind, BURSTS[device.architecture]
    if transfer.burst and (kind is not TileKind.SHIM or transfer.burst not in bursts):
        findings.error(
            transfer.op,
            "dma-burst-length",
            f"a burst length of {transfer.burst} on a {kind.value} tile of {device.name}",
            f"a shim descriptor has one of {', '.join(map(str, bursts))}, those of other tiles have none",
        )


def _check_length(transfer: Transfer, bits: int, findings: Findings) -> None:
    """Streams move words, from word addresses."""
    length, offset = transfer.length * bits, transfer.offset * bits
    if length % WORD_BITS or offset % WORD_BITS:
        findings.error(
            transfer.op,
            "transfer-not-in-words",
            f"a transfer of {length // 8} bytes at byte {offset // 8}; lengths and offsets are multiples of 4 bytes",
            "make every object (and every part of it) a multiple of 4 bytes, for example by padding the memref",
        )
    if length <= 0:
        findings.error(transfer.op, "dma-length-short", f"a transfer of {transfer.length} elements", "a length is positive")
    if offset < 0:
        findings.error(
            transfer.op, "dma-offset-range", f"a transfer from element {transfer.offset} on", "offsets are 0 or more"
        )


def check_alignment(programs: Iterable[Program], addresses: Mapping[str, int], findings: Findings) -> None:
    """Report transfers that start inside a word because their buffer does; `addresses` in bytes, by buffer."""
    for program in programs:
        for transfer in program.transfers:
            if transfer.buffer is None or transfer.buffer not in addresses:
                continue
            offset = transfer.offset * (element_bits(transfer.memref) or 0)
            start = addresses[transfer.buffer] + offset // 8
            if start * 8 % WORD_BITS and offset % WORD_BITS == 0:
                findings.error(
                    transfer.op,
                    "transfer-not-aligned",
                    f"the transfer starts at byte {start} of tile {program.tile}, inside a word",
                    f"make the buffers in front of `{transfer.buffer}` a multiple of 4 bytes: the allocator does not align",
                )


def describe(
    program: Program, numbers: list[int], buffers: Mapping[str, Buffer], device: Device, findings: Findings
) -> dict[tuple[Tile, int], BufferDescriptor]:
    """The descriptors of one program by tile and number; values that their fields do not hold are reported."""
    found: dict[tuple[Tile, int], BufferDescriptor] = {}
    for transfer, number in zip(program.transfers, numbers, strict=True):
        descriptor = found[program.tile, number] = _descriptor(transfer, program.tile, numbers, buffers, device)
        for name, problem in misfits(descriptor, program.tile.kind):
            rule = "dma-length-range" if name == "length" else "dma-field-range"
            findings.error(transfer.op, rule, f"{name} {problem}", "split the transfer over several descriptors")
    return found


def _descriptor(
    transfer: Transfer, tile: Tile, numbers: list[int], buffers: Mapping[str, Buffer], device: Device
) -> BufferDescriptor:
    bits = element_bits(transfer.memref) or WORD_BITS
    bursts = BURSTS[device.architecture]
    base = 0 if transfer.buffer is None else _address(buffers[transfer.buffer], tile)
    return BufferDescriptor(
        length=transfer.length * bits // WORD_BITS,
        address=base + transfer.offset * bits // 8,
        dimensions=dimensions_in_words(transfer.dims, bits, tile.kind),
        padding=padding_in_words(transfer.pads, bits),
        packet=transfer.packet,
        next_bd=None if transfer.next is None else numbers[transfer.next],
        acquire=_step(transfer.acquire, tile),
        release=_step(transfer.release, tile),
        burst=bursts.index(transfer.burst or bursts[-1]) if tile.kind is TileKind.SHIM else 0,
    )


def _address(buffer: Buffer, tile: Tile) -> int:
    """A memory tile's DMA has the west neighbour at 0, its own memory at 0x80000, the east one at 0x100000."""
    if tile.kind is not TileKind.MEM:
        return buffer.address
    return buffer.address + MEMORY_WINDOW * window(tile, buffer.tile)


def _step(step: tuple[Lock, int] | None, tile: Tile) -> LockStep | None:
    number = None if step is None else local_id(step[0], tile)
    return None if step is None or number is None else LockStep(number, step[1])
