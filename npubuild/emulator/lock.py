"""Locks: counting semaphores (npu-facts.md, 1.4), with a list of those who wait."""

from __future__ import annotations

from npubuild.emulator.findings import Findings
from npubuild.emulator.scheduler import Process, Scheduler
from npubuild.hardware.devices import Tile
from npubuild.hardware.limits import HIGHEST_LOCK, LOWEST_LOCK


class Lock:
    """One lock of one tile.

    Who waits is served in turn: a release grants the lock to the waiting processes in the order in which they came, as far
    as its value allows, and wakes them with `granted` set. A release past the range of the counter leaves it at the limit.
    `peak` is the highest value since configuration, `written` tells whether the sequence set the lock.
    """

    __slots__ = ("findings", "init", "name", "number", "peak", "scheduler", "tile", "value", "waiters", "written")

    def __init__(self, tile: Tile, number: int, scheduler: Scheduler, findings: Findings) -> None:
        self.tile = tile
        self.number = number
        self.name = f"lock {number} of tile {tile}"
        self.scheduler = scheduler
        self.findings = findings
        self.waiters: list[tuple[Process, int]] = []
        self.configure(0)

    def configure(self, value: int) -> None:
        """The state after configuration: nobody waits."""
        self.init = self.value = self.peak = value
        self.written = False
        self.waiters.clear()

    def acquire(self, value: int) -> bool:
        """Take |value| when the lock allows it: at least -value for a negative value, equality otherwise."""
        if self.value >= -value if value < 0 else self.value == value:
            self.value -= abs(value)
            return True
        return False

    def wait(self, process: Process, value: int) -> None:
        """Queue behind those who wait already; `process.granted` tells when it is done."""
        process.granted = False
        self.waiters.append((process, value))

    def forget(self, process: Process) -> None:
        """A reset process waits no longer."""
        self.waiters = [waiter for waiter in self.waiters if waiter[0] is not process]

    def release(self, value: int) -> None:
        level = self.value + value
        if not LOWEST_LOCK <= level <= HIGHEST_LOCK:
            level = max(LOWEST_LOCK, min(level, HIGHEST_LOCK))
            self.findings.lock_overflow(self.name, self.tile)
        self.value = level
        self.peak = max(self.peak, level)
        if self.waiters:
            self._grant()

    def write(self, value: int) -> None:
        """A register write by the sequence."""
        self.value = value
        self.written = True
        self._grant()

    def _grant(self) -> None:
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            process, value = waiter
            if self.acquire(value):
                process.granted = True
                self.scheduler.wake(process)
            else:
                self.waiters.append(waiter)
