"""What one operation of an instruction stream does: which register of which tile, and what the value means there."""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.hardware.descriptors import NO_ITERATION, BufferDescriptor, Dimension, decode
from npubuild.hardware.devices import RESOURCES, Architecture, Direction, devices
from npubuild.hardware.limits import BURSTS
from npubuild.hardware.registers import (
    CONTROLLER_ID_MASK,
    CONTROLLER_ID_SHIFT,
    Register,
    RegisterKind,
    decode_push,
    identify,
)
from npubuild.lowering.txn import AddressPatch, BlockWrite, Header, LoadPdi, MaskWrite, Operation, Sync, Write


def direction_text(direction: int) -> str:
    """`S2MM`, `MM2S`, or the number itself where it is neither."""
    return Direction(direction).name if direction in set(Direction) else str(direction)


def device_name(header: Header) -> str:
    """The device with this header, or "unknown device"."""
    wanted = (header.generation, header.columns, header.rows)
    names = [device.name for device in devices().values() if (device.generation, device.columns, device.rows) == wanted]
    return names[0] if names else "unknown device"


def explain(operation: Operation) -> str:
    """One line: which register of which tile, and what the value means there."""
    if isinstance(operation, Write):
        return _explain_write(operation)
    if isinstance(operation, BlockWrite):
        return _explain_blockwrite(operation)
    if isinstance(operation, MaskWrite):
        return _explain_maskwrite(operation)
    if isinstance(operation, AddressPatch):
        plus = f" + {operation.offset} bytes" if operation.offset else ""
        return f"{register_text(identify(operation.address))} = address of argument {operation.argument}{plus}"
    if isinstance(operation, Sync):
        direction, tiles = direction_text(operation.direction), operation.columns * operation.rows
        token = "a token" if tiles == 1 else f"tokens of {operation.columns} columns and {operation.rows} rows"
        return f"wait for {token} from ({operation.column}, {operation.row}) {direction} {operation.channel}"
    if isinstance(operation, LoadPdi):
        return "load another configuration"
    return "the context may be switched here"


def register_text(register: Register) -> str:
    """A register in words, as in `(0, 0) bd 3 word 1`."""
    where = f"{register.tile} "
    if register.channel:
        return f"{where}{register.channel.direction.name} {register.channel.index} {register.kind.value}"
    if register.kind is RegisterKind.BD:
        return f"{where}bd {register.index}" + (f" word {register.word}" if register.word else "")
    if register.kind is RegisterKind.LOCK:
        return f"{where}lock {register.index}"
    if register.kind in {RegisterKind.MEMORY, RegisterKind.PROGRAM}:
        return f"{where}{register.kind.value} at {register.index:#x}"
    return f"{where}core control" if register.kind is RegisterKind.CORE_CONTROL else f"{where}register {register.offset:#x}"


def _explain_write(write: Write) -> str:
    register = identify(write.address)
    name = register_text(register)
    if register.kind is RegisterKind.QUEUE:
        bd, repeat, token = decode_push(write.value, register.tile.kind)
        return f"{name}: bd {bd}" + (f", {repeat + 1} times" if repeat else "") + (", token" if token else "")
    return f"{name} = {write.value}"


def _explain_maskwrite(write: MaskWrite) -> str:
    register = identify(write.address)
    if register.kind is RegisterKind.CONTROL and write.mask == CONTROLLER_ID_MASK:
        return f"{register_text(register)}: controller id {write.value >> CONTROLLER_ID_SHIFT}"
    return f"{register_text(register)}: bits {write.mask:#x} = {write.value:#x}"


def _explain_blockwrite(write: BlockWrite) -> str:
    register = identify(write.address)
    name = register_text(register)
    kind = register.tile.kind
    whole = register.word == 0 and len(write.words) == RESOURCES[kind].descriptor_words
    if register.kind is RegisterKind.BD and whole:
        return f"{name}: {describe(decode(write.words, kind))}"
    return f"{len(write.words)} words from {name} on"


def describe(bd: BufferDescriptor) -> str:
    """A descriptor in words; what has no effect is left out. Dimensions are wrap x step, outermost first, * for no wrap."""
    return ", ".join([f"{bd.length} words", *_data_parts(bd), *_control_parts(bd)])


def _data_parts(bd: BufferDescriptor) -> Iterator[str]:
    if bd.address:
        yield f"from {bd.address:#x}"
    dimensions = list(bd.dimensions)
    while dimensions and dimensions[-1] == Dimension(0, 1):
        dimensions.pop()
    if dimensions:
        yield "dims " + " ".join(f"{wrap or '*'}x{step}" for wrap, step in reversed(dimensions))
    if bd.iteration != NO_ITERATION:
        yield f"iteration {bd.iteration.wrap}x{bd.iteration.step}"
    if bd.padding:
        yield "zeros " + " ".join(f"{before}+{after}" for before, after in reversed(bd.padding))


def _control_parts(bd: BufferDescriptor) -> Iterator[str]:
    if bd.packet:
        yield f"packet type {bd.packet.type} id {bd.packet.id}"
    if bd.acquire:
        yield f"acquire lock {bd.acquire.lock} {bd.acquire.value:+d}"
    if bd.release:
        yield f"release lock {bd.release.lock} {bd.release.value:+d}"
    if bd.next_bd is not None:
        yield f"next bd {bd.next_bd}"
    if bd.burst:
        yield f"burst {BURSTS[Architecture.AIE2P][bd.burst]} B"
    if not bd.valid:
        yield "not valid"
