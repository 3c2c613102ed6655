"""Addresses of buffers: banks in turn, largest buffer first, else one behind the other (npu-facts.md, 5.6).

The quirks of the real compiler are kept, because addresses show in rtp_write and register writes: the bank-aware scheme
moves a buffer with an explicit address up by its own size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from npubuild.hardware.devices import RESOURCES, Tile
from npubuild.placement.data import Data
from npubuild.placement.findings import Findings
from npubuild.placement.introsort import introsort

BANK_AWARE, SEQUENTIAL = "bank-aware", "basic-sequential"

Addresses = dict[Data, int]


def assign_addresses(
    data: Iterable[Data], stacks: Mapping[Tile, int], schemes: Mapping[Tile, str], findings: Findings
) -> Addresses:
    """An address in bytes for every buffer; `stacks` gives the bytes below the buffers of tiles with a core.

    `schemes` names the allocation scheme of tiles that ask for one. Without it, buffers that do not fit their banks are
    packed one behind the other.
    """
    of_tile: dict[Tile, list[Data]] = {}
    for item in data:
        of_tile.setdefault(item.tile, []).append(item)
    found: Addresses = {}
    for tile, items in of_tile.items():
        found |= _Allocator(tile, items, stacks.get(tile, 0), findings).assign(schemes.get(tile))
    return found


class _Allocator:
    """The buffers of one tile."""

    def __init__(self, tile: Tile, items: Sequence[Data], stack: int, findings: Findings) -> None:
        self._tile = tile
        self._items = items
        self._stack = stack
        self._findings = findings
        self._memory = RESOURCES[tile.kind].data_memory
        self._banks = max(1, RESOURCES[tile.kind].banks)
        self._bank_size = self._memory // self._banks
        self._explicit = {item: item.address for item in items if item.address is not None}

    def assign(self, scheme: str | None) -> Addresses:
        found = None
        if scheme != SEQUENTIAL:
            found = self._bank_aware()
            if found is None and scheme == BANK_AWARE:
                self._report("no bank has room for every buffer", self._sequential(self._explicit))
                return {}
        if found is None:
            found = self._sequential(self._explicit)
        if any(address < 0 or address + item.size > self._memory for item, address in found.items()):
            self._report(
                f"buffers and stack need {self._stack + sum(item.size for item in self._items)} bytes of the"
                f" {self._memory} on tile {self._tile}",
                found,
            )
        return found

    def _bank_aware(self) -> Addresses | None:
        """Round robin over the banks, each filled from its start; None where a buffer fits into no bank."""
        ends = [self._bank_size * (bank + 1) for bank in range(self._banks)]
        free = [self._bank_size * bank for bank in range(self._banks)]
        free[0] += self._stack
        found: Addresses = {}
        for item, address in self._explicit.items():
            bank = address // self._bank_size
            if not 0 <= bank < self._banks or address < free[bank]:
                return None
            found[item] = address + item.size
            free[bank] = found[item] + item.size
        unplaced = [item for item in self._items if item not in found]
        for item in [item for item in unplaced if item.bank is not None]:
            bank = item.bank or 0
            if not 0 <= bank < self._banks or free[bank] + item.size > ends[bank]:
                return None
            found[item] = free[bank]
            free[bank] += item.size
            unplaced.remove(item)
        start = 0
        for item in _by_size(unplaced):
            turns = [(start + turn) % self._banks for turn in range(self._banks)]
            bank = next((bank for bank in turns if free[bank] + item.size <= ends[bank]), -1)
            if bank < 0:
                # Explicit addresses stay where the failed attempt has moved them.
                self._explicit = {kept: found[kept] for kept in self._explicit}
                return None
            found[item] = free[bank]
            free[bank] += item.size
            start = (bank + 1) % self._banks
        if self._stack > self._bank_size:  # it would lie under the buffers of the banks that follow
            self._explicit = {kept: found[kept] for kept in self._explicit}
            return None
        return found

    def _sequential(self, explicit: Mapping[Data, int]) -> Addresses:
        """One behind the other from the end of the stack on, around the buffers with an address, without alignment."""
        found = dict(explicit)
        obstacles = sorted(explicit.items(), key=lambda pair: pair[1])
        address = self._stack
        for item in _by_size([item for item in self._items if item not in found]):
            while obstacles and address + item.size > obstacles[0][1]:
                other, start = obstacles.pop(0)
                address = start + other.size
            found[item] = address
            address += item.size
        return found

    def _report(self, message: str, found: Addresses) -> None:
        largest = _by_size(self._items)[0]
        lines = [f"  {0:>7} to {self._stack:>7}: stack of the core"] if self._stack else []
        for item, address in sorted(found.items(), key=lambda pair: pair[1]):
            beyond = "  <- beyond the end" if address + item.size > self._memory else ""
            lines.append(f"  {address:>7} to {address + item.size:>7}: {item.name} ({item.size} bytes){beyond}")
        self._findings.error(
            largest.op,
            "memory-exceeded",
            message,
            "lower the depth of fifos on this tile, use smaller objects, or a smaller stack_size; memory of"
            f" {self._tile} would be:\n" + "\n".join(lines),
        )


def _by_size(items: Sequence[Data]) -> list[Data]:
    return introsort(list(items), lambda first, second: first.size > second.size)
