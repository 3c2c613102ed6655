"""The native pool as Python sees it: post a call of a C function, collect its result. See pool.cc for how it works."""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from npubuild.emulator.kernels import CFunction, Pointer, address
from npubuild.emulator.native.library import load_library

MOST_ARGUMENTS = 8
"""What the pool passes, in registers or in whole words on the stack. A callee that takes fewer does not look at the rest:
that is so in the calling conventions of System V for x86-64 and of Arm for AArch64."""
MACHINES = ("x86_64", "aarch64", "arm64")


class _Call(ctypes.Structure):
    """`Call` in pool.cc."""

    _fields_ = (
        ("function", ctypes.c_void_p),
        *((f"argument{number}", ctypes.c_int64) for number in range(MOST_ARGUMENTS)),
        ("result", ctypes.c_int64),
        ("seconds", ctypes.c_double),
        ("next", ctypes.c_void_p),
        ("done", ctypes.c_int64),
    )


class _Signature(NamedTuple):
    """How arguments become 64-bit words, and the word that comes back becomes the result (None: there is none)."""

    arguments: tuple[Callable[[Any], int], ...]
    result: Callable[[int], Any] | None


class Posted:
    """A call in the pool's hands. Keeps alive what the call works on."""

    __slots__ = ("_arguments", "_call", "_pool", "_result")

    def __init__(self, pool: Pool, call: _Call, arguments: tuple[Any, ...], result: Callable[[int], Any] | None) -> None:
        self._pool = pool
        self._call = call
        self._arguments = arguments
        self._result = result

    def collect(self) -> tuple[Any, float]:
        """The result and the seconds that the call took. Works on posted calls until there is one; to be called once."""
        call = self._call
        self._pool.collect(self, call)
        return (None if self._result is None else self._result(call.result)), call.seconds


class Pool:
    """Threads beside the one that schedules. Any thread may post and collect, also in turns with others."""

    def __init__(self, library: ctypes.PyDLL, handle: int) -> None:
        self._post = library.pool_post  # does not wait: Python's lock is kept
        self._post.argtypes, self._post.restype = (ctypes.c_void_p, ctypes.c_void_p), None
        collect = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)  # gives Python's lock away
        self._collect = collect(("pool_collect", library))
        self._handle = handle
        self._under_way: dict[int, Posted] = {}  # so that a call that nobody collects keeps its memory nevertheless

    def post(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Posted | None:
        """Let a thread call the function; None where the function takes or returns something else than integers."""
        if not isinstance(function, CFunction):
            return None
        signature = _signature(function)
        if signature is None:
            return None
        words = [word(value) for word, value in zip(signature.arguments, arguments, strict=True)]
        call = _Call(function.address, *words)
        posted = Posted(self, call, arguments, signature.result)
        self._under_way[id(posted)] = posted
        self._post(self._handle, ctypes.byref(call))
        return posted

    def collect(self, posted: Posted, call: _Call) -> None:
        self._collect(self._handle, ctypes.byref(call))
        del self._under_way[id(posted)]


@cache
def open_pool() -> Pool | None:
    """The pool of the process: a thread for each processor but the scheduler's; None where it cannot be had."""
    workers = _processors() - 1
    library = load_library() if workers and os.name == "posix" and platform.machine() in MACHINES else None
    if library is None:
        return None
    library.pool_open.restype = ctypes.c_void_p
    handle = library.pool_open(workers)
    return Pool(library, handle) if handle else None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=open_pool.cache_clear)  # threads stay behind in the parent


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=256)
def _signature(function: CFunction) -> _Signature | None:
    arguments = [_word(type_) for type_ in function.arguments]
    known = [argument for argument in arguments if argument is not None]
    if len(known) < len(arguments) or len(known) > MOST_ARGUMENTS or function.result in _FLOATS:
        return None
    result = function.result
    if result is ctypes.c_bool:
        return _Signature(tuple(known), _lowest_byte)
    return _Signature(tuple(known), partial(_extended, result) if result else None)


def _word(type_: Any) -> Callable[[Any], int] | None:
    """What turns an argument of a C type into the 64-bit word that a register holds for it."""
    if type_ is Pointer:
        return address
    return None if type_ in _FLOATS else partial(_extended, type_)


def _extended(type_: Any, value: int) -> int:
    return int(type_(value).value)


def _lowest_byte(word: int) -> bool:
    """The result of a function that returns bool, which leaves the other bits of its register undefined."""
    return bool(word & 0xFF)


_FLOATS = (ctypes.c_float, ctypes.c_double)
