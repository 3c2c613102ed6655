"""What the emulator notices while it runs: accesses outside memory, registers that are not modelled, hazards, races.

Each finding is a Diagnostic with a stable rule name; the short phrases beside them are for machines.
"""

from __future__ import annotations

from npubuild.errors import Diagnostic, Place, Severity
from npubuild.hardware.devices import Channel, Direction, Tile


class Findings:
    """Findings of one run, each once. `faults` are phrases like `write arg 1 bytes 240..319 of 240`."""

    __slots__ = ("_seen", "diagnostics", "faults", "hazards")

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.faults: list[str] = []
        self.hazards: list[str] = []
        self._seen: set[tuple[str, str, Place | None]] = set()

    def clear(self) -> None:
        self.diagnostics.clear()
        self.faults.clear()
        self.hazards.clear()
        self._seen.clear()

    def add(
        self,
        rule: str,
        message: str,
        hint: str = "",
        *,
        severity: Severity = Severity.ERROR,
        place: Place | None = None,
    ) -> bool:
        """Note a finding; False when it is known already."""
        return self.take(Diagnostic(message, place, rule, hint, severity))

    def take(self, finding: Diagnostic, fault: str = "") -> bool:
        """Note a finding made elsewhere; with a phrase for `fault` the results are worth nothing."""
        key = (finding.rule, finding.message, finding.place)
        if key in self._seen:
            return False
        self._seen.add(key)
        self.diagnostics.append(finding)
        if fault:
            self.faults.append(fault)
        return True

    def fault(self, phrase: str, rule: str, message: str, hint: str = "", place: Place | None = None) -> None:
        """A finding after which the results are worth nothing."""
        self.take(Diagnostic(message, place, rule, hint), phrase)

    def outside_host(self, channel: Channel, argument: int, offset: int, nbytes: int, size: int) -> None:
        """Rule 16: a descriptor goes past the end of a host buffer; offsets and sizes in bytes."""
        verb = _verb(channel)
        last = offset + nbytes - 1
        self.fault(
            f"{verb} arg {argument} bytes {max(offset, size)}..{last} of {size}",
            "transfer-outside-argument",
            f"DMA {channel} would {verb} bytes {offset} to {last} of argument {argument}, which has {size} bytes",
            "compare the order and sizes of the host's buffers with the arguments of the runtime sequence",
        )

    def no_argument(self, channel: Channel, bd: int, address: int) -> None:
        verb = _verb(channel)
        self.fault(
            f"{verb} address {address:#x}",
            "host-address",
            f"DMA {channel} would {verb} host address {address:#x} (buffer descriptor {bd}), which belongs to no argument",
            "an address_patch binds a shim buffer descriptor to an argument",
        )

    def outside_tile(self, channel: Channel, bd: int, first: int, nbytes: int) -> None:
        verb = _verb(channel)
        last = first + nbytes - 1
        self.fault(
            f"{verb} tile {channel.tile.col} {channel.tile.row} bytes {first}..{last}",
            "tile-memory-bounds",
            f"DMA {channel} would {verb} bytes {first:#x} to {last:#x} of its tile's memory (buffer descriptor {bd}),"
            " past the end",
        )

    def stuck(self, channel: Channel, problem: str) -> None:
        self.fault(f"dma {channel} stuck", "dma-refused", f"DMA {channel} cannot go on: {problem}")

    def lock_overflow(self, name: str, tile: Tile) -> None:
        self.add(
            "lock-overflow",
            f"lock {name} of tile {tile} was released beyond its range of -64 to 63",
            severity=Severity.WARNING,
        )

    def queue_overflow(self, channel: Channel, count: int) -> None:
        """Rule 8."""
        self.add(
            "task-queue-overflow",
            f"DMA {channel} lost {tasks_of(count)} pushed onto its full queue",
            "a queue holds four tasks, the running one included: wait for a token before pushing more",
        )

    def hazard(self, tile: Tile, bd: int) -> None:
        """Rule 10: a descriptor is written while a task needs it."""
        phrase = f"col {tile.col} BD {bd}" if tile.row == 0 else f"tile {tile.col} {tile.row} BD {bd}"
        added = self.add(
            "bd-rewritten-while-in-use",
            f"buffer descriptor {bd} of tile {tile} is written while a task that uses it is still running or queued",
            "wait for the task before the descriptor is used again, or take another id",
        )
        if added:
            self.hazards.append(phrase)


def tasks_of(count: int) -> str:
    return f"{count} task" if count == 1 else f"{count} tasks"


def _verb(channel: Channel) -> str:
    return "read" if channel.direction is Direction.MM2S else "write"
