"""`bo`: buffer objects (xrt-facts.md, 2.2, 2.3 and 3.2)."""
# ruff: noqa: N801 (the names are the real module's)

from __future__ import annotations

import contextlib
import weakref
from typing import Any

import numpy as np

from npubuild.emulator.xrt.devices import device, require_open
from npubuild.emulator.xrt.enums import BoundEnum, member, xclBOSyncDirection
from npubuild.emulator.xrt.mode import explained, is_lenient
from npubuild.emulator.xrt.signatures import BUFFER, SIZE, UINT32, Kind, Rejected, enumeration, instance, overloaded
from npubuild.emulator.xrt.storage import POISON, Bytes, Storage


class bo_flags(BoundEnum):
    """What kind of memory; an NPU takes `cacheable` (instructions) and `host_only` (data)."""

    normal = member(0)
    cacheable = member(1 << 24)
    svm = member(1 << 27)
    device_only = member(1 << 28)
    host_only = member(1 << 29)
    p2p = member(1 << 30)


bo_flags.__name__ = "flags"
bo_flags.__qualname__ = "bo.flags"


def _is_bo(value: object) -> object:
    if not isinstance(value, bo):
        raise Rejected
    return value


BO = Kind("pyxrt.bo", _is_bo)


class bo:
    """A buffer of the host and its copy on the device, or a part of one (`bo(parent, size, offset)`)."""

    flags = bo_flags
    normal = bo_flags.normal
    cacheable = bo_flags.cacheable
    svm = bo_flags.svm
    device_only = bo_flags.device_only
    host_only = bo_flags.host_only
    p2p = bo_flags.p2p

    @overloaded((instance(device, "pyxrt.device"), SIZE, enumeration(bo_flags), UINT32), (BO, SIZE, SIZE))
    def __init__(self, owner: device | bo, size: int, third: bo_flags | int, group: int | None = None) -> None:
        self._views: list[weakref.ref[Bytes]] = []
        self._size = size
        if not isinstance(owner, device):
            self._part_of(owner, size, int(third))
            return
        require_open(owner)
        _require_kind(bo_flags(int(third)))
        if size == 0:
            raise explained("Invalid argument", "a buffer has at least one byte")
        self._parent: bo | None = None
        self._offset = 0
        self._group = int(group or 0)
        self._storage = Storage(size, cacheable=bo_flags(int(third)) == bo_flags.cacheable)

    def _part_of(self, parent: bo, size: int, offset: int) -> None:
        if size == 0 or offset + size > parent._size:
            raise explained(
                "sub buffer size and offset: Invalid argument",
                f"the parent has {parent._size} bytes; {size} bytes at {offset} are not inside it",
            )
        self._parent = parent
        self._offset = parent._offset + offset
        self._group = parent._group
        self._storage = parent._storage

    @property
    def _host(self) -> Bytes:
        return self._storage.host[self._offset : self._offset + self._size]

    @overloaded((BUFFER, SIZE))
    def write(self, source: Any, seek: int) -> None:
        data = _raw_bytes(source)
        if seek + len(data) > self._size:
            hint = f"{len(data)} bytes at {seek}, but the buffer has {self._size}"
            raise explained("attempting to write past buffer size: Invalid argument", hint)
        self._host[seek : seek + len(data)] = np.frombuffer(data, np.uint8)

    @overloaded((SIZE, SIZE), returns="numpy.ndarray[numpy.int8]")
    def read(self, size: int, skip: int) -> np.ndarray[Any, np.dtype[np.int8]]:
        if skip + size > self._size:
            hint = f"{size} bytes at {skip}, but the buffer has {self._size}"
            raise explained("attempting to read past buffer size: Invalid argument", hint)
        if self._storage.unread and not is_lenient():
            raise explained(
                "",
                "the array has written to this buffer, but nothing was copied back: "
                "call sync(xclBOSyncDirection.XCL_BO_SYNC_BO_FROM_DEVICE) before reading",
            )
        return self._host[skip : skip + size].astype(np.int8)

    @overloaded((enumeration(xclBOSyncDirection),), (enumeration(xclBOSyncDirection), SIZE, SIZE))
    def sync(self, direction: xclBOSyncDirection, size: int | None = None, offset: int = 0) -> None:
        size = self._size if size is None else size
        if offset + size > self._size:
            raise explained(
                "Invalid offset and size when syncing sub buffer: Invalid argument"
                if self._parent
                else f"Invalid BO offset and size for sync'ing: {offset}, {size} (err=22): Invalid argument",
                f"the buffer has {self._size} bytes",
            )
        if direction.value > 1:
            raise explained("Operation not supported", f"an NPU has no sync of kind {direction}")
        storage = self._storage
        piece = slice(self._offset + offset, self._offset + offset + size)
        if direction == xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE:
            storage.device[piece] = storage.host[piece]
        else:
            _require_finished(storage)
            storage.host[piece] = storage.device[piece]
            storage.unread = False
        storage.written &= size < len(storage.host)

    @overloaded((), returns="memoryview")
    def map(self) -> memoryview:
        """A writable view of the host copy. As in the real binding it does not keep the buffer alive."""
        view = self._host.view()
        self._views.append(weakref.ref(view))
        return memoryview(view)

    @overloaded((), returns="int")
    def size(self) -> int:
        return self._size

    @overloaded((), returns="int")
    def address(self) -> int:
        return self._storage.address + self._offset

    def __del__(self) -> None:
        if getattr(self, "_parent", True) is not None or not any(view() is not None for view in self._views):
            return
        with contextlib.suppress(TypeError):  # the interpreter may be half gone
            self._storage.host[:] = POISON  # what a view of freed memory shows: not the data


