"""Host mistakes that the real stack swallows or answers with a crash, found before the array sees them.

Each function returns explanations, in the order in which they help; none means that nothing is wrong. The catalogue is
section 4 of xrt-facts.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from npubuild.emulator.xrt.buffers import bo
from npubuild.emulator.xrt.command import COUNT, INSTRUCTIONS, OPCODE, TXN_OPCODE, Access, RegisterMap, read_stream
from npubuild.emulator.xrt.signatures import INT32, Rejected
from npubuild.errors import UserError
from npubuild.hardware.devices import Direction
from npubuild.xclbin.image import EmulationImage, SequenceRecord, sha256
from npubuild.xclbin.metadata import FIRST_BUFFER, Kernel, Qualifier

if TYPE_CHECKING:
    from npubuild.emulator.xrt.kernels import BufferArgument

NO_BANK = 0xFFFF
SYNC = "sync(xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE) after the last write"
MORE_BUFFERS = (
    "aiecc declared five buffers whatever the design takes until July 2026: pack several arguments into one "
    "(pass `pack-arguments`), or declare more when the XCLBIN is built"
)
CURE = "call kernel(3, instructions_bo, number_of_words, bo0, bo1, ...)"


def describe_arguments(kernel: Kernel) -> str:
    """`(opcode, instr, ninstr, bo0 .. bo4)`."""
    fixed = [argument.name for argument in kernel.arguments[:FIRST_BUFFER]]
    data = [argument.name for argument in kernel.arguments[FIRST_BUFFER:]]
    return f"({', '.join([*fixed, *([f'{data[0]} .. {data[-1]}'] if len(data) > 1 else data)])})"


def connectivity_text(kernel: Kernel, index: int, allocated: int, connected: int) -> str:
    """What XRT says when a buffer lies in another bank than the argument needs."""
    return (
        f"Kernel {kernel.name} has no compute units with connectivity required for global argument at index {index}. "
        f"The argument is allocated in bank {allocated}, the compute unit is connected to bank {connected}. "
        "Allocating local copy of argument buffer in connected bank."
    )


def call_mistakes(kernel: Kernel, values: Sequence[object]) -> list[str]:
    """What is wrong with the types and the number of the arguments of `kernel(...)`."""
    if values and isinstance(values[OPCODE], bo):
        text = "the kernel was called without the opcode: argument 0 is a number, 3 for an instruction stream; "
        return [f"{text}the kernel's arguments are {describe_arguments(kernel)}: {CURE}"]
    if len(values) > len(kernel.arguments):
        text = f"{len(values) - FIRST_BUFFER} buffers were passed, but kernel {kernel.name} declares {kernel.buffers}: "
        return [f"{text}the real runtime crashes here. {MORE_BUFFERS}"]
    found = (_wrong_type(kernel, index, value) for index, value in enumerate(values))
    return [text for text in found if text]


def _wrong_type(kernel: Kernel, index: int, value: object) -> str:
    argument = kernel.arguments[index]
    takes_buffer = argument.qualifier == Qualifier.GLOBAL
    where = f"argument {index} (`{argument.name}`, {argument.type})"
    if takes_buffer and not isinstance(value, bo):
        return f"{where} is a buffer object, but got {_shown(value)}; the arguments are {describe_arguments(kernel)}: {CURE}"
    if takes_buffer:
        return ""
    if isinstance(value, bo):
        return f"{where} is a number, but got a buffer object; the arguments are {describe_arguments(kernel)}: {CURE}"
    try:
        INT32.convert(value)
    except Rejected:
        return f"{where} is a 32-bit number, but got {_shown(value)}: the real binding leaves the argument unset, silently"
    return ""


def _shown(value: object) -> str:
    return f"{value!r} ({type(value).__name__})"


Arguments = Mapping[int, "int | BufferArgument"]


def start_mistakes(image: EmulationImage, registers: RegisterMap, arguments: Arguments) -> list[str]:
    """What is wrong with a command that is about to start: missing arguments, instructions, sizes, forgotten syncs."""
    kernel = registers.kernel
    collected = [
        f"the buffer object of argument {index} (`{kernel.arguments[index].name}`) was collected before the run started: "
        "a run holds no reference to it, so keep one until wait() has returned"
        for index, value in arguments.items()
        if not isinstance(value, int) and value.object() is None
    ]
    if collected:
        return collected
    missing = [kernel.arguments[index].name for index in range(FIRST_BUFFER) if index not in arguments]
    if missing:
        return [f"never set: {', '.join(missing)}; the arguments are {describe_arguments(kernel)}: {CURE}"]
    wrong = [_wrong_type(kernel, index, value.object() if not isinstance(value, int) else value)
             for index, value in sorted(arguments.items())]  # fmt: skip
    if any(wrong):
        return [text for text in wrong if text]
    if registers.scalar(OPCODE) != TXN_OPCODE:
        return [f"the opcode is {registers.scalar(OPCODE)}, but an instruction stream (TXN) is opcode {TXN_OPCODE}"]
    return _instruction_mistakes(image, registers, arguments)


def _instruction_mistakes(image: EmulationImage, registers: RegisterMap, arguments: Arguments) -> list[str]:
    buffer = _buffer(arguments, INSTRUCTIONS)
    if buffer._storage.stale(buffer._offset, buffer._offset + buffer._size):
        text = "the instructions were not synced: the device would execute other bytes than the host wrote"
        return [f"{text}; call instructions_bo.{SYNC}"]
    data = registers.instructions()
    try:
        _, accesses = read_stream(data)
    except UserError as error:
        return [f"the instruction buffer holds no instruction stream: {error}"]
    sequence = next((s for s in image.manifest.sequences if s.instructions == sha256(data)), None)
    if sequence is None and image.manifest.sequences:
        return [_foreign(image, data)]
    count = registers.scalar(COUNT)
    if count not in {0, len(data) // 4, len(data)}:
        text = f"the instruction count is {count}, but the stream in the buffer has {len(data) // 4} words"
        return [f"{text} ({len(data)} bytes): does the count belong to another file?"]
    return _buffer_mistakes(sequence, accesses, registers.kernel, arguments)


def _foreign(image: EmulationImage, data: bytes) -> str:
    known = "; ".join(f"@{s.name} {s.instructions[:12]}..." for s in image.manifest.sequences)
    return (
        f"these instructions do not belong to this XCLBIN: they have sha256 {sha256(data)[:12]}..., design "
        f"{image.manifest.design} was built with {known}. Is it another kernel's instruction file, or an older build's?"
    )


def _buffer_mistakes(
    sequence: SequenceRecord | None,
    accesses: Sequence[Access],
    kernel: Kernel,
    arguments: Arguments,
) -> list[str]:
    signature = _signature(sequence, accesses)
    used = {access.argument for access in accesses}
    given = {index - FIRST_BUFFER for index in arguments if index >= FIRST_BUFFER}
    if max(used, default=-1) >= kernel.buffers:
        text = f"the instructions use {max(used) + 1} buffers, but kernel {kernel.name} declares {kernel.buffers}"
        return [f"{text}: {MORE_BUFFERS}{signature}"]
    if missing := sorted(used - given):
        names = ", ".join(f"{kernel.arguments[FIRST_BUFFER + number].name}" for number in missing)
        return [f"the instructions use {max(used) + 1} buffers, {len(given)} were passed: {names} not set{signature}"]
    problems = [_too_small(access, kernel, arguments) for access in accesses]
    if any(problems):
        return [*dict.fromkeys(text for text in problems if text), *([signature.strip()] if signature else [])]
    written = {access.argument for access in accesses if access.direction is Direction.S2MM}
    stale = [_not_synced(access, kernel, arguments) for access in accesses if access.argument not in written]
    return list(dict.fromkeys(text for text in stale if text))


def _too_small(access: Access, kernel: Kernel, arguments: Arguments) -> str:
    index = FIRST_BUFFER + access.argument
    size = _buffer(arguments, index)._size
    if access.range.stop <= size:
        return ""
    verb = "write" if access.direction is Direction.S2MM else "read"
    return (
        f"argument {index} (`{kernel.arguments[index].name}`) has {size} bytes, but the instructions {verb} its bytes "
        f"{access.range.start} to {access.range.stop}: the DMA would go past the end of the buffer"
    )


def _not_synced(access: Access, kernel: Kernel, arguments: Arguments) -> str:
    index = FIRST_BUFFER + access.argument
    buffer = _buffer(arguments, index)
    start = buffer._offset
    if not buffer._storage.stale(start + access.range.start, start + access.range.stop):
        return ""
    return (
        f"argument {index} (`{kernel.arguments[index].name}`) is an input, but its contents were not synced: the array "
        f"would read other bytes than the host wrote; call {SYNC}"
    )


def _signature(sequence: SequenceRecord | None, accesses: Sequence[Access]) -> str:
    """The design's own arguments, each with what the instructions do to it."""
    if sequence is None:
        return ""
    lines = [f"\nthe arguments of sequence @{sequence.name} are:"]
    for number, type_ in enumerate(sequence.arguments):
        verbs = {"written" if a.direction is Direction.S2MM else "read" for a in accesses if a.argument == number}
        lines.append(f"  bo{number}: {type_}, {' and '.join(sorted(verbs)) or 'unused'}")
    return "\n".join(lines)


def _buffer(arguments: Arguments, index: int) -> bo:
    value = arguments[index]
    assert not isinstance(value, int)  # types were checked before
    found = value.object()
    assert found is not None  # collected buffers were refused before
    return found
