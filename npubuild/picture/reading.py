"""From a design to the scene: tiles, nets, memory, and what the runtime sequence moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xdsl.dialects.builtin import MemRefType
from xdsl.dialects.func import CallOp

from npubuild.check import check_design
from npubuild.errors import UserError
from npubuild.hardware.devices import RESOURCES, Channel, Direction, Tile, TileKind
from npubuild.hardware.limits import WORD_BYTES
from npubuild.lowering.meaning import Push, meaning
from npubuild.lowering.sequence import lower
from npubuild.mlir.dialect.aie import CoreOp, DeviceOp, ObjectFifoLinkOp, ObjectFifoOp, RuntimeSequenceOp, TileOp
from npubuild.mlir.memrefs import byte_count, storable
from npubuild.mlir.source import Design
from npubuild.picture.ends import channel_at, fifo_channels
from npubuild.picture.marks import marks_of
from npubuild.picture.memory import regions
from npubuild.picture.scene import End, Kind, Net, Port, Scene, TileView
from npubuild.placement.model import Placement
from npubuild.placement.model import Port as StreamPort
from npubuild.placement.place import place

CASCADE = "cascade"


def read_scene(design: Design, device: str | None = None, sequence: str | None = None) -> Scene:
    """What there is to see of one device; without names `main` or the only one, and its first runtime sequence.

    What keeps the device from being placed or the sequence from being lowered is no error here: it is a finding of the
    checks, which are marked. UserError for an unknown name.
    """
    device_op = design.device(device)
    chosen = design.sequence(device_op, sequence) if sequence else next(iter(design.sequences(device_op)), None)
    return _Reader(design, device_op, chosen).scene()


class _Reader:
    def __init__(self, design: Design, device: DeviceOp, sequence: RuntimeSequenceOp | None) -> None:
        self.design = design
        self.device = device
        self.sequence = sequence
        self.fifos = device.ops_of(ObjectFifoOp)
        self.links = device.ops_of(ObjectFifoLinkOp)
        try:
            self.placement: Placement | None = place(design, device)
        except UserError:
            self.placement = None
        self.channels = fifo_channels(self.fifos, self.placement)
        self.pushes = self._pushes()
        self.nets: list[Net] = []
        self.ports: list[Port] = []
        self._read_nets()

    def scene(self) -> Scene:
        found = check_design(self.design, device=self.device.symbol)
        marks, remarks = marks_of(self.design, self.device, self.placement, found)
        names = {*(port.end.tile for port in self.ports), *(op.tile for op in self.device.ops_of(CoreOp))}
        names |= {op.tile for op in self.device.ops_of(TileOp)} | {Tile(tile.col, 0) for tile in names}
        tiles = {tile: self._tile(tile, [port for port in self.ports if port.end.tile == tile]) for tile in sorted(names)}
        return Scene(
            title=self.design.file.rsplit("/", 1)[-1],
            subtitle=self._subtitle(),
            tiles=tiles or {Tile(0, 0): TileView(Tile(0, 0))},
            nets=tuple(self.nets),
            marks=marks,
            remarks=remarks,
            findings=tuple(found),
        )

    def _subtitle(self) -> str:
        name = f"aie.device({self.device.device_name}) @{self.device.symbol}"
        if self.sequence is None:
            return f"{name}, no runtime sequence"
        arguments = ", ".join(
            f"%{argument.name_hint or f'arg{number}'}: {size_text(argument.type)}"
            for number, argument in enumerate(self.sequence.block.args)
        )
        return f"{name}, sequence @{self.sequence.symbol}({arguments})"

    # Nets -------------------------------------------------------------------------------------------------------------

    def _read_nets(self) -> None:
        for fifo in self.fifos:
            self._fifo(fifo)
        self._circuits()
        self._packets()
        self._cascades()
        shown = {port.channel for port in self.ports}
        for channel in dict.fromkeys(push.channel for push in self.pushes):
            if channel not in shown:  # a task on a channel that leads nowhere
                end = End(f"task {channel}", channel.tile, channel.direction is Direction.MM2S)
                self.ports.append(Port(end, "task", "", channel, self._transfers(channel)))

    def _fifo(self, fifo: ObjectFifoOp) -> None:
        name = fifo.symbol
        source = End(name, fifo.producer, sends=True)
        destinations = tuple(End(name, tile, sends=False) for tile in fifo.consumers)
        sent = self.channels.get((name, None))
        numbers = range(len(destinations))
        shared = self.placement is not None and sent is None and not any((name, n) in self.channels for n in numbers)
        shared = shared and fifo.aie_stream is None
        self.nets.append(Net(name, f"@{name}", Kind.SHARED if shared else Kind.CIRCUIT, (source,), destinations))
        size = size_text(fifo.element)
        self.ports.append(Port(source, name, self._object(size, self._depth(fifo, None)), sent, self._transfers(sent)))
        for number, end in enumerate(destinations):
            channel = self.channels.get((name, number))
            depth = 0 if shared else self._depth(fifo, number)
            self.ports.append(Port(end, name, self._object(size, depth), channel, self._transfers(channel)))

    def _depth(self, fifo: ObjectFifoOp, consumer: int | None) -> int:
        """How many objects the ring of an end has; 0 for an end without one."""
        if self.placement is None:
            return fifo.depths[0 if consumer is None or not fifo.has_depth_array else consumer + 1]
        rings = [ring for ring in self.placement.rings if (ring.fifo, ring.consumer) == (fifo.symbol, consumer)]
        return len(rings[0].buffers) if rings else 0

    @staticmethod
    def _object(size: str, depth: int) -> str:
        return f"{size} x {depth}" if depth else size

    def _circuits(self) -> None:
        """Flows that no fifo made: one net for each source."""
        if self.placement is None:
            return
        taken = set(self.channels.values())
        groups: dict[StreamPort, list[StreamPort]] = {}
        for flow in self.placement.flows:
            if flow.source.bundle != "DMA" or channel_at(flow.source, Direction.MM2S) not in taken:
                groups.setdefault(flow.source, []).append(flow.destination)
        for number, (source, destinations) in enumerate(groups.items()):
            self._flow(f"flow {number}", "flow", Kind.CIRCUIT, [source], destinations)

    def _packets(self) -> None:
        if self.placement is not None:
            for number, flow in enumerate(self.placement.packet_flows):
                name, label = f"packet flow {number}", f"packet {flow.id}"
                self._flow(name, label, Kind.PACKET, flow.sources, flow.destinations)

    def _flow(
        self, name: str, label: str, kind: Kind, sources: Iterable[StreamPort], destinations: Iterable[StreamPort]
    ) -> None:
        ends = []
        for sends, group in ((True, sources), (False, destinations)):
            for port in group:
                end = End(name, port.tile, sends)
                direction = Direction.MM2S if sends else Direction.S2MM
                channel = channel_at(port, direction) if port.bundle == "DMA" else None
                text = label if channel is not None else f"{label} {port.bundle} {port.channel}"
                self.ports.append(Port(end, text, self._programmed(channel), channel, self._transfers(channel)))
                ends.append(end)
        sent, received = tuple(end for end in ends if end.sends), tuple(end for end in ends if not end.sends)
        self.nets.append(Net(name, label, kind, sent, received))

    def _programmed(self, channel: Channel | None) -> str:
        """What the descriptors of a configured channel move."""
        if channel is None or self.placement is None:
            return ""
        for task in self.placement.tasks:
            if task.channel == channel:
                lengths = self._chain(channel.tile, task.first_bd)
                same = set(lengths)
                each = f"{WORD_BYTES * lengths[0]} B x {len(lengths)}"
                return each if len(same) == 1 else f"{WORD_BYTES * sum(lengths)} B in {len(lengths)} descriptors"
        return ""

    def _chain(self, tile: Tile, first: int) -> list[int]:
        """Words of each descriptor of a chain."""
        assert self.placement is not None
        lengths, seen = [], set()
        number: int | None = first
        while number is not None and number not in seen and (tile, number) in self.placement.descriptors:
            seen.add(number)
            lengths.append(self.placement.descriptors[tile, number].length)
            number = self.placement.descriptors[tile, number].next_bd
        return lengths or [0]

    def _cascades(self) -> None:
        for number, (source, destination) in enumerate(self.placement.cascades if self.placement is not None else ()):
            name = f"cascade {number}"
            ends = End(name, source, sends=True), End(name, destination, sends=False)
            self.ports += [Port(end, CASCADE, "", None) for end in ends]
            self.nets.append(Net(name, CASCADE, Kind.CASCADE, ends[:1], ends[1:]))

    # The runtime sequence ---------------------------------------------------------------------------------------------

    def _pushes(self) -> list[Push]:
        if self.sequence is None:
            return []
        try:
            stream = lower(self.design, self.device.symbol, self.sequence.symbol)
        except UserError:
            return []
        return [event for event in meaning(stream) if isinstance(event, Push)]

    def _transfers(self, channel: Channel | None) -> tuple[str, ...]:
        """What the sequence moves through a channel, one line for each host argument."""
        moved: dict[int, list[int]] = {}
        other = 0
        for push in self.pushes:
            for transfer in push.chain if push.channel == channel else ():
                nbytes = WORD_BYTES * transfer.descriptor.length * (push.repeat + 1)
                if transfer.host is None:
                    other += nbytes
                else:
                    moved.setdefault(transfer.host.argument, []).append(nbytes)
        lines = [f"{self._argument(number)}: {_amounts(sizes)}" for number, sizes in sorted(moved.items())]
        return (*lines, f"task: {other} B") if other else tuple(lines)

    def _argument(self, number: int) -> str:
        arguments = self.sequence.block.args if self.sequence is not None else ()
        hint = arguments[number].name_hint if number < len(arguments) else None
        return f"arg {number} %{hint}" if hint else f"arg {number}"

    # Tiles ------------------------------------------------------------------------------------------------------------

    def _tile(self, tile: Tile, ports: Sequence[Port]) -> TileView:
        # What arrives above what leaves; of two ends of one net at one tile (a broadcast to the sender) one is enough.
        unique: dict[End, Port] = {}
        for port in ports:
            unique.setdefault(port.end, port)
        ordered = sorted(unique.values(), key=lambda port: port.end.sends)
        shown = regions(tile, self.placement) if self.placement is not None else ()
        return TileView(
            tile,
            lines=tuple(self._core_lines(tile)),
            links=tuple(self._link_lines(tile)),
            ports=tuple(ordered),
            regions=shown,
            memory=RESOURCES[tile.kind].data_memory if shown and tile.kind is not TileKind.SHIM else 0,
        )

    def _core_lines(self, tile: Tile) -> Iterator[str]:
        for core in self.device.ops_of(CoreOp):
            if core.tile != tile:
                continue
            called = dict.fromkeys(op.callee.string_value() for op in core.walk() if isinstance(op, CallOp))
            yield from (f"calls {name}" for name in called)
            if core.elf:
                yield f"runs {core.elf}"
            elif not called:
                yield "computes in its own code"
            links = dict.fromkeys((*core.links, *core.link_files))
            if links:
                yield f"linked with {', '.join(links)}"

    def _link_lines(self, tile: Tile) -> Iterator[str]:
        producers = {fifo.symbol: fifo.producer for fifo in self.fifos}
        for link in self.links:
            if tile not in {producers.get(name) for name in link.outputs}:
                continue
            for names, offsets, arrow in (
                (link.inputs, link.src_offsets, "join"),
                (link.outputs, link.dst_offsets, "split"),
            ):
                if len(names) > 1:
                    single = (link.outputs if arrow == "join" else link.inputs)[0]
                    at = offsets or (0,) * len(names)
                    parts = ", ".join(f"{name} at {offset}" for name, offset in zip(names, at, strict=False))
                    yield f"join {parts} -> {single}" if arrow == "join" else f"split {single} -> {parts}"
            if len(link.inputs) == len(link.outputs) == 1:
                yield f"forward {link.inputs[0]} -> {link.outputs[0]}"


def size_text(type_: object) -> str:
    """The bytes of a memref; its type where that is not known."""
    return f"{byte_count(type_)} B" if isinstance(type_, MemRefType) and storable(type_) else str(type_)


def _amounts(sizes: Sequence[int]) -> str:
    if len(sizes) == 1:
        return f"{sizes[0]} B"
    if len(set(sizes)) == 1:
        return f"{len(sizes)} x {sizes[0]} B"
    return f"{sum(sizes)} B in {len(sizes)} parts"
