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
from npubuild.registry import Buffer, Kernel, SmokeCase

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

CONTRACT = "see c_kernels/README.md for what a reference module offers"

_DTYPES = {
    "i8": np.int8, "ui8": np.uint8, "i16": np.int16, "ui16": np.uint16,
    "i32": np.int32, "ui32": np.uint32, "f32": np.float32,
}  # fmt: skip
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
    return data.view(_DTYPES[dtype]).astype(np.float64)


class Oracle:
    """The reference module and, where there is one, the library of a kernel."""

    def __init__(self, kernel: Kernel, root: Path, library: Path | None) -> None:
        self._entry = kernel.entry
        self._file = root / kernel.smoke.reference
        self._module = self._guarded(lambda: _load(self._file))
        self._library = ctypes.CDLL(str(library)) if library else None

    def truth(self, case: SmokeCase, seed: int) -> Truth:
        """Draw the inputs of one call, and what it must give. UserError when the module draws other shapes than declared."""
        inputs = self._as_bytes(self._guarded(lambda: self._module.draw(case.name, seed)), self._entry.inputs, "draw")
        scalars = {scalar.name: scalar.value for scalar in self._entry.scalars}
        arrays = [_as_array(data, buffer) for data, buffer in zip(inputs, self._entry.inputs, strict=True)]
        ideal = self._as_ideal(self._guarded(lambda: self._module.reference(*arrays, **scalars)))
        return Truth(inputs, self._compose(arrays) if self._entry.functions else self._call(inputs), ideal)

    def _compose(self, inputs: Sequence[npt.NDArray[Any]]) -> tuple[Bytes, ...]:
        """What the reference module makes of several C functions."""
        outputs = self._guarded(lambda: self._module.compose(self.call_function, *inputs))
        return self._as_bytes(outputs, self._entry.outputs, "compose")

    def call_function(self, name: str, *arguments: Any) -> None:
        """Call one C function: arrays for its pointers, which get what it writes, int for its int32, float for its f32."""
        if name not in self._entry.called:
            raise ValueError(f"`{name}` is none of the functions of the kernel's entry")
        arrays = {place: argument for place, argument in enumerate(arguments) if isinstance(argument, np.ndarray)}
        copies = {place: _aligned(np.ascontiguousarray(array).reshape(-1).view(np.uint8)) for place, array in arrays.items()}
        words: list[Any] = []
        for place, argument in enumerate(arguments):
            if place in copies:
                words.append(ctypes.c_void_p(copies[place].ctypes.data))
            else:
                words.append(ctypes.c_float(argument) if isinstance(argument, float) else ctypes.c_int32(argument))
        function = getattr(self._library, name)
        function.restype = None
        function(*words)
        for place, array in arrays.items():
            array[...] = copies[place].view(array.dtype).reshape(array.shape)

    def _call(self, inputs: Sequence[Bytes]) -> tuple[Bytes, ...] | None:
        """The C function on copies of the inputs; like an object fifo's, every buffer is aligned to 32 bytes at least."""
        if self._library is None:
            return None
        function = self._library[self._entry.function]
        buffers = [_aligned(data) for data in inputs]
        outputs = [_aligned(np.zeros(buffer.nbytes, np.uint8)) for buffer in self._entry.outputs]
        pointers = [ctypes.c_void_p(buffer.ctypes.data) for buffer in (*buffers, *outputs)]
        scalars = [_C_TYPES[scalar.dtype](scalar.value) for scalar in self._entry.scalars]
        function.restype = None
        function(*pointers, *scalars)
        return tuple(outputs)

    def _as_bytes(self, drawn: Any, buffers: Sequence[Buffer], function: str) -> tuple[Bytes, ...]:
        if not isinstance(drawn, tuple) or len(drawn) != len(buffers):
            self._refuse(f"{function} must return a tuple of {len(buffers)} arrays")
        arrays = [np.ascontiguousarray(array) for array in drawn]
        for array, buffer in zip(arrays, buffers, strict=True):
            expected = np.dtype(_DTYPES.get(buffer.dtype, np.uint16))
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


def _load(file: Path) -> ModuleType:
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
    values = as_floats(data, "bf16") if buffer.dtype == "bf16" else data.view(_DTYPES[buffer.dtype])
    return values.reshape(buffer.shape)


def _aligned(data: Bytes) -> Bytes:
    """A copy that starts at a multiple of 32 bytes."""
    room = np.empty(data.size + 32, np.uint8)
    start = -room.ctypes.data % 32
    copy = room[start : start + data.size]
    copy[:] = data
    return copy
