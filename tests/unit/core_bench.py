"""A test bench for core programs: the smallest array in which one runs, with fifos fed and drained by hand."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npubuild.emulator.core import CoreProgram, compile_core
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.process import AcquireLock, CallKernel, CoreFault, Pause, ReleaseLock, Report, Step
from npubuild.errors import Diagnostic
from npubuild.mlir.source import parse_design
from npubuild.placement.model import Placement, Ring
from npubuild.placement.place import place

Array = NDArray[Any]
POISON = 0xA5


class Bench:
    """Memories and locks of a placed design, and its cores. Fifo ends that no core serves are served by `run`."""

    def __init__(self, text: str, kernels: Kernels | None = None) -> None:
        design = parse_design(text, "design.mlir")
        self.placement: Placement = place(design, design.device())
        kernels = kernels or Kernels()
        self.programs: list[CoreProgram] = [
            compile_core(core, self.placement, kernels, design.place) for core in self.placement.cores
        ]
        self.memory = {buffer.name: np.full(buffer.nbytes, POISON, np.uint8) for buffer in self.placement.buffers}
        for buffer in self.placement.buffers:
            if buffer.initial is not None:
                self.memory[buffer.name][:] = np.frombuffer(buffer.initial, np.uint8)
        self.locks = {lock.name: lock.init for lock in self.placement.locks}
        self.findings: list[Diagnostic] = []
        self.steps: list[Step] = []
        self.fault: Diagnostic | None = None
        self.blocked: list[str] = []

    def run(
        self, feeds: Mapping[str, Sequence[Array]] | None = None, dtype: Any = np.int32, limit: int = 20_000
    ) -> dict[str, list[Array]]:
        """Resume the cores until all are blocked or ended; what came out of each fifo, as arrays of `dtype`."""
        feeds = feeds or {}
        waiting = {fifo: [np.ascontiguousarray(a).view(np.uint8).ravel() for a in arrays] for fifo, arrays in feeds.items()}
        ends = {access.fifo: (access, ring) for access, ring in self.placement.accesses.items()}
        served = {fifo for fifo in ends if sum(access.fifo == fifo for access in self.placement.accesses) == 1}
        out: dict[str, list[Array]] = {fifo: [] for fifo in served if ends[fifo][0].port == "Produce"}
        count = dict.fromkeys(served, 0)
        cores = [_Core(program(lambda name: self.memory[name])) for program in self.programs]
        for _ in range(limit):
            moved = any(list(map(self._step, cores)))
            for fifo in served:
                access, ring = ends[fifo]
                if access.port == "Consume":
                    moved |= self._feed(ring, waiting.get(fifo, []), count, fifo)
                else:
                    moved |= self._drain(ring, out[fifo], count, fifo)
            if not moved:
                break
        self.blocked = [core.waits.why for core in cores if core.waits is not None]
        return {fifo: [array.view(dtype) for array in arrays] for fifo, arrays in out.items()}

    def _feed(self, ring: Ring, objects: list[Array], count: dict[str, int], fifo: str) -> bool:
        if not objects or (ring.free and self.locks[ring.free] < 1):
            return False
        self.memory[ring.buffers[count[fifo] % len(ring.buffers)]][:] = objects.pop(0)
        self._move(ring.free, ring.full)
        count[fifo] += 1
        return True

    def _drain(self, ring: Ring, out: list[Array], count: dict[str, int], fifo: str) -> bool:
        if not ring.full or self.locks[ring.full] < 1:
            return False
        out.append(self.memory[ring.buffers[count[fifo] // ring.repeat % len(ring.buffers)]].copy())
        self._move(ring.full, ring.free)
        count[fifo] += 1
        return True

    def _move(self, source: str, destination: str) -> None:
        if source:
            self.locks[source] -= 1
            self.locks[destination] += 1

    def _step(self, core: _Core) -> bool:
        if core.ended:
            return False
        if core.waits is not None:
            wanted = core.waits.value
            value = self.locks[core.waits.lock]
            if not (value >= -wanted if wanted < 0 else value == wanted):
                return False
            self.locks[core.waits.lock] -= abs(wanted)
            core.waits = None
        try:
            step = core.program.send(core.answer)
        except StopIteration:
            core.ended = True
            return True
        except CoreFault as fault:
            self.fault, core.ended = fault.finding, True
            return True
        core.answer = None
        self.steps.append(step)
        if isinstance(step, AcquireLock):
            core.waits = step
        elif isinstance(step, ReleaseLock):
            self.locks[step.lock] += step.value
        elif isinstance(step, CallKernel):
            core.answer = step.function(*step.arguments)
        elif isinstance(step, Report):
            self.findings.append(step.finding)
        else:
            assert isinstance(step, Pause)
        return True


class _Core:
    def __init__(self, program: Generator[Step, Any, None]) -> None:
        self.program = program
        self.waits: AcquireLock | None = None
        self.answer: Any = None
        self.ended = False


def design(body: str, declarations: str = "", attributes: str = "") -> str:
    """A device with one core at (0, 2): `declarations` in the device, `body` in the core."""
    return f"""module {{
  aie.device(npu1_1col) {{
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    {declarations}
    aie.core(%t) {{
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      {body}
      aie.end
    }} {attributes}
  }}
}}
"""


def scratch(name: str, memref: str, initial: str = "") -> str:
    """Text of a buffer `%name` of the core's tile."""
    value = f" = {initial}" if initial else ""
    return f'%{name} = aie.buffer(%t) {{sym_name = "{name}"}} : {memref}{value}\n'
