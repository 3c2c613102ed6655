"""Object fifos and their ends: shared memory or two rings with a stream between, and how deep each ring is.

The rules are those of the real compiler's objectFifo pass (npu-facts.md, 5.1 and 5.2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xdsl.dialects.builtin import DenseIntOrFPElementsAttr, MemRefType

from npubuild.hardware.devices import Tile, TileKind, shares_memory
from npubuild.mlir.dialect.aie import (
    CoreOp,
    DeviceOp,
    ExternalBufferOp,
    ObjectFifoAcquireOp,
    ObjectFifoAllocateOp,
    ObjectFifoOp,
    ObjectFifoRegisterExternalBuffersOp,
)
from npubuild.placement.findings import Findings
from npubuild.placement.links import Link, LinkKind

Dims = tuple[tuple[int, int], ...]
"""(size, stride) in elements, outermost first; empty for a linear transfer."""


@dataclass(frozen=True, eq=False)
class End:
    """One end of a split fifo, or the whole of a shared one: a ring of `depth` objects on `tile`.

    `consumer` is the position in the fifo's consumer list, None at the producer's end and in a shared fifo. `name` is
    the name that the real compiler gives this end (`in_0_cons`). `streams`: the end is a stream port of the core, without
    a ring. `external`: the host buffers registered for a shim end. `passes`: iter_count, None to run for ever.
    """

    op: ObjectFifoOp
    fifo: str
    consumer: int | None
    name: str
    tile: Tile
    element: MemRefType
    depth: int
    dims: Dims = ()
    padding: Dims = ()
    repeat: int = 1
    passes: int | None = None
    synchronized: bool = True
    initial: tuple[DenseIntOrFPElementsAttr, ...] = ()
    streams: bool = False
    external: tuple[ExternalBufferOp, ...] = ()


@dataclass(frozen=True, eq=False)
class Fifo:
    """An object fifo as placed: `consumers` is empty when both sides share the `producer`'s ring."""

    op: ObjectFifoOp
    name: str
    producer: End
    consumers: tuple[End, ...]

    @property
    def is_split(self) -> bool:
        return bool(self.consumers)

    @property
    def ends(self) -> tuple[End, ...]:
        """In the order in which the real compiler creates rings: the producer's, then the consumers' from the last on."""
        return (self.producer, *reversed(self.consumers))

    def end_at(self, tile: Tile, *, consuming: bool) -> End:
        """The end that serves a core or a link on `tile`."""
        if not self.is_split or not consuming:
            return self.producer
        return next(end for end in self.consumers if end.tile == tile)


