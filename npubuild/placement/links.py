"""Links between object fifos: one ring on the link tile serves all of them (npu-facts.md, 5.4)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from npubuild.hardware.devices import Tile, TileKind
from npubuild.mlir.dialect.aie import DeviceOp, ObjectFifoLinkOp, ObjectFifoOp
from npubuild.mlir.memrefs import elements
from npubuild.placement.findings import Findings


class LinkKind(enum.Enum):
    FORWARD = "forward"
    DISTRIBUTE = "distribute"
    JOIN = "join"


class Part(NamedTuple):
    """A piece of the ring's object, in elements of the ring's type."""

    offset: int
    length: int


@dataclass(frozen=True, eq=False)
class Link:
    """One `aie.objectfifo.link`.

    `parts` has one entry per small fifo of a distribute or join, in its order, and is empty for a forward. `repeat` is the
    repeat_count of the outputs: the ring's locks count every object that often.
    """

    op: ObjectFifoLinkOp
    kind: LinkKind
    tile: Tile
    parts: tuple[Part, ...] = ()
    repeat: int = 1

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.op.inputs

    @property
    def outputs(self) -> tuple[str, ...]:
        return self.op.outputs

    @property
    def fifos(self) -> tuple[str, ...]:
        return (*self.inputs, *self.outputs)

    def is_big(self, fifo: str) -> bool:
        """Whether `fifo` is the side of a distribute or join that carries whole objects."""
        return {LinkKind.DISTRIBUTE: self.inputs, LinkKind.JOIN: self.outputs}.get(self.kind, ()) == (fifo,)

    def part_index(self, fifo: str) -> int:
        """Which part of the object `fifo` carries (0 on the big side and in a forward)."""
        small = self.outputs if self.kind is LinkKind.DISTRIBUTE else self.inputs
        return small.index(fifo) if self.kind is not LinkKind.FORWARD and fifo in small else 0


def read_links(device: DeviceOp, fifos: Mapping[str, ObjectFifoOp], findings: Findings) -> dict[str, Link]:
    """Every link of the device under the name of each fifo in it."""
    found: dict[str, Link] = {}
    for op in device.ops_of(ObjectFifoLinkOp):
        link = _read(op, fifos, findings)
        if link is None:
            continue
        for fifo in link.fifos:
            if fifo in found:
                findings.error(
                    op,
                    "fifo-in-two-links",
                    f"object fifo @{fifo} is already part of another link",
                    "a fifo may be in one link only: send the data through a second fifo, or name both outputs in one link",
                )
            found[fifo] = link
    return found


def _read(op: ObjectFifoLinkOp, fifos: Mapping[str, ObjectFifoOp], findings: Findings) -> Link | None:
    unknown = [name for name in (*op.inputs, *op.outputs) if name not in fifos]
    for name in unknown:
        findings.error(op, "unknown-fifo", f"the link names @{name}, which is no object fifo of this device")
    if unknown:
        return None
    if len(op.inputs) > 1 and len(op.outputs) > 1:
        findings.error(
            op,
            "link-shape",
            f"a link of {len(op.inputs)} inputs and {len(op.outputs)} outputs joins and distributes at once",
            "join into one fifo first and distribute that one on another memory tile",
        )
        return None
    kind = LinkKind.JOIN if len(op.inputs) > 1 else LinkKind.DISTRIBUTE if len(op.outputs) > 1 else LinkKind.FORWARD
    tile = _shared_tile(op, fifos)
    if tile is None:
        findings.error(
            op,
            "link-no-shared-tile",
            f"@{', @'.join(op.inputs)} and @{', @'.join(op.outputs)} do not meet on one tile",
            "a link sits where its input fifos are consumed and its output fifos produced",
        )
        return None
    if tile.kind is TileKind.SHIM or (tile.kind is TileKind.CORE and kind is not LinkKind.FORWARD):
        findings.error(
            op,
            "link-needs-memory-tile",
            f"a {kind.value} link on tile {tile}, which is a {tile.kind.value} tile",
            f"move the link to the memory tile ({tile.col}, 1): only memory tiles split and join objects",
        )
        return None
    return Link(op, kind, tile, _parts(op, kind, fifos, findings), _repeat(op, fifos, findings))


def _shared_tile(op: ObjectFifoLinkOp, fifos: Mapping[str, ObjectFifoOp]) -> Tile | None:
    """The tile on which every input is consumed and every output produced.

    A joined or distributed input has to have it as its first consumer; a forwarded one may be broadcast to other tiles too.
    """
    tile = fifos[op.outputs[0]].producer
    if any(fifos[name].producer != tile for name in op.outputs):
        return None
    if len(op.inputs) == len(op.outputs) == 1:
        return tile if tile in fifos[op.inputs[0]].consumers else None
    return tile if all(fifos[name].consumers[:1] == (tile,) for name in op.inputs) else None


def _parts(op: ObjectFifoLinkOp, kind: LinkKind, fifos: Mapping[str, ObjectFifoOp], findings: Findings) -> tuple[Part, ...]:
    """Cut the big object at the offsets: part j reaches from offset j to offset j + 1."""
    if kind is LinkKind.FORWARD:
        if op.src_offsets and op.dst_offsets:
            findings.error(op, "link-offsets", "a link of one input and one output takes no offsets", "write ([] [])")
        return ()
    small, offsets, other = (
        (op.outputs, op.dst_offsets, op.src_offsets)
        if kind is LinkKind.DISTRIBUTE
        else (op.inputs, op.src_offsets, op.dst_offsets)
    )
    if len(offsets) != len(small) or other:
        sides = "([] [...])" if kind is LinkKind.DISTRIBUTE else "([...] [])"
        findings.error(
            op,
            "link-offset-count",
            f"a {kind.value} of {len(small)} fifos with {len(offsets)} offsets"
            + (" and offsets on the other side too" if other else ""),
            f"write one offset per fifo, in elements of the whole object: {sides}",
        )
        return ()
    whole = fifos[op.inputs[0] if kind is LinkKind.DISTRIBUTE else op.outputs[0]]
    ends = (*offsets[1:], elements(whole.element))
    parts = tuple(Part(start, end - start) for start, end in zip(offsets, ends, strict=True))
    for name, part in zip(small, parts, strict=True):
        if part.length <= 0 or part.offset < 0:
            findings.error(
                op,
                "link-offsets",
                f"the part of @{name} starts at element {part.offset} and ends at {part.offset + part.length}",
                f"offsets have to grow and to stay inside the {elements(whole.element)} elements of the whole object",
            )
    return parts


def _repeat(op: ObjectFifoLinkOp, fifos: Mapping[str, ObjectFifoOp], findings: Findings) -> int:
    counts = {fifos[name].repeat_count or 1 for name in op.outputs}
    if len(counts) > 1:
        findings.error(
            op,
            "link-repeat-counts",
            f"the outputs of one link have different repeat counts: {', '.join(map(str, sorted(counts)))}",
            "give all outputs of the link the same repeat_count",
        )
    return max(counts)
