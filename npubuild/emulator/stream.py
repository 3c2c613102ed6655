"""Streams between DMA channels: circuits, multicast, packets, and the few words that the network itself holds.

A source moves words only as far as every destination accepts them. Each destination has a small FIFO that takes what
arrives while its channel has no descriptor at work; when both ends are at work, words go straight from memory to memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from npubuild.emulator.process import Words
from npubuild.hardware.devices import Channel, Direction, Tile, TileKind
from npubuild.placement.model import Flow, PacketFlow, Port

if TYPE_CHECKING:
    from npubuild.emulator.dma import DmaChannel

FIFO_WORDS = 4  # per destination; the real network holds a few words, how many depends on the route
DMA = "DMA"
CHUNK = 1 << 20  # words moved in one piece at most, which bounds the memory that gathering them takes


class Receiver:
    """The end of a stream before an S2MM channel: `words[:count]` wait for it.

    `sender` is the channel connected now: always the same for a circuit, one packet long for packets; `waiting` are those
    that want to send a packet next.
    """

    __slots__ = ("channel", "count", "packets", "sender", "senders", "waiting", "words")

    def __init__(self, channel: DmaChannel) -> None:
        self.channel = channel
        self.words: Words = np.zeros(FIFO_WORDS, np.uint32)
        self.count = 0
        self.packets = False  # packets of several senders arrive here, one after the other
        self.sender: DmaChannel | None = None
        self.senders: list[DmaChannel] = []  # all that can ever send here
        self.waiting: deque[DmaChannel] = deque()

    def drain(self) -> None:
        """Give the channel what waits, as far as its descriptor wants it."""
        sink = self.channel
        if sink.scheduler.log is not None:
            sink.scheduler.log.spoil()
        taken = min(self.count, sink.remaining)
        sink.put(self.words[:taken])
        self.count -= taken
        self.words[: self.count] = self.words[taken : taken + self.count].copy()

    def store(self, words: Words) -> None:
        if self.channel.scheduler.log is not None:
            self.channel.scheduler.log.spoil()
        flat = words.reshape(-1)
        self.words[self.count : self.count + flat.size] = flat
        self.count += flat.size


class Route:
    """Where the words of one source go: the receivers, and whether they see the packet's header word.

    `packet` is the packet id that goes this way, None for a circuit. `unmodelled` are destinations that are no DMA channel.
    """

    __slots__ = ("keep_header", "packet", "receivers", "unmodelled")

    def __init__(self, packet: int | None, *, keep_header: bool) -> None:
        self.packet = packet
        self.receivers: list[Receiver] = []
        self.keep_header = keep_header
        self.unmodelled: list[Port] = []


def transfer(source: DmaChannel, caller: DmaChannel) -> None:
    """Move as many words as can move now; whichever end (other than `caller`) has finished its descriptor is woken."""
    receivers = source.receivers
    if len(receivers) == 1:
        _transfer_single(source, receivers[0], caller)
    elif receivers:
        _transfer_multicast(source, receivers, caller)


def receive(sink: DmaChannel) -> None:
    """Called when a descriptor of an S2MM channel begins: first what waits in the FIFO, then what the sender has."""
    receiver = sink.receiver
    if receiver is None:
        return
    if receiver.count:
        receiver.drain()
    sender = receiver.sender
    if sender is not None and sender.remaining:
        transfer(sender, sink)


def _transfer_single(source: DmaChannel, receiver: Receiver, caller: DmaChannel) -> None:
    sink = receiver.channel
    while source.remaining and sink.remaining:
        count = min(source.remaining, sink.remaining, CHUNK)
        if source.scheduler.log is None:
            sink.put(source.take(count))
        else:
            source.scheduler.log.move(source, sink, count)
        if not sink.remaining and sink is not caller:
            sink.scheduler.wake(sink)
    # A descriptor that still wants to send keeps its words in memory; only one that can end puts them into the FIFO.
    if 0 < source.remaining <= FIFO_WORDS - receiver.count:
        receiver.store(source.take(source.remaining))
    if not source.remaining and source is not caller:
        source.scheduler.wake(source)


def _transfer_multicast(source: DmaChannel, receivers: list[Receiver], caller: DmaChannel) -> None:
    if source.scheduler.log is not None:
        source.scheduler.log.spoil()
    while source.remaining:
        count = min(source.remaining, CHUNK)
        for receiver in receivers:
            count = min(count, receiver.channel.remaining + FIFO_WORDS - receiver.count)
        if not count:
            return
        words = source.take(count).reshape(-1)
        for receiver in receivers:
            sink = receiver.channel
            direct = min(count, sink.remaining)
            if direct:
                sink.put(words[:direct])
                _wake(sink, caller)
            if direct < count:
                receiver.store(words[direct:])
    if source is not caller:
        source.scheduler.wake(source)


def _wake(channel: DmaChannel, caller: DmaChannel) -> None:
    if not channel.remaining and channel is not caller:
        channel.scheduler.wake(channel)


def header(tile: Tile, packet_type: int, packet_id: int) -> int:
    """The header word of a packet: id 4:0, type 14:12, source row 20:16 and column 27:21, odd parity in bit 31."""
    word = packet_id & 0x1F | (packet_type & 7) << 12 | (tile.row & 0x1F) << 16 | (tile.col & 0x7F) << 21
    return word | (1 - bin(word).count("1") % 2) << 31


class Network:
    """Who is connected with whom.

    `circuits` by source port; `packets` by source port and packet id; `tokens`: tiles whose task-complete tokens have a
    way to the controller because the design gives them one.
    """

    def __init__(self, flows: Iterable[Flow], packet_flows: Iterable[PacketFlow]) -> None:
        self.circuits: dict[Port, list[Port]] = {}
        self.packets: dict[tuple[Port, int], tuple[list[Port], bool]] = {}
        self.tokens: set[Tile] = set()
        for flow in flows:
            self.circuits.setdefault(flow.source, []).append(flow.destination)
        for packet_flow in packet_flows:
            for source in packet_flow.sources:
                self._add(packet_flow, source)

    def _add(self, flow: PacketFlow, source: Port) -> None:
        if source.bundle == "TileControl":
            if any(port.tile.kind is TileKind.SHIM and port.bundle == "South" for port in flow.destinations):
                self.tokens.add(source.tile)
            return
        ports, keep = self.packets.get((source, flow.id), ([], False))
        added = [port for port in flow.destinations if port not in ports]
        self.packets[source, flow.id] = (ports + added, keep or flow.keep_header)

    def connect(self, channel: Callable[[Channel], DmaChannel]) -> None:
        """Join the DMA channels that the flows name; `channel` finds or makes one."""
        for source, destinations in self.circuits.items():
            self._join(channel, source, destinations, None, keep_header=True)
        for (source, number), (destinations, keep) in self.packets.items():
            self._join(channel, source, destinations, number, keep_header=keep)

    def _join(
        self,
        channel: Callable[[Channel], DmaChannel],
        source: Port,
        destinations: list[Port],
        number: int | None,
        *,
        keep_header: bool,
    ) -> None:
        if source.bundle != DMA:
            return
        sender = channel(Channel(source.tile, Direction.MM2S, source.channel))
        route = sender.routes.setdefault(number, Route(number, keep_header=keep_header))
        for port in destinations:
            if port.bundle != DMA:
                route.unmodelled.append(port)
                continue
            sink = channel(Channel(port.tile, Direction.S2MM, port.channel))
            receiver = sink.receiver = sink.receiver or Receiver(sink)
            receiver.senders.append(sender)
            route.receivers.append(receiver)
            if number is None:
                receiver.sender = sender
            else:
                receiver.packets = True
