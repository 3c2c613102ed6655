"""The descriptor of one block of a task, on a shim, a core or a memory tile (npu-facts.md, 3.7 and 3.9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from npubuild.hardware.descriptors import FIELDS, Packet
from npubuild.hardware.devices import Architecture, Channel, Device, Tile, TileKind, shares_memory
from npubuild.hardware.limits import HIGHEST_LOCK, LOWEST_LOCK, MEMORY_WINDOW, WORD_BYTES, window
from npubuild.hardware.registers import bd_address
from npubuild.lowering import txn
from npubuild.lowering.descriptor_fields import (
    burst_problems,
    descriptor_words,
    field_problems,
    packet_problems,
    shim_fields,
)
from npubuild.lowering.memcpy import ADDRESS_WORD, offset_problems
from npubuild.lowering.problems import Problem, RefusedError
from npubuild.lowering.program import Program
from npubuild.lowering.scope import BYTE_BITS, HostMemory, Scope, TileMemory, element_bits
from npubuild.lowering.transfers import DIMENSIONS, AccessPattern, pattern_fields, pattern_problems
from npubuild.mlir.dialect.aie import DmaBdOp, UseLockOp
from npubuild.placement.locks import local_id

# Where the DMA of a memory tile of npu2 sees the memories of its neighbours and its own, by column step (npu-facts.md, 1.5).


class TaskDescriptor(NamedTuple):
    """A descriptor to be written: `packet` is that of the task, `following` the number of the next descriptor."""

    op: DmaBdOp
    number: int
    following: int | None
    channel: Channel
    packet: Packet | None


def write_descriptor(descriptor: TaskDescriptor, scope: Scope, program: Program) -> bool:
    """Emit the words of a descriptor, and the operation that sets its address. False when something was refused."""
    op, tile = descriptor.op, descriptor.channel.tile
    device = scope.placement.device
    memory = scope.trace(op.buffer)
    offset = op.offset_value * element_bits(op.buffer.type) // BYTE_BITS
    if not program.check(op, [*_problems(descriptor, device), *offset_problems(offset + memory.offset)]):
        return False
    fields = {
        "valid": 1,
        "length": _length(op) // WORD_BYTES,
        "address": offset // WORD_BYTES if tile.kind is TileKind.CORE else offset,
        **_pattern(op),
        **_packet_fields(descriptor),
        **_lock_fields(descriptor, scope),
    }
    if descriptor.following is not None:
        fields |= {"use_next_bd": 1, "next_bd": descriptor.following}
    if tile.kind is TileKind.SHIM:
        fields |= shim_fields(device.architecture, op.burst)
    binding = _binding(memory, offset, descriptor, device)
    if not program.check(op, field_problems(fields, tile.kind)):
        return False
    block = txn.BlockWrite(bd_address(tile, descriptor.number), descriptor_words(fields, tile.kind))
    program.emit(op, block, binding)
    return True


def _binding(memory: HostMemory | TileMemory, offset: int, descriptor: TaskDescriptor, device: Device) -> txn.Operation:
    """The operation that gives a descriptor its address, `offset` bytes into the memory."""
    tile = descriptor.channel.tile
    address = bd_address(tile, descriptor.number)
    if isinstance(memory, HostMemory):
        if tile.kind is not TileKind.SHIM:
            raise RefusedError(
                Problem("buffer-not-reachable", f"the DMA of {tile} cannot reach the host's memory, only a shim's can")
            )
        return txn.AddressPatch(address + ADDRESS_WORD, memory.argument, offset + memory.offset)
    if tile.kind is TileKind.SHIM:
        raise RefusedError(Problem("buffer-not-reachable", f"the DMA of shim tile {tile} cannot reach a tile's buffer"))
    field = FIELDS[tile.kind]["address"]
    value = (_local_address(memory, tile, device) + offset) // WORD_BYTES
    return txn.MaskWrite(address + WORD_BYTES * field.word, (value & field.mask) << field.low, field.mask << field.low)


def _local_address(memory: TileMemory, tile: Tile, device: Device) -> int:
    """Where the DMA of `tile` sees the memory. A memory tile of npu1 gets the bare address (npu-facts.md, 3.9)."""
    address, owner = memory.buffer.address + memory.offset, memory.buffer.tile
    windows = tile.kind is owner.kind is TileKind.MEM and device.architecture is Architecture.AIE2P
    if windows and shares_memory(tile, owner):
        return MEMORY_WINDOW * window(tile, owner) + address
    if owner != tile:
        message = f"the DMA of {tile} does not reach the buffer @{memory.buffer.name} of {owner}"
        raise RefusedError(Problem("buffer-not-reachable", message))
    return address


def _access(op: DmaBdOp) -> AccessPattern | None:
    """The pattern of the given dimensions, None without any."""
    if not op.dims:
        return None
    if len(op.dims) > DIMENSIONS:
        raise RefusedError(Problem("dma-dimensions", f"{len(op.dims)} dimensions, a descriptor has at most {DIMENSIONS}"))
    sizes, strides = zip(*op.dims, strict=True)
    return AccessPattern.outermost_first(sizes, strides, element_bits(op.buffer.type))


def _pattern(op: DmaBdOp) -> dict[str, int]:
    # The innermost stride is not looked at, as in the compiler of 4 March 2026: with one dimension the transfer is
    # contiguous whatever the stride says (npu-facts.md, 3.7, section 8 and rule 21).
    access = _access(op)
    return pattern_fields(access, access.one_dimensional) if access else {}


def _length(op: DmaBdOp) -> int:
    """The length in bytes."""
    return op.length * element_bits(op.buffer.type) // BYTE_BITS


def _problems(descriptor: TaskDescriptor, device: Device) -> Iterator[Problem]:
    op, kind = descriptor.op, descriptor.channel.tile.kind
    length = _length(op)
    if length < WORD_BYTES:
        yield Problem("dma-length-short", f"a transfer of {length} bytes is shorter than one word of {WORD_BYTES} bytes")
    yield from burst_problems(device.architecture, kind, op.burst)
    packet = op.packet or descriptor.packet
    if packet is not None:
        yield from packet_problems(packet.type, packet.id)
    if op.pads and any(map(any, op.pads)):
        yield Problem("task-padding", "padding in a task is not supported", "pad in `aie.memtile_dma` or by `padDimensions`")
    access = _access(op)
    if access is None:
        return
    unusable = list(pattern_problems(access, kind, access.one_dimensional))
    yield from unusable
    if not unusable and access.words != length // WORD_BYTES:
        message = f"the length is {length} bytes, but the three inner dimensions move {access.words * WORD_BYTES} bytes"
        hint = "the length does not count the outermost of four dimensions: that one repeats the descriptor"
        yield Problem("task-dims-product", message, hint)


def _packet_fields(descriptor: TaskDescriptor) -> dict[str, int]:
    packet = descriptor.op.packet or descriptor.packet
    return {"packet_enable": 1, "packet_type": packet.type, "packet_id": packet.id} if packet else {}


def _lock_fields(descriptor: TaskDescriptor, scope: Scope) -> dict[str, int]:
    """At most one lock to acquire before the transfer and one to release after it."""
    fields: dict[str, int] = {}
    block = descriptor.op.parent_block()
    for op in block.ops if block else ():
        if not isinstance(op, UseLockOp):
            continue
        lock = scope.lock(op.lock)
        number = local_id(lock, descriptor.channel.tile)
        if number is None:
            message = f"the DMA of {descriptor.channel.tile} does not reach lock `{lock.name}` of {lock.tile}"
            raise RefusedError(Problem("lock-not-reachable", message), op)
        name = "release" if op.action == "Release" else "acquire"
        if f"{name}_id" in fields:
            raise RefusedError(Problem("dma-lock", f"a descriptor can {name} one lock only"), op)
        value = -op.amount if op.action == "AcquireGreaterEqual" else op.amount
        if not LOWEST_LOCK <= value <= HIGHEST_LOCK:
            raise RefusedError(
                Problem("lock-value-range", f"a descriptor cannot {name} {op.amount}: it holds -64 to 63"), op
            )
        fields |= {f"{name}_id": number, f"{name}_value": value & 0x7F}
        if name == "acquire":
            fields["acquire_enable"] = 1
    return fields
