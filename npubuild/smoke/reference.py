"""The reference module beside a kernel's source: what it draws, what the outputs are, and whether it keeps its contract."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from npubuild.errors import Place, UserError
from npubuild.mlir.elements import NUMPY_DTYPES
from npubuild.registry import Buffer, Kernel
from npubuild.smoke.elements import Bytes, Floats, as_floats

CONTRACT = "see c_kernels/README.md for what a reference module offers"
READ_ONLY = "inputs are read-only, since the kernel gets the same ones: change a copy"
PACKAGE = Path(__file__).resolve().parents[1]


class Reference:
    """The functions of a kernel's reference module. Each raises a located UserError where the module breaks its contract."""

    def __init__(self, kernel: Kernel, root: Path) -> None:
        self._entry = kernel.entry
        self._root = root
        self._name = kernel.smoke.reference
        self._module = self._guarded(lambda: load_module(root / self._name))

    def draw(self, case: str, seed: int) -> tuple[Bytes, ...]:
        """The inputs of one call as bytes."""
        return self._as_bytes(self._guarded(lambda: self._module.draw(case, seed)), self._entry.inputs, "draw")

    def ideal(self, inputs: Sequence[Bytes]) -> tuple[Floats, ...]:
        """What the outputs of one call should be: for each a flat array of finite numbers."""
        arrays = self.as_arrays(inputs)
        scalars = {scalar.name: scalar.value for scalar in self._entry.scalars}
        return self._as_ideal(self._guarded(lambda: self._module.reference(*arrays, **scalars)))

    def compose(self, call: Callable[..., None], inputs: Sequence[Bytes]) -> tuple[Bytes, ...]:
        """What the module makes of several C functions, which it reaches by `call`."""
        arrays = self.as_arrays(inputs)
        outputs = self._guarded(lambda: self._module.compose(call, *arrays))
        return self._as_bytes(outputs, self._entry.outputs, "compose")

    def as_arrays(self, inputs: Sequence[Bytes]) -> list[npt.NDArray[Any]]:
        """Inputs as the module takes them: read-only, since the kernel is fed with the same bytes."""
        return [_as_array(data, buffer) for data, buffer in zip(inputs, self._entry.inputs, strict=True)]

    def _as_bytes(self, drawn: Any, buffers: Sequence[Buffer], function: str) -> tuple[Bytes, ...]:
        if not isinstance(drawn, tuple) or len(drawn) != len(buffers):
            self._refuse(f"{function} must return a tuple of {len(buffers)} arrays")
        arrays = [np.ascontiguousarray(array) for array in drawn]
        for array, buffer in zip(arrays, buffers, strict=True):
            expected = np.dtype(NUMPY_DTYPES[buffer.dtype])
            if array.dtype != expected or array.nbytes != buffer.nbytes:
                self._refuse(f"{function} gives {array.size} x {array.dtype} for `{buffer.name}`, which is {buffer}")
        return tuple(array.reshape(-1).view(np.uint8).copy() for array in arrays)  # the module may use its own again

    def _as_ideal(self, outputs: Any) -> tuple[Floats, ...]:
        buffers = self._entry.outputs
        if not isinstance(outputs, tuple) or len(outputs) != len(buffers):
            self._refuse(f"reference must return a tuple of {len(buffers)} arrays")
        ideal = tuple(np.asarray(output, np.float64).reshape(-1) for output in outputs)
        for values, buffer in zip(ideal, buffers, strict=True):
            if values.size != int(np.prod(buffer.shape)):
                self._refuse(f"reference gives {values.size} numbers for `{buffer.name}`, which is {buffer}")
            wrong = np.flatnonzero(~np.isfinite(values))
            if wrong.size:
                self._refuse(f"reference() gives {values[wrong[0]]:g} for element {wrong[0]} of `{buffer.name}`")
        return ideal

    def _guarded(self, call: Callable[[], Any]) -> Any:
        """What a reference module raises is its author's to see, located, whatever it is."""
        try:
            return call()
        except Exception as error:
            hint = READ_ONLY if isinstance(error, ValueError) and "read-only" in str(error) else CONTRACT
            place = place_of(error, self._root, self._name)
            raise UserError.at(place, f"{type(error).__name__}: {error}", hint) from error

    def _refuse(self, message: str) -> None:
        raise UserError.at(Place(self._name), message, hint=CONTRACT)


def load_module(file: Path) -> ModuleType:
    """A reference module; raises whatever it raises."""
    spec = importlib.util.spec_from_file_location(f"reference_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.parent))  # it may import its neighbours, as a program does
    sys.modules[spec.name] = module  # where dataclasses look for the module that they are defined in
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    finally:
        sys.path.remove(str(file.parent))
    return module


def place_of(error: Exception, root: Path, name: str) -> Place:
    """Where the project's own code raised it: the innermost line in a file below `root`, or else the module `name`."""
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno))
    folder = root.resolve()
    for filename, line in reversed(frames):
        file = Path(filename).resolve()
        installed = file.is_relative_to(PACKAGE) or "site-packages" in file.parts
        if file.is_relative_to(folder) and not installed:
            return Place(str(file.relative_to(folder)), line or 0)
    return Place(name)


def _as_array(data: Bytes, buffer: Buffer) -> npt.NDArray[Any]:
    """An input as the reference takes it: of the declared shape and type, a bf16 as the float64 that it stands for."""
    values = as_floats(data, "bf16") if buffer.dtype == "bf16" else data.view(NUMPY_DTYPES[buffer.dtype])
    array = values.reshape(buffer.shape)
    array.flags.writeable = False
    return array