class FifoReader:
    """Decides for one device how each fifo is built."""

    def __init__(self, device: DeviceOp, links: Mapping[str, Link], findings: Findings) -> None:
        self._links = links
        self._findings = findings
        self._acquires = _largest_acquires(device.ops_of(CoreOp))
        self._allocates = {op.fifo: op for op in device.ops_of(ObjectFifoAllocateOp)}
        self._external = {
            (op.fifo, op.tile): tuple(value.owner for value in op.buffers if isinstance(value.owner, ExternalBufferOp))
            for op in device.ops_of(ObjectFifoRegisterExternalBuffersOp)
        }

    def read(self, op: ObjectFifoOp) -> Fifo:
        """The fifo with its ends."""
        if self._needs_dma(op):
            consumers = tuple(self._consumer(op, position) for position in range(len(op.consumers)))
            producer = self._producer(op, self._depth_by_rule(op, op.producer, op.depths[0]), op.producer)
            return Fifo(op, op.symbol, producer, consumers)
        return Fifo(op, op.symbol, self._producer(op, op.depths[0], self._pool_tile(op)), ())

    # Shared or split -------------------------------------------------------------------------------------------------

    def _needs_dma(self, op: ObjectFifoOp) -> bool:
        """Whether the two sides have a ring each and a stream between them (npu-facts.md, 5.1)."""
        if op.via_DMA or op.repeat_count is not None or op.aie_stream is not None:
            return True
        if len(op.consumers) > 1 or op.dims_to or any(op.dims_from):
            return True
        if not _meet_in_memory(op.producer, op.consumers[0]):
            return True
        link = self._links.get(op.symbol)
        return link is not None and not (link.kind is LinkKind.FORWARD and self._delegate(op) is not None)

    def _pool_tile(self, op: ObjectFifoOp) -> Tile:
        """Where a shared ring lies: as allocated, with the producer, or with a consumer that cannot reach that."""
        delegate = self._delegate(op)
        if delegate is not None:
            return delegate
        producer, consumer = op.producer, op.consumers[0]
        if _reaches(consumer, producer):
            return producer
        return consumer

    def _delegate(self, op: ObjectFifoOp) -> Tile | None:
        """The tile of a valid `aie.objectfifo.allocate`: both sides reach its memory."""
        allocate = self._allocates.get(op.symbol)
        if allocate is None:
            return None
        if all(_reaches(tile, allocate.tile) for tile in (op.producer, op.consumers[0])):
            return allocate.tile
        self._findings.error(
            allocate,
            "fifo-allocate-unreachable",
            f"@{op.symbol} cannot lie on {allocate.tile}: not both {op.producer} and {op.consumers[0]} reach its memory",
            "allocate the fifo on a tile whose memory the producer and the consumer share",
        )
        return None

    # Ends ------------------------------------------------------------------------------------------------------------

    def _producer(self, op: ObjectFifoOp, depth: int, tile: Tile) -> End:
        return End(
            op=op,
            fifo=op.symbol,
            consumer=None,
            name=op.symbol,
            tile=tile,
            element=op.element,
            depth=depth,
            dims=op.dims_to,
            padding=op.padding or (),
            repeat=op.repeat_count or 1,
            passes=op.iter_count if tile.kind is TileKind.MEM else None,
            synchronized=not op.disable_synchronization,
            initial=op.initial or (),
            streams=op.aie_stream in (0, 2),
            external=self._external.get((op.symbol, tile), ()),
        )

    def _consumer(self, op: ObjectFifoOp, position: int) -> End:
        tile = op.consumers[position]
        dims = op.dims_from[position] if position < len(op.dims_from) else ()
        return End(
            op=op,
            fifo=op.symbol,
            consumer=position,
            name=f"{op.symbol}_cons" if len(op.consumers) == 1 else f"{op.symbol}_{position}_cons",
            tile=tile,
            element=op.element,
            depth=self._consumer_depth(op, position, resized=bool(dims)),
            dims=dims,
            passes=op.iter_count if tile.kind is TileKind.MEM else None,
            synchronized=not op.disable_synchronization,
            streams=op.aie_stream in (1, 2),
            external=self._external.get((op.symbol, tile), ()),
        )

    def _consumer_depth(self, op: ObjectFifoOp, position: int, *, resized: bool) -> int:
        """An array's entry is taken literally, except at an end with dimensions, which the scalar rule sizes again."""
        tile = op.consumers[position]
        if not op.has_depth_array:
            return self._depth_by_rule(op, tile, op.depths[0])
        depth = op.depths[position + 1]
        return self._scalar_rule(op, tile, depth) if resized else depth

    def _depth_by_rule(self, op: ObjectFifoOp, tile: Tile, depth: int) -> int:
        return depth if op.has_depth_array else self._scalar_rule(op, tile, depth)

    def _scalar_rule(self, op: ObjectFifoOp, tile: Tile, depth: int) -> int:
        """One object more than the core on `tile` acquires at once, whether the declared depth is larger or smaller."""
        acquired = self._acquires.get((tile, op.symbol), 0)
        if tile.kind is not TileKind.CORE or not acquired:
            return depth
        return 1 if acquired == depth == 1 else acquired + 1


def _reaches(accessor: Tile, owner: Tile) -> bool:
    """`shares_memory`, with the compiler's view that shim tiles next to each other share too (npu-facts.md, 5.1)."""
    if accessor.kind is owner.kind is TileKind.SHIM:
        return owner.col in (accessor.col, accessor.col - 1)
    return shares_memory(accessor, owner)


def _meet_in_memory(first: Tile, second: Tile) -> bool:
    return _reaches(first, second) or _reaches(second, first)


def _largest_acquires(cores: Iterable[CoreOp]) -> Mapping[tuple[Tile, str], int]:
    """The most objects of a fifo that one acquire of the core on a tile asks for."""
    largest: dict[tuple[Tile, str], int] = defaultdict(int)
    for core in cores:
        tile = core.tile
        for op in core.walk():
            if isinstance(op, ObjectFifoAcquireOp):
                largest[tile, op.fifo] = max(largest[tile, op.fifo], op.count)
    return largest
