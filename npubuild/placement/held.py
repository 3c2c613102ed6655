"""Objects that a core holds, counted as the real compiler counts them: in textual order, loops unrolled (npu-facts.md, 5.2).

The compiler refuses an acquire before which more objects were released than were held. Only what it sees counts: releases
around the acquire in the same block, or one block away from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import lcm
from typing import NamedTuple

from xdsl.dialects.scf import ForOp
from xdsl.ir import Block

from npubuild.mlir.dialect.aie import CoreOp, DeviceOp, ObjectFifoAcquireOp, ObjectFifoReleaseOp
from npubuild.placement.cores import CONSUME
from npubuild.placement.fifos import Fifo
from npubuild.placement.findings import Findings


class Spot(NamedTuple):
    """Where an access stands: its block (a number per unrolled copy of a region), that block's parent, its place in them."""

    block: int
    position: int
    parent: int
    parent_position: int

    def is_before(self, other: Spot) -> bool:
        """Whether the compiler sees this access before `other`: in one block, or with one block boundary between them."""
        for mine in ((self.block, self.position), (self.parent, self.parent_position)):
            for theirs in ((other.block, other.position), (other.parent, other.parent_position)):
                if mine[0] == theirs[0]:
                    return mine[1] < theirs[1]
        return False


Placed = tuple[Spot, "ObjectFifoAcquireOp | ObjectFifoReleaseOp"]


def check_held(device: DeviceOp, fifos: Mapping[str, Fifo], findings: Findings) -> None:
    """Report every acquire before which a core has released more objects than it held."""
    for core in device.ops_of(CoreOp):
        _check_core(core, fifos, findings)


def _check_core(core: CoreOp, fifos: Mapping[str, Fifo], findings: Findings) -> None:
    held: dict[tuple[str, str], int] = {}
    pending: dict[tuple[str, str], list[tuple[Spot, int]]] = defaultdict(list)
    for spot, op in _Unroller(core, fifos).placed():
        key = (op.fifo, op.port)
        if isinstance(op, ObjectFifoReleaseOp):
            pending[key].append((spot, op.count))
            continue
        seen = [entry for entry in pending[key] if entry[0].is_before(spot)]
        pending[key] = [entry for entry in pending[key] if entry not in seen]
        released = sum(count for _, count in seen)
        if key in held and released > held[key]:
            findings.error(
                op,
                "released-more-than-held",
                f"before this acquire the core on tile {core.tile} releases {released} objects of @{op.fifo} and holds"
                f" {held[key]}",
                "release only what was acquired before",
            )
            held[key] = released
        held[key] = max(held.get(key, 0) - released, op.count)


class _Unroller:
    """Walks a core with its loops over fifo accesses unrolled once: two passes show what a pass leaves to the next."""

    MOST_COPIES = 256  # of one loop body in loops around it

    def __init__(self, core: CoreOp, fifos: Mapping[str, Fifo]) -> None:
        self._core = core
        self._fifos = fifos
        self._blocks = 0

    def placed(self) -> Iterator[Placed]:
        for block in self._core.body.blocks:
            yield from self._walk([block], (-1, 0), 1)

    def _walk(self, copies: list[Block], parent: tuple[int, int], multiplicity: int) -> Iterator[Placed]:
        """The accesses of a block (several copies of it behind each other, in an unrolled loop)."""
        self._blocks += 1
        number, position = self._blocks, 0
        for block in copies:
            for op in block.ops:
                position += 1
                if isinstance(op, (ObjectFifoAcquireOp, ObjectFifoReleaseOp)):
                    yield Spot(number, position, *parent), op
                for region in op.regions:
                    for inner in region.blocks:
                        unrolled = isinstance(op, ForOp) and self._is_unrolled(inner) and multiplicity < self.MOST_COPIES
                        passes = 2 if unrolled else 1
                        yield from self._walk([inner] * passes, (number, position), multiplicity * passes)

    def _is_unrolled(self, body: Block) -> bool:
        """Whether the rings that the loop acquires from directly have more than one object."""
        if self._core.dynamic:
            return False
        depths = [
            self._fifos[op.fifo].end_at(self._core.tile, consuming=op.port == CONSUME).depth
            for op in body.ops
            if isinstance(op, ObjectFifoAcquireOp)
        ]
        return lcm(*depths) > 1