def _require_kind(kind: bo_flags) -> None:
    if kind == bo_flags.normal:
        text = "unsupported buffer type: none flag (err=95): Operation not supported"
    elif kind not in {bo_flags.cacheable, bo_flags.host_only}:
        text = "Bad BO flags (err=95): Operation not supported"
    else:
        return
    raise explained(text, "an NPU takes bo.host_only for data and bo.cacheable for instructions")


def _require_finished(storage: Storage) -> None:
    """Refuse to hand out the output of a run of which the script does not know that it completed."""
    completion = storage.completion
    if completion is None or is_lenient():
        return
    if completion.dropped:
        raise explained(
            "xrt::run destructed while command is still in progress",
            "this buffer was written by a run whose object was dropped before wait(): keep `run = kernel(...)`, "
            "call run.wait() and check that it returns ERT_CMD_STATE_COMPLETED",
        )
    if not completion.observed:
        raise explained(
            "",
            "this buffer was written by a run that nobody waited for: call run.wait(), check that it returns "
            "ERT_CMD_STATE_COMPLETED, and only then copy the output back",
        )
    if completion.state != "ERT_CMD_STATE_COMPLETED":
        raise explained(
            f"Command failed to complete successfully ({completion.state})",
            f"the output of this run is not a result: run.wait() returned {completion.state}, which was not checked\n"
            f"{completion.explanation}".rstrip(),
        )


def _raw_bytes(source: Any) -> bytes:
    """Item size x size bytes from the start of the data, whatever the strides: what the real binding copies."""
    view = memoryview(source)
    if view.c_contiguous:
        return view.tobytes()
    array = np.asarray(source)
    reach = array.itemsize + sum((n - 1) * stride for n, stride in zip(array.shape, array.strides, strict=True))
    if not is_lenient() or min(array.strides) < 0 or reach < array.nbytes:
        raise explained(
            "",
            f"the data are not contiguous (shape {array.shape}, strides {array.strides} bytes): the real binding ignores "
            "strides and copies scrambled bytes; pass numpy.ascontiguousarray(...)",
        )
    flat = np.lib.stride_tricks.as_strided(array, (array.size,), (array.itemsize,))
    return flat.tobytes()
