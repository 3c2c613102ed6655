"""The memory map of a tile: stack, the objects of fifos, constants and other buffers."""

from __future__ import annotations

from npubuild.hardware.devices import Tile
from npubuild.placement.model import Buffer, Placement

from npubuild.picture.scene import Region  # isort: skip


def regions(tile: Tile, placement: Placement) -> tuple[Region, ...]:
    """What lies in the data memory of a tile, in the order of first addresses; the objects of one ring are one region."""
    found = [
        Region("stack", "stack", ((0, core.stack_size),))
        for core in placement.cores
        if core.tile == tile and core.stack_size
    ]
    owners: dict[str, str] = {}
    for ring in reversed(placement.rings):  # of a link's fifos, the one that the buffers are named after
        for name in ring.buffers:
            if name not in owners or name.startswith(f"{ring.fifo}_"):
                owners[name] = ring.fifo
    groups: dict[tuple[str, str], list[Buffer]] = {}
    for buffer in placement.buffers:
        if buffer.tile == tile:
            fifo = owners.get(buffer.name, "")
            # Both ends of a fifo may lie on one tile: the objects of each end are told apart by the name of the ring.
            key = (fifo, buffer.name.rpartition("_")[0] if fifo else buffer.name)
            groups.setdefault(key, []).append(buffer)
    for (fifo, name), buffers in groups.items():
        kind = "fifo" if fifo else "constant" if buffers[0].initial is not None else "buffer"
        label = fifo or name
        pieces = tuple(sorted((buffer.address, buffer.nbytes) for buffer in buffers))
        found.append(Region(label, kind, pieces, fifo))
    return tuple(sorted(found, key=lambda region: region.pieces[0]))
