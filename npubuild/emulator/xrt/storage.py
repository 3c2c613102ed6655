"""The memory behind buffer objects: a host copy and a device copy that only `sync` makes equal, and device addresses.

Real NPUs share the pages, so a forgotten sync often goes unnoticed there; here it never does (xrt-facts.md, 3.5).
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from npubuild.emulator.xrt.mode import explained

if TYPE_CHECKING:
    from npubuild.emulator.outcome import Outcome

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

POISON = 0xDB  # fills device memory before anything is copied there
HEAP_BASE = 0x4000000  # device address of the heap that holds cacheable buffers (xrt-facts.md, 3.2)
HEAP_BYTES = 64 << 20
HEAP_GRANULE = 4096


@dataclass
class Completion:
    """How a run ended, and whether the script has looked: shared by the run and the buffers that it wrote.

    `state` is the name of an `ert_cmd_state`, `outcome` what the emulator says (None where the array was not reached).
    `observed`: `wait` or `state` told the script the final state. `dropped`: the run object died before that.
    """

    state: str
    explanation: str = ""
    outcome: Outcome | None = None
    observed: bool = False
    dropped: bool = False


class Storage:
    """One allocation: `host` and `device` are uint8 arrays of its size, `address` is what a kernel argument holds.

    `written`: the array has written to the device copy since it was last synced as a whole; `unread`: and nothing was
    copied back since. `completion` is how the last such run ended.
    """

    def __init__(self, nbytes: int, *, cacheable: bool) -> None:
        self.host: Bytes = np.zeros(nbytes, np.uint8)
        self.device: Bytes = np.full(nbytes, POISON, np.uint8)
        self.cacheable = cacheable
        self.written = self.unread = False
        self.completion: Completion | None = None
        self.address = _heap.allocate(self, nbytes) if cacheable else self.host.ctypes.data
        _storages.add(self)

    def stale(self, start: int, stop: int) -> bool:
        """Whether the device would read other bytes from [start, stop) than the host has there, without having written."""
        return not self.written and not np.array_equal(self.host[start:stop], self.device[start:stop])


class _Heap:
    """First fit in the process's device heap; an allocation ends with its storage."""

    def __init__(self) -> None:
        self.live: dict[int, int] = {}

    def allocate(self, storage: Storage, nbytes: int) -> int:
        size = -(-nbytes // HEAP_GRANULE) * HEAP_GRANULE
        address = HEAP_BASE
        for start, used in sorted(self.live.items()):
            if start - address >= size:
                break
            address = start + used
        if address + size > HEAP_BASE + HEAP_BYTES:
            raise explained("", f"the device heap of {HEAP_BYTES >> 20} MiB for cacheable buffers has no {size} bytes left")
        self.live[address] = size
        weakref.finalize(storage, self.live.pop, address)
        return address


_heap = _Heap()
_storages: weakref.WeakSet[Storage] = weakref.WeakSet()


def locate(address: int) -> tuple[Storage, int] | None:
    """The live allocation that a device address lies in, and the byte offset inside it."""
    for storage in _storages:
        if 0 <= address - storage.address < len(storage.device):
            return storage, address - storage.address
    return None
