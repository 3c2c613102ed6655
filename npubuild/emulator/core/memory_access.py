"""What generated programs call to reach memory: typed views, addresses, fresh stack memory, strided copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from npubuild.emulator.memory import POISON


def typed(array: NDArray[np.uint8], key: str) -> Any:
    """A typed view of memory: a memoryview for a one-letter format, a numpy array for the name of a dtype."""
    return array.data.cast(key) if len(key) == 1 else array.view(key)  # type: ignore[call-overload]


def address_of(array: NDArray[np.uint8]) -> int:
    """The address of the first byte in this process."""
    return int(array.ctypes.data)


def poisoned(nbytes: int) -> NDArray[np.uint8]:
    """Memory of the stack as a core finds it: contents undefined."""
    return np.full(nbytes, POISON, np.uint8)


def initialised(data: bytes) -> NDArray[np.uint8]:
    """Memory with the contents that the design gives it."""
    return np.frombuffer(bytearray(data), np.uint8)


def strided(array: NDArray[np.uint8], dtype: str, offset: int, shape: Sequence[int], strides: Sequence[int]) -> NDArray[Any]:
    """A numpy view of a memref: `offset` and `strides` in elements of `dtype`. IndexError when it leaves the memory."""
    elements = array.view(dtype)
    last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if min(offset, last) < 0 or max(offset, last) >= len(elements):
        raise IndexError("strided view outside its memory")
    return as_strided(elements[offset:], shape, [stride * elements.itemsize for stride in strides])


def copy_elements(source: NDArray[Any], destination: NDArray[Any]) -> None:
    """memref.copy between views of one shape; right for overlapping ones too."""
    destination[...] = source.copy() if np.shares_memory(source, destination) else source


def float_cell() -> tuple[Any, Any]:
    """Four bytes seen as an f32 and as its bits: writing a double to the first rounds it to f32."""
    storage = bytearray(4)
    return memoryview(storage).cast("f"), memoryview(storage).cast("I")


def pieces(low: int, high: int, step: int, length: int) -> Iterator[range]:
    """range(low, high, step) in ranges of at most `length` values."""
    if step <= 0:
        raise IndexError("loop step is not positive")
    while low < high:
        end = min(high, low + step * length)
        yield range(low, end, step)
        low += step * length


ACCESS_NAMES: dict[str, object] = {
    "typed": typed,
    "address_of": address_of,
    "poisoned": poisoned,
    "initialised": initialised,
    "strided": strided,
    "copy_elements": copy_elements,
    "pieces": pieces,
}
