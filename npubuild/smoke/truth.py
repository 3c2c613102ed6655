"""What the outputs of a kernel must be: its own C++ called on the host, and the float reference beside its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npubuild.registry import Kernel, SmokeCase
from npubuild.smoke.call_record import CallRecord
from npubuild.smoke.elements import Bytes, Floats
from npubuild.smoke.host import Host, Mask
from npubuild.smoke.reference import Reference


@dataclass(frozen=True)
class Truth:
    """One call of the entry function: its inputs as bytes, and its outputs, each in the order of the entry.

    `exact` are the bytes that the C++ gives on the host, None for a design without C++; `written` tells which of them it
    wrote, None where that is not known. `ideal` are the float reference's outputs, one number for each element, on the scale
    of the output's elements.
    """

    inputs: tuple[Bytes, ...]
    exact: tuple[Bytes, ...] | None
    ideal: tuple[Floats, ...]
    written: tuple[Mask, ...] | None = None


class Oracle:
    """The reference module and, where there is one, the library of a kernel."""

    def __init__(self, kernel: Kernel, root: Path, library: Path | None, record: CallRecord | None = None) -> None:
        self._entry = kernel.entry
        self._reference = Reference(kernel, root)
        self._host = Host(kernel, library, record) if library else None

    @property
    def problems(self) -> tuple[str, ...]:
        """What the C++ did wrong on the host."""
        return self._host.problems if self._host else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the C++ did on the host that may be meant so."""
        return self._host.notes if self._host else ()

    @property
    def strayed(self) -> bool:
        """Whether the C++ wrote outside its buffers on the host."""
        return self._host is not None and self._host.strayed

    def truth(self, case: SmokeCase, seed: int) -> Truth:
        """Draw the inputs of one call, and what it must give. UserError when the module draws other shapes than declared."""
        inputs = self.draw(case.name, seed)
        ideal = self._reference.ideal(inputs)
        if self._entry.functions:
            return Truth(inputs, self._compose(inputs), ideal)
        if self._host is None:
            return Truth(inputs, None, ideal)
        outputs = self._host.call_entry(inputs)
        exact, written = (tuple(output.data for output in outputs), tuple(output.written for output in outputs))
        return Truth(inputs, exact, ideal, written)

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
        assert self._host is not None
        self._host.call_function(name, arguments)
