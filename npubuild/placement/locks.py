"""Lock ids: the design's own locks first, then those of the fifos, each the lowest that its tile has left."""

from __future__ import annotations

from collections import defaultdict

from xdsl.ir import Operation

from npubuild.hardware.devices import RESOURCES, Tile, TileKind
from npubuild.hardware.limits import LOCK_WINDOW, window
from npubuild.mlir.dialect.aie import DeviceOp, LockOp
from npubuild.placement.findings import Findings
from npubuild.placement.model import Lock


def local_id(lock: Lock, tile: Tile) -> int | None:
    """The number that the DMA of `tile` gives to `lock`, None if it cannot reach it.

    Core and shim DMAs reach their own tile's locks; a memory tile's DMA sees west 0-63, own 64-127, east 128-191.
    """
    if tile.kind is TileKind.MEM and lock.tile.kind is TileKind.MEM and abs(lock.tile.col - tile.col) <= 1:
        return lock.id + LOCK_WINDOW * window(tile, lock.tile)
    return lock.id if lock.tile == tile else None


class LockIds:
    """The lock ids of every tile that are still free."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._taken: dict[Tile, dict[int, str]] = defaultdict(dict)

    def declare(self, device: DeviceOp) -> dict[LockOp, Lock]:
        """Give every `aie.lock` its id: explicit ones as written, then the others in program order."""
        declared = device.ops_of(LockOp)
        for op in declared:
            if op.id_value is not None:
                self._claim(op, op.id_value)
        locks: dict[LockOp, Lock] = {}
        for op in declared:
            number = op.id_value if op.id_value is not None else self.take(op, op.tile, op.symbol or "a lock without name")
            if number is not None:
                name = op.symbol or f"lock_{op.tile.col}_{op.tile.row}_{number}"
                locks[op] = Lock(name, op.tile, number, op.init_value)
        return locks

    def take(self, op: Operation, tile: Tile, name: str) -> int | None:
        """The lowest free id of `tile` for the lock `name`, which `op` needs; None, with a finding, if there is none."""
        taken, available = self._taken[tile], RESOURCES[tile.kind].locks
        number = next((number for number in range(available) if number not in taken), None)
        if number is None:
            self._findings.error(
                op,
                "locks-exhausted",
                f"no lock left on tile {tile} for `{name}`: all {available} are taken",
                f"the locks of {tile} are " + ", ".join(f"{n}: {taken[n]}" for n in sorted(taken)) + "; "
                "use fewer object fifos or own locks on this tile, or move some to another one",
            )
            return None
        taken[number] = name
        return number

    def _claim(self, op: LockOp, number: int) -> None:
        taken, available = self._taken[op.tile], RESOURCES[op.tile.kind].locks
        if not 0 <= number < available:
            self._findings.error(
                op,
                "lock-id-range",
                f"lock id {number} on tile {op.tile}, which has the ids 0 to {available - 1}",
                "leave the id out to get a free one",
            )
        elif number in taken:
            self._findings.error(
                op,
                "lock-id-taken",
                f"lock id {number} of tile {op.tile} belongs to `{taken[number]}` already",
                "leave the id out to get a free one",
            )
        taken[number] = op.symbol or f"lock_{op.tile.col}_{op.tile.row}_{number}"
