"""Calls of a kernel's C functions on the host: on copies of their buffers, between fences, over known bytes."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from npubuild.errors import Diagnostic, Place, Severity, UserError
from npubuild.registry import Buffer, Kernel
from npubuild.smoke.call_record import CallRecord
from npubuild.smoke.elements import Bytes

Mask = npt.NDArray[np.bool_]

FILLS = (0xA5, 0x5A)  # what outputs hold before each of two calls on the host

FENCE, FENCE_FILL = 4096, 0xC3  # bytes beside each buffer of a call on the host, and what they hold
STRAYED = "access-outside-buffer"
ALIGNMENT = 64  # bytes: an object fifo's buffers are aligned to 32 at least

_C_TYPES: dict[str, Any] = {
    "i8": ctypes.c_int8, "i16": ctypes.c_int16, "i32": ctypes.c_int32, "i64": ctypes.c_int64, "f32": ctypes.c_float,
}  # fmt: skip


@dataclass(frozen=True)
class HostOutput:
    """One output of a call, 0 where nothing was written, and which of its bytes were."""

    data: Bytes
    written: Mask


class Host:
    """The library of a kernel; `record` tells of calls that end the process.

    `problems` are what its functions did wrong, each kind once for each buffer; `notes` what may be meant so.
    """

    def __init__(self, kernel: Kernel, library: Path, record: CallRecord | None = None) -> None:
        self._entry = kernel.entry
        self._source = kernel.object_file.sources[0] if kernel.object_file and kernel.object_file.sources else kernel.name
        self._library = ctypes.CDLL(str(library))
        self._record = record
        self._problems: dict[tuple[str, str, str], str] = {}
        self._notes: dict[tuple[str, str, str], str] = {}

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._problems.values())

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes.values())

    @property
    def strayed(self) -> bool:
        """Whether a function wrote outside its buffers."""
        return any(rule == STRAYED for _, _, rule in self._problems)

    def call_entry(self, inputs: Sequence[Bytes]) -> tuple[HostOutput, ...]:
        """The outputs of the entry function. UserError when they depend on what was there before."""
        first, second = (self._call_over(fill, inputs) for fill in FILLS)
        outputs = []
        for one, other, buffer in zip(first, second, self._entry.outputs, strict=True):
            unwritten = (one == FILLS[0]) & (other == FILLS[1])
            differing = np.flatnonzero((one != other) & ~unwritten)
            if differing.size:
                self._refuse_uninitialised(buffer, differing)
            self._note_unwritten(buffer, np.flatnonzero(unwritten))
            outputs.append(HostOutput(np.where(unwritten, 0, one).astype(np.uint8), ~unwritten))
        return tuple(outputs)

    def call_function(self, name: str, arguments: Sequence[Any]) -> None:
        """Call one C function: arrays for its pointers, which get what it writes, int for its int32, float for its f32."""
        arrays = {place: argument for place, argument in enumerate(arguments) if isinstance(argument, np.ndarray)}
        given = {place: np.ascontiguousarray(array).reshape(-1).view(np.uint8) for place, array in arrays.items()}
        fenced = {place: Fenced(data) for place, data in given.items()}
        words: list[Any] = []
        for place, argument in enumerate(arguments):
            if place in fenced:
                words.append(fenced[place].pointer)
            else:
                words.append(ctypes.c_float(argument) if isinstance(argument, float) else ctypes.c_int32(argument))
        self._invoke(name, words)
        for place, buffer in fenced.items():
            self._note_strayed(name, f"argument {place}", buffer)
        for place, array in arrays.items():
            if array.flags.writeable:
                array[...] = fenced[place].data.view(array.dtype).reshape(array.shape)
            else:  # an input of the kernel
                self._note_input_written(name, f"argument {place}", given[place], fenced[place])

    def _call_over(self, fill: int, inputs: Sequence[Bytes]) -> tuple[Bytes, ...]:
        """One call on copies of the inputs, and on outputs that are filled with a byte."""
        name = self._entry.function
        taken = [Fenced(data) for data in inputs]
        outputs = [Fenced(np.full(buffer.nbytes, fill, np.uint8)) for buffer in self._entry.outputs]
        scalars = [_C_TYPES[scalar.dtype](scalar.value) for scalar in self._entry.scalars]
        self._invoke(name, [*(buffer.pointer for buffer in (*taken, *outputs)), *scalars])
        for declared, buffer in zip((*self._entry.inputs, *self._entry.outputs), (*taken, *outputs), strict=True):
            self._note_strayed(name, f"`{declared.name}`", buffer)
        for declared, data, buffer in zip(self._entry.inputs, inputs, taken, strict=True):
            self._note_input_written(name, f"`{declared.name}`", data, buffer)
        return tuple(output.data for output in outputs)

    def _invoke(self, name: str, words: Sequence[Any]) -> None:
        function = self._library[name]
        function.restype = None
        with self._record.during(name, self._source) if self._record else contextlib.nullcontext():
            function(*words)

    def _refuse_uninitialised(self, buffer: Buffer, places: npt.NDArray[np.intp]) -> None:
        message = (
            f"{places.size} of {buffer.nbytes} bytes of `{buffer.name}`, from byte {places[0]} on, depend on memory that"
            f" `{self._entry.function}` has not written: two calls on the host with the same inputs differ"
        )
        hint = "set local variables and outputs before they are read"
        raise UserError.at(Place(self._source), message, hint, "uninitialised-read")

    def _note_strayed(self, function: str, name: str, buffer: Fenced) -> None:
        if where := buffer.strayed():
            message = f"on the host, `{function}` writes {where} {name}, which has {buffer.data.size} bytes"
            self._problems.setdefault((function, name, STRAYED), message)

    def _note_unwritten(self, buffer: Buffer, places: npt.NDArray[np.intp]) -> None:
        if places.size:
            function, count = self._entry.function, f"{places.size} of {buffer.nbytes} bytes"
            message = f"`{function}` leaves {count} of `{buffer.name}` unwritten, from byte {places[0]} on"
            hint = "the host gets what the core's memory held there"
            found = Diagnostic(message, Place(self._source), "output-unwritten", hint)
            self._problems.setdefault((function, buffer.name, found.rule), str(found))

    def _note_input_written(self, function: str, name: str, before: Bytes, buffer: Fenced) -> None:
        """No mistake where each buffer is used once; where one is held or shared, the array gives other results."""
        places = np.flatnonzero(before != buffer.data)
        if places.size:
            count = f"{places.size} of {before.size} bytes"
            message = f"`{function}` changes {count} of {name}, which is an input, from byte {places[0]} on"
            hint = "where others read this buffer, or it is used again, work on a copy"
            found = Diagnostic(message, Place(self._source), "input-written", hint, Severity.WARNING)
            self._notes.setdefault((function, name, found.rule), str(found))


class Fenced:
    """A copy of a buffer that starts at a multiple of 64 bytes, between two fences that show writes past its ends."""

    def __init__(self, data: Bytes) -> None:
        self._memory = np.full(data.size + 2 * FENCE + ALIGNMENT, FENCE_FILL, np.uint8)
        self._start = FENCE + -(self._memory.ctypes.data + FENCE) % ALIGNMENT
        self.data: Bytes = self._memory[self._start : self._start + data.size]
        self.data[:] = data

    @property
    def pointer(self) -> ctypes.c_void_p:
        return ctypes.c_void_p(self.data.ctypes.data)

    def strayed(self) -> str:
        """How many bytes of which fence are no longer what they were, in words; "" when all are."""
        sides = {
            "in front of": self._memory[: self._start],
            "behind the end of": self._memory[self._start + self.data.size :],
        }
        counts = {side: int(np.count_nonzero(fence != FENCE_FILL)) for side, fence in sides.items()}
        return " and ".join(f"{count} {'byte' if count == 1 else 'bytes'} {side}" for side, count in counts.items() if count)
