"""A core as a process: runs its program step by step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from npubuild.emulator.guard import watched
from npubuild.emulator.kernel_call import KernelCall
from npubuild.emulator.process import AcquireLock, CallKernel, CoreFault, CoreProgram, ReleaseLock, Report, Step
from npubuild.emulator.scheduler import Process
from npubuild.errors import Diagnostic
from npubuild.hardware.devices import Tile

if TYPE_CHECKING:
    from npubuild.emulator.array import Array

TURN = 64  # steps that a core may do before others get their turn


class CoreProcess(Process):
    """One core. `waiting` is the acquire or kernel call it waits for; `released` names the locks it has ever released.

    `send` resumes the program (`generator`) with the `result` of its last step.
    """

    __slots__ = ("array", "enabled", "ended", "generator", "program", "released", "result", "send", "tile", "waiting")

    def __init__(self, tile: Tile, program: CoreProgram, array: Array) -> None:
        super().__init__()
        self.tile = tile
        self.program = program
        self.array = array
        self.released: set[str] = set()
        self.enabled = True
        self.restart()

    def restart(self) -> None:
        """From the first step, as after reset."""
        self.resume = self._turn
        self.granted = False
        self.ended = False
        self.waiting: AcquireLock | CallKernel | None = None
        self.result: Any = None
        self.generator: Generator[Step, Any, None] = self.program(self.array.memory)
        self.send: Callable[[Any], Step] = self.generator.send
        self.array.scheduler.wake(self)

    def control(self, *, enabled: bool, reset: bool) -> None:
        """A write to the core control register."""
        if reset:
            if isinstance(self.waiting, AcquireLock):
                self.array.locks[self.waiting.lock].forget(self)
            self.restart()
        self.enabled = enabled and not reset
        if self.enabled:
            self.array.scheduler.wake(self)

    def _turn(self) -> None:
        if self.ended or not self.enabled or not self._may_go_on():
            return
        try:
            self._steps()
        except StopIteration:
            self.ended = True
        except CoreFault as fault:
            self.ended = True
            self._note(fault.finding, fatal=True)

    def _note(self, finding: Diagnostic, *, fatal: bool = False) -> None:
        self.array.findings.take(finding, f"core {self.tile.col} {self.tile.row} fault" if fatal else "")

    def _may_go_on(self) -> bool:
        """Whether what the core waited for has come."""
        if isinstance(self.waiting, CallKernel):
            return False
        if self.waiting is not None and not self.granted:
            return False
        self.waiting = None
        return True

    def _steps(self) -> None:
        array = self.array
        locks = array.locks
        send = self.send
        result, self.result = self.result, None
        for _ in range(TURN):
            step = send(result)
            result = None
            if isinstance(step, AcquireLock):
                lock = locks[step.lock]
                if not lock.acquire(step.value):
                    self.waiting = step
                    lock.wait(self, step.value)
                    return
            elif isinstance(step, ReleaseLock):
                self.released.add(step.lock)
                locks[step.lock].release(step.value)
            elif isinstance(step, CallKernel):
                self.waiting = step
                self._call(step)
                return
            elif isinstance(step, Report):
                self._note(step.finding)
            else:
                break
        array.scheduler.wake(self)

    def keep(self, result: Any) -> None:
        """The result of a kernel call, for when the core goes on."""
        self.result = result

    def _call(self, step: CallKernel) -> None:
        generator = self.generator

        def finish(result: Any) -> None:
            if self.generator is generator:  # not reset meanwhile
                self.waiting = None
                self.result = result
                self.array.scheduler.wake(self)

        function = watched(self.array, self.tile, step) if self.array.checked else step.function
        self.array.scheduler.call(KernelCall(step.name, function, step.arguments, finish))
