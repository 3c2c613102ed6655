"""What a core program is: a generator that yields the steps at which the rest of the array may notice or stop it.

A `CoreProgram` is called with the memory of its array and yields steps; it is resumed when the step is done. Between two
steps it computes on the buffers as it likes. Steps never change, so a program may make them once and yield them often.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from npubuild.errors import Diagnostic, Place

Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint32]


class AcquireLock(NamedTuple):
    """Wait for a lock: `value` < 0 until it holds at least -value, otherwise until it equals `value`; then take |value|.

    `lock` is a lock name of the placement. `why` says in the design's words what the core waits for (`@in Consume`, or a
    lock), `place` where the design says so.
    """

    lock: str
    value: int
    why: str = ""
    place: Place | None = None


class ReleaseLock(NamedTuple):
    """Add `value` to a lock; never blocks."""

    lock: str
    value: int


class CallKernel(NamedTuple):
    """Call a foreign function; the step's result is what the function returns.

    It may run in another thread, side by side with those of other cores. Buffers among the `arguments` are NumPy arrays that
    view the tile's memory, so that a write beside them can be told from one into them.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    name: str
    place: Place | None = None


class Pause(NamedTuple):
    """Give the others a turn: what a long loop without any other step yields now and then."""


class Report(NamedTuple):
    """The program did something without a defined result (a division by zero) and goes on; the same one may come often."""

    finding: Diagnostic


class CoreFault(Exception):  # noqa: N818 (a fault of the design, not an error of the program that finds it)
    """Raised by a program that left the memory it may access, and ends with that."""

    def __init__(self, finding: Diagnostic) -> None:
        self.finding = finding
        super().__init__(str(finding))


Step: TypeAlias = AcquireLock | ReleaseLock | CallKernel | Pause | Report
Memory: TypeAlias = Callable[[str], Bytes]
"""The live contents of a buffer of the placement, by name."""
CoreProgram: TypeAlias = Callable[[Memory], Generator[Step, Any, None]]
