"""What the outputs of a kernel must be: its own C++ called on the host, and the float reference beside its source."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from npubuild.errors import Place, UserError
from npubuild.registry import Buffer, Kernel, SmokeCase
from npubuild.smoke.elements import Bytes, Floats
from npubuild.smoke.reference import Reference

FILLS = (0xA5, 0x5A)  # what outputs hold before each of two calls on the host

FENCE, FENCE_FILL = 4096, 0xC3  # bytes beside each buffer of a call on the host, and what they hold
ALIGNMENT = 64  # bytes: an object fifo's buffers are aligned to 32 at least

_C_TYPES: dict[str, Any] = {
    "i8": ctypes.c_int8, "i16": ctypes.c_int16, "i32": ctypes.c_int32, "i64": ctypes.c_int64, "f32": ctypes.c_float,
}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """One call of the entry function: its inputs as bytes, and its outputs, each in the order of the entry.

    `exact` are the bytes that the C++ gives on the host, None for a design without C++. `ideal` are the float reference's
    outputs, one number for each element, on the scale of the output's elements.
    """

    inputs: tuple[Bytes, ...]
    exact: tuple[Bytes, ...] | None
    ideal: tuple[Floats, ...]


class Oracle:
    """The reference module and, where there is one, the library of a kernel."""

    def __init__(self, kernel: Kernel, root: Path, library: Path | None) -> None:
        self._entry = kernel.entry
        self._source = kernel.object_file.sources[0] if kernel.object_file and kernel.object_file.sources else kernel.name
        self.problems: dict[str, None] = {}  # what the C++ did wrong on the host, each once
        self._reference = Reference(kernel, root)
        self._library = ctypes.CDLL(str(library)) if library else None

    def truth(self, case: SmokeCase, seed: int) -> Truth:
        """Draw the inputs of one call, and what it must give. UserError when the module draws other shapes than declared."""
        inputs = self.draw(case.name, seed)
        ideal = self._reference.ideal(inputs)
        return Truth(inputs, self._compose(inputs) if self._entry.functions else self._call(inputs), ideal)

    def draw(self, case: str, seed: int) -> tuple[Bytes, ...]:
        """The inputs of one call as bytes; UserError when the module draws other shapes or types than declared."""
        return self._reference.draw(case, seed)

    def _compose(self, inputs: Sequence[Bytes]) -> tuple[Bytes, ...]:
        """What the reference module makes of several C functions."""
        return self._reference.compose(self.call_function, inputs)

    def call_function(self, name: str, *arguments: Any) -> None:
        """Call one C function: arrays for its pointers, which get what it writes, int for its int32, float for its f32."""
        if name not in self._entry.called:
            raise ValueError(f"`{name}` is none of the functions of the kernel's entry")
        arrays = {place: argument for place, argument in enumerate(arguments) if isinstance(argument, np.ndarray)}
        fenced = {place: Fenced(np.ascontiguousarray(array).reshape(-1).view(np.uint8)) for place, array in arrays.items()}
        copies = {place: buffer.data for place, buffer in fenced.items()}
        words: list[Any] = []
        for place, argument in enumerate(arguments):
            if place in copies:
                words.append(ctypes.c_void_p(copies[place].ctypes.data))
            else:
                words.append(ctypes.c_float(argument) if isinstance(argument, float) else ctypes.c_int32(argument))
        function = getattr(self._library, name)
        function.restype = None
        function(*words)
        for place, buffer in fenced.items():
            self._note_strayed(name, f"argument {place}", buffer)
        for place, array in arrays.items():
            if array.flags.writeable:  # the kernel's inputs are not
                array[...] = copies[place].view(array.dtype).reshape(array.shape)

    def _call(self, inputs: Sequence[Bytes]) -> tuple[Bytes, ...] | None:
        """The C function's outputs, 0 where it writes nothing. UserError when they depend on what was there before."""
        if self._library is None:
            return None
        first, second = (self._call_over(fill, inputs) for fill in FILLS)
        outputs = []
        for one, other, buffer in zip(first, second, self._entry.outputs, strict=True):
            unwritten = (one == FILLS[0]) & (other == FILLS[1])
            differing = np.flatnonzero((one != other) & ~unwritten)
            if differing.size:
                self._refuse_uninitialised(buffer, differing)
            outputs.append(np.where(unwritten, 0, one).astype(np.uint8))
        return tuple(outputs)

    def _refuse_uninitialised(self, buffer: Buffer, places: npt.NDArray[np.intp]) -> None:
        message = (
            f"{places.size} of {buffer.nbytes} bytes of `{buffer.name}`, from byte {places[0]} on, depend on memory that"
            f" `{self._entry.function}` has not written: two calls on the host with the same inputs differ"
        )
        hint = "set local variables and outputs before they are read; sanitize=1 may tell more"
        raise UserError.at(Place(self._source), message, hint, "uninitialised-read")

    def _call_over(self, fill: int, inputs: Sequence[Bytes]) -> tuple[Bytes, ...]:
        """One call on copies of the inputs, and on outputs that are filled with a byte."""
        assert self._library is not None
        function = self._library[self._entry.function]
        outputs = [Fenced(np.full(buffer.nbytes, fill, np.uint8)) for buffer in self._entry.outputs]
        buffers = [*(Fenced(data) for data in inputs), *outputs]
        pointers = [ctypes.c_void_p(buffer.data.ctypes.data) for buffer in buffers]
        scalars = [_C_TYPES[scalar.dtype](scalar.value) for scalar in self._entry.scalars]
        function.restype = None
        function(*pointers, *scalars)
        for declared, buffer in zip((*self._entry.inputs, *self._entry.outputs), buffers, strict=True):
            self._note_strayed(self._entry.function, f"`{declared.name}`", buffer)
        return tuple(output.data for output in outputs)

    def _note_strayed(self, function: str, name: str, buffer: Fenced) -> None:
        if where := buffer.strayed():
            self.problems[f"on the host, `{function}` writes {where} {name}, which has {buffer.data.size} bytes"] = None


class Fenced:
    """A copy of a buffer that starts at a multiple of 64 bytes, between two fences that show writes past its ends."""

    def __init__(self, data: Bytes) -> None:
        self._memory = np.full(data.size + 2 * FENCE + ALIGNMENT, FENCE_FILL, np.uint8)
        self._start = FENCE + -(self._memory.ctypes.data + FENCE) % ALIGNMENT
        self.data: Bytes = self._memory[self._start : self._start + data.size]
        self.data[:] = data

    def strayed(self) -> str:
        """How many bytes of which fence are no longer what they were, in words; "" when all are."""
        sides = {
            "in front of": self._memory[: self._start],
            "behind the end of": self._memory[self._start + self.data.size :],
        }
        counts = {side: int(np.count_nonzero(fence != FENCE_FILL)) for side, fence in sides.items()}
        return " and ".join(f"{count} {'byte' if count == 1 else 'bytes'} {side}" for side, count in counts.items() if count)
