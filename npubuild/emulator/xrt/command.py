"""A command as the firmware sees it: the register map of a kernel's arguments, and its execution on the array.

Buffers are found by the addresses in the map alone, as on hardware, so an argument that was never set holds whatever an
earlier command left there (xrt-facts.md, 2.3 and 3.4).
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass

import numpy as np

from npubuild.emulator.xrt.devices import Context, reset_contexts
from npubuild.emulator.xrt.mode import log
from npubuild.emulator.xrt.storage import POISON, Bytes, Completion, Storage, locate
from npubuild.errors import UserError
from npubuild.hardware.devices import Direction, TileKind
from npubuild.hardware.limits import WORD_BYTES
from npubuild.lowering.meaning import Push, meaning
from npubuild.lowering.txn import HEADER_WORDS, Stream, decode
from npubuild.xclbin.metadata import FIRST_BUFFER, Kernel

TXN_OPCODE = 3  # what mlir-aie's kernels take (xrt-facts.md, 3.4)
OPCODE, INSTRUCTIONS, COUNT = range(3)
STATES = {
    "completed": "ERT_CMD_STATE_COMPLETED",
    "timeout": "ERT_CMD_STATE_TIMEOUT",
    "fault": "ERT_CMD_STATE_ERROR",
}  # what the runtime reports for each status of the emulator's outcome


class RegisterMap:
    """The argument area of a command. A recycled one keeps the bytes of the command before."""

    def __init__(self, kernel: Kernel, recycled: bytes) -> None:
        self.kernel = kernel
        size = max((argument.offset + argument.size for argument in kernel.arguments), default=0)
        self.data = bytearray(recycled[:size].ljust(size, bytes([POISON])))

    def set_scalar(self, index: int, value: int) -> None:
        """Write the low four bytes of a slot, whatever its size."""
        struct.pack_into("<i", self.data, self.kernel.arguments[index].offset, value)

    def set_address(self, index: int, address: int) -> None:
        struct.pack_into("<Q", self.data, self.kernel.arguments[index].offset, address)

    def scalar(self, index: int) -> int:
        return int(struct.unpack_from("<i", self.data, self.kernel.arguments[index].offset)[0])

    def memory(self, index: int) -> tuple[Storage, int] | None:
        """The allocation that a slot's address lies in, and the byte offset inside it."""
        (address,) = struct.unpack_from("<Q", self.data, self.kernel.arguments[index].offset)
        return locate(address)

    def instructions(self) -> bytes:
        """The stream at the instruction argument, as long as its own header says. UserError where there is none."""
        found = self.memory(INSTRUCTIONS)
        data = found[0].device[found[1] :].tobytes() if found else b""
        total = struct.unpack_from("<I", data, 4 * (HEADER_WORDS - 1))[0] if len(data) >= 4 * HEADER_WORDS else 0
        return data[:total] if 4 * HEADER_WORDS <= total <= len(data) else data

    def buffers(self) -> list[tuple[Storage, int] | None]:
        """The allocations of all data arguments; None where the slot holds no address of a live buffer."""
        return [self.memory(index) for index in range(FIRST_BUFFER, len(self.kernel.arguments))]


@dataclass(frozen=True)
class Access:
    """What a stream does to the bytes `range` of host buffer `argument`: S2MM writes them, MM2S reads them."""

    argument: int
    direction: Direction
    range: range


@functools.lru_cache(maxsize=64)
def read_stream(data: bytes) -> tuple[Stream, tuple[Access, ...]]:
    """The stream and all its accesses to host buffers; UserError where the bytes are no stream."""
    stream = decode(data, "instruction buffer")
    pushes = [event for event in meaning(stream) if isinstance(event, Push)]
    return stream, tuple(access for push in pushes for access in _accesses(push))


def _accesses(push: Push) -> list[Access]:
    if push.channel.tile.kind is not TileKind.SHIM:
        return []
    accesses = []
    for transfer in push.chain:
        if transfer.host is not None:
            wrap, step = transfer.descriptor.iteration
            unused = max(0, wrap - push.repeat - 1) * step * WORD_BYTES  # iterations that this push does not reach
            touched = transfer.host_range()
            reached = range(touched.start, touched.stop - unused)
            accesses.append(Access(transfer.host.argument, push.channel.direction, reached))
    return accesses


def execute(context: Context, registers: RegisterMap) -> Completion:
    """Run a command to its end. A failure, and what a successful run left over, is explained on stderr."""
    context.command = bytes(registers.data)
    completion = _execute(context, registers)
    if completion.state != STATES["completed"]:
        log("ERROR", f"kernel {registers.kernel.name} ended as {completion.state}: {completion.explanation}")
    elif completion.explanation:
        log("WARNING", f"kernel {registers.kernel.name} completed, but: {completion.explanation}")
    if completion.state == STATES["timeout"]:
        reset_contexts()
    return completion


def _execute(context: Context, registers: RegisterMap) -> Completion:
    error = STATES["fault"]
    opcode = registers.scalar(OPCODE)
    if opcode != TXN_OPCODE:
        return Completion(error, f"opcode {opcode:#x} is not {TXN_OPCODE} (TXN): the firmware does not run this command")
    try:
        instructions = registers.instructions()
        _, accesses = read_stream(instructions)
    except UserError as problem:
        return Completion(error, str(problem))
    written = {access.argument for access in accesses if access.direction is Direction.S2MM}
    found = registers.buffers()
    nothing: Bytes = np.zeros(0, np.uint8)
    memories = [place[0].device[place[1] :] if place else nothing for place in found]
    try:
        outcome = context.design().run(instructions, memories)
    except UserError as problem:
        completion = Completion(error, str(problem))
    else:
        completion = Completion(STATES[outcome.status], outcome.explanation(), outcome)
    for number, place in enumerate(found):
        if place and number in written:
            place[0].written = place[0].unread = True
            place[0].completion = completion
    return completion
