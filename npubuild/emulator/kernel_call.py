"""Calls of kernel functions: run where they are asked for, or handed to the threads that all arrays share."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from functools import cache
from queue import SimpleQueue
from typing import Any

from npubuild.emulator.native import Posted, open_pool

_NONE = object()


class KernelCall:
    """A call that a core has asked for. `finish` is given its result, `seconds` is what it took.

    A C function is best posted to the native pool. Any function can be handed over to a thread of Python's: whoever claims
    the call runs it, that thread, or the one that needs the result first.
    """

    __slots__ = ("_claim", "_done", "_error", "_posted", "_value", "arguments", "finish", "function", "name", "seconds")

    def __init__(
        self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...], finish: Callable[[Any], None]
    ) -> None:
        self.name = name
        self.function = function
        self.arguments = arguments
        self.finish = finish
        self.seconds = 0.0
        self._value: Any = _NONE
        self._error: BaseException | None = None
        self._posted: Posted | None = None  # None: not in the native pool
        self._claim: threading.Lock | None = None  # None: not handed over to a thread
        self._done: threading.Lock | None = None  # held until a thread that has claimed the call has finished it

    @property
    def handed_over(self) -> bool:
        return self._posted is not None or self._claim is not None

    def post(self) -> bool:
        """Let the native pool run it; False when there is none, or the function is not for it."""
        pool = open_pool()
        if pool is not None:
            self._posted = pool.post(self.function, self.arguments)
        return self._posted is not None

    def hand_over(self) -> None:
        """Let a thread of Python's run it, when one gets round to it."""
        self._claim = threading.Lock()
        self._done = threading.Lock()
        self._done.acquire()
        _work().put(self)

    def steal(self) -> bool:
        """Run here what a thread has not begun; False when there is no such thing left to do."""
        if self._value is not _NONE or self._claim is None or not self._claim.acquire(blocking=False):
            return False
        self._run()
        return True

    def obtain(self) -> Any:
        """The result: there already, run here, or waited for. Raises what the function raised."""
        if self._posted is not None:
            self._value, self.seconds = self._posted.collect()
            self._posted = None
        elif self._value is _NONE and (self._claim is None or self._claim.acquire(blocking=False)):
            self._run()
        elif self._value is _NONE and self._done is not None:
            with self._done:
                pass
            if self._error is not None:
                raise self._error
        return self._value

    @property
    def pending(self) -> bool:
        """Whether a result has to be waited for or computed."""
        return self._value is _NONE and self._error is None

    def run_in_thread(self) -> None:
        """A thread's part: run it unless somebody else does."""
        assert self._claim is not None
        assert self._done is not None
        if self._claim.acquire(blocking=False):
            try:
                self._run()
            except BaseException as error:
                self._error = error
            finally:
                self._done.release()

    def _run(self) -> None:
        begin = time.perf_counter()
        self._value = self.function(*self.arguments)
        self.seconds = time.perf_counter() - begin


@cache
def _work() -> SimpleQueue[KernelCall]:
    """The queue of the threads: one for each processor but the one that schedules (and lends a hand)."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    queue: SimpleQueue[KernelCall] = SimpleQueue()
    for number in range(max(1, available - 1)):
        threading.Thread(target=_serve, args=(queue,), name=f"npubuild-kernel-{number}", daemon=True).start()
    return queue


def _serve(queue: SimpleQueue[KernelCall]) -> None:
    while True:
        queue.get().run_in_thread()
