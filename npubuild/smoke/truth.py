"""What the outputs of a kernel must be: its own C++ called on the host, and the float reference beside its source."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from npubuild.errors import Place, UserError
from npubuild.mlir.elements import NUMPY_DTYPES
from npubuild.registry import Buffer, Kernel, SmokeCase

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

FILLS = (0xA5, 0x5A)  # what outputs hold before each of two calls on the host

FENCE, FENCE_FILL = 4096, 0xC3  # bytes beside each buffer of a call on the host, and what they hold
ALIGNMENT = 64  # bytes: an object fifo's buffers are aligned to 32 at least

CONTRACT = "see c_kernels/README.md for what a reference module offers"

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


def as_floats(data: Bytes, dtype: str) -> Floats:
    """The elements of a buffer as float64; a bf16 is the upper half of an f32."""
    if dtype == "bf16":
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return data.view(NUMPY_DTYPES[dtype]).astype(np.float64)


class Oracle:
    """The reference module and, where there is one, the library of a kernel."""

    def __init__(self, kernel: Kernel, root: Path, library: Path | None) -> None:
        self._entry = kernel.entry
        self._source = kernel.object_file.sources[0] if kernel.object_file and kernel.object_file.sources else kernel.name
        self._file = root / kernel.smoke.reference
        self.problems: dict[str, None] = {}  # what the C++ did wrong on the host, each once
        self._module = self._guarded(lambda: load_module(self._file))
        self._library = ctypes.CDLL(str(library)) if library else None

    def truth(self, case: SmokeCase, seed: int) -> Truth:
        """Draw the inputs of one call, and what it must give. UserError when the module draws other shapes than declared."""
        inputs = self.draw(case.name, seed)
        scalars = {scalar.name: scalar.value for scalar in self._entry.scalars}
        arrays = self.as_arrays(inputs)
        ideal = self._as_ideal(self._guarded(lambda: self._module.reference(*arrays, **scalars)))
        return Truth(inputs, self._compose(arrays) if self._entry.functions else self._call(inputs), ideal)

    def draw(self, case: str, seed: int) -> tuple[Bytes, ...]:
        """The inputs of one call as bytes; UserError when the module draws other shapes or types than declared."""
        return self._as_bytes(self._guarded(lambda: self._module.draw(case, seed)), self._entry.inputs, "draw")

    def as_arrays(self, inputs: Sequence[Bytes]) -> list[npt.NDArray[Any]]:
        """Inputs as the reference module takes them."""
        return [_as_array(data, buffer) for data, buffer in zip(inputs, self._entry.inputs, strict=True)]

    def _compose(self, inputs: Sequence[npt.NDArray[Any]]) -> tuple[Bytes, ...]:
        """What the reference module makes of several C functions."""
        outputs = self._guarded(lambda: self._module.compose(self.call_function, *inputs))
        return self._as_bytes(outputs, self._entry.outputs, "compose")

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

    def _as_bytes(self, drawn: Any, buffers: Sequence[Buffer], function: str) -> tuple[Bytes, ...]:
        if not isinstance(drawn, tuple) or len(drawn) != len(buffers):
            self._refuse(f"{function} must return a tuple of {len(buffers)} arrays")
        arrays = [np.ascontiguousarray(array) for array in drawn]
        for array, buffer in zip(arrays, buffers, strict=True):
            expected = np.dtype(NUMPY_DTYPES[buffer.dtype])
            if array.dtype != expected or array.nbytes != buffer.nbytes:
                self._refuse(f"{function} gives {array.size} x {array.dtype} for `{buffer.name}`, which is {buffer}")
        return tuple(array.reshape(-1).view(np.uint8) for array in arrays)

    def _as_ideal(self, outputs: Any) -> tuple[Floats, ...]:
        buffers = self._entry.outputs
        if not isinstance(outputs, tuple) or len(outputs) != len(buffers):
            self._refuse(f"reference must return a tuple of {len(buffers)} arrays")
        ideal = tuple(np.asarray(output, np.float64).reshape(-1) for output in outputs)
        for values, buffer in zip(ideal, buffers, strict=True):
            if values.size != int(np.prod(buffer.shape)):
                self._refuse(f"reference gives {values.size} numbers for `{buffer.name}`, which is {buffer}")
        return ideal

    def _guarded(self, call: Callable[[], Any]) -> Any:
        """What a reference module raises is its author's to see, located, whatever it is."""
        try:
            return call()
        except Exception as error:
            raise UserError.at(Place(str(self._file)), f"{type(error).__name__}: {error}", hint=CONTRACT) from error

    def _refuse(self, message: str) -> None:
        raise UserError.at(Place(str(self._file)), message, hint=CONTRACT)


def load_module(file: Path) -> ModuleType:
    """A reference module; raises whatever it raises."""
    spec = importlib.util.spec_from_file_location(f"reference_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.parent))  # it may import its neighbours, as a program does
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(file.parent))
    return module


def _as_array(data: Bytes, buffer: Buffer) -> npt.NDArray[Any]:
    """An input as the reference takes it: of the declared shape and type, a bf16 as the float64 that it stands for."""
    values = as_floats(data, "bf16") if buffer.dtype == "bf16" else data.view(NUMPY_DTYPES[buffer.dtype])
    return values.reshape(buffer.shape)


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
