"""Numbers of static buffer descriptors: the lowest free one of the tile, in block order (npu-facts.md, 5.5)."""

from __future__ import annotations

from npubuild.hardware.devices import RESOURCES, TileKind
from npubuild.hardware.limits import ODD_CHANNELS_FROM
from npubuild.placement.findings import Findings
from npubuild.placement.programs import Program, Transfer


def reachable_numbers(transfer: Transfer) -> range:
    """The descriptor numbers that the transfer's channel can run."""
    available = RESOURCES[transfer.channel.tile.kind].descriptors
    if transfer.channel.tile.kind is not TileKind.MEM:
        return range(available)
    return range(ODD_CHANNELS_FROM, available) if transfer.channel.index % 2 else range(ODD_CHANNELS_FROM)


def number_descriptors(program: Program, findings: Findings) -> list[int]:
    """The descriptor number of every transfer of a program; explicit ones are kept."""
    taken: dict[int, Transfer] = {}
    for transfer in program.transfers:
        if transfer.bd_id is not None:
            _claim(transfer, transfer.bd_id, taken, findings)
    numbers: list[int] = []
    for transfer in program.transfers:
        number = transfer.bd_id
        if number is None:
            reachable = reachable_numbers(transfer)
            number = next((number for number in reachable if number not in taken), None)
            if number is None:
                _report(transfer, len(reachable), findings)
                return []
            taken[number] = transfer
        numbers.append(number)
    return numbers


def _claim(transfer: Transfer, number: int, taken: dict[int, Transfer], findings: Findings) -> None:
    tile, reachable = transfer.channel.tile, reachable_numbers(transfer)
    if number not in reachable:
        findings.error(
            transfer.op,
            "bd-id-range",
            f"descriptor {number} for channel {transfer.channel.direction.name} {transfer.channel.index} of tile {tile},"
            f" which reaches {reachable.start} to {reachable.stop - 1}",
            "leave bd_id out",
        )
    elif number in taken:
        findings.error(
            transfer.op,
            "bd-id-taken",
            f"descriptor {number} of tile {tile} is used twice",
            "leave bd_id out",
        )
    taken[number] = transfer


def _report(transfer: Transfer, available: int, findings: Findings) -> None:
    tile = transfer.channel.tile
    parity = f" on {'odd' if transfer.channel.index % 2 else 'even'} channels" if tile.kind is TileKind.MEM else ""
    findings.error(
        transfer.op,
        "descriptors-exhausted",
        f"no buffer descriptor left on tile {tile}: it has {available}{parity}",
        "every object of a ring takes one (times repeat_count, times the parts of a distribute or join): lower the depths,"
        " or move fifos to another tile",
    )
