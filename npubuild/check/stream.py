"""An instruction stream as events for the checks: descriptors written, tasks pushed, locks set, tokens waited for.

Unlike `lowering.meaning`, which forgets numbers to compare streams, this keeps for every event the operation of the design
that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from xdsl.ir import Operation

from npubuild.hardware.descriptors import BufferDescriptor, decode
from npubuild.hardware.devices import RESOURCES, Channel, Direction, Tile
from npubuild.hardware.registers import Register, RegisterKind, decode_push, identify
from npubuild.lowering.meaning import HostAddress, Transfer
from npubuild.lowering.sequence import Lowered
from npubuild.lowering.txn import AddressPatch, BlockWrite, LoadPdi, MaskWrite, Sync, Write
from npubuild.lowering.txn import Operation as StreamOperation

LOCK_VALUE_MASK = 0x3F


@dataclass(frozen=True)
class Descriptor:
    """One descriptor of a pushed chain as it was when it was pushed. `origin` is the operation that wrote it, if any did."""

    number: int
    fields: BufferDescriptor
    host: HostAddress | None
    origin: Operation | None

    def host_range(self, executions: int) -> range:
        """The bytes of the host buffer from the first to the last that `executions` runs of the descriptor touch."""
        iteration = self.fields.iteration
        seen = replace(self.fields, iteration=iteration._replace(wrap=min(iteration.wrap, executions)))
        return Transfer(seen, self.host, None).host_range()


@dataclass(frozen=True, eq=False)
class Push:
    """A task given to a channel: its `ordinal`-th. `loop` is the place in the chain to which its end leads, None to end."""

    index: int
    origin: Operation
    channel: Channel
    ordinal: int
    chain: tuple[Descriptor, ...]
    loop: int | None
    repeat: int
    token: bool

    @property
    def numbers(self) -> set[int]:
        return {descriptor.number for descriptor in self.chain}

    @property
    def words(self) -> int:
        """Words that the whole task moves, unless it is endless."""
        return sum(descriptor.fields.length for descriptor in self.chain) * (self.repeat + 1)


@dataclass(frozen=True, eq=False)
class DescriptorWrite:
    """A descriptor is written as a whole."""

    index: int
    origin: Operation
    tile: Tile
    number: int


@dataclass(frozen=True, eq=False)
class LockWrite:
    """A lock gets a value."""

    index: int
    origin: Operation
    tile: Tile
    number: int
    value: int


@dataclass(frozen=True, eq=False)
class Wait:
    """A wait for one token of each of the channels."""

    index: int
    origin: Operation
    channels: tuple[Channel, ...]


@dataclass(frozen=True, eq=False)
class Reload:
    """Another configuration is loaded: what comes after it runs on another design."""

    index: int
    origin: Operation


Event = Push | DescriptorWrite | LockWrite | Wait | Reload


Configured = Mapping[tuple[Tile, int], BufferDescriptor]
"""The descriptors that the configuration of the array wrote."""


def read_events(lowered: Lowered, configured: Configured) -> tuple[Event, ...]:
    """The events of a stream on an array with these descriptors, in order."""
    reader = _Reader(configured)
    pairs = zip(lowered.stream.operations, lowered.origins, strict=True)
    return tuple(event for index, (operation, origin) in enumerate(pairs) for event in reader.read(index, operation, origin))


@dataclass
class _Written:
    """What the stream has put into a descriptor so far."""

    words: list[int]
    host: HostAddress | None
    origin: Operation


@dataclass
class _Reader:
    configured: Configured
    written: dict[tuple[Tile, int], _Written] = field(default_factory=dict)
    pushed: dict[Channel, int] = field(default_factory=dict)

    def read(self, index: int, operation: StreamOperation, origin: Operation) -> Iterator[Event]:
        if isinstance(operation, Sync):
            yield Wait(index, origin, tuple(_channels(operation)))
        elif isinstance(operation, LoadPdi):
            yield Reload(index, origin)
        elif isinstance(operation, (Write, BlockWrite, MaskWrite, AddressPatch)):
            register = identify(operation.address)
            if register.kind is RegisterKind.BD:
                yield from self._descriptor(index, operation, register, origin)
            elif register.kind is RegisterKind.QUEUE and isinstance(operation, Write) and register.channel is not None:
                yield self._push(index, register.channel, operation.value, origin)
            elif register.kind is RegisterKind.LOCK and isinstance(operation, Write):
                yield LockWrite(index, origin, register.tile, register.index, operation.value & LOCK_VALUE_MASK)

    def _descriptor(self, index: int, operation: StreamOperation, register: Register, origin: Operation) -> Iterator[Event]:
        key = (register.tile, register.index)
        if isinstance(operation, BlockWrite) and register.word == 0:
            words = [*operation.words, *[0] * RESOURCES[register.tile.kind].descriptor_words]
            self.written[key] = _Written(words, None, origin)
            yield DescriptorWrite(index, origin, *key)
            return
        size = RESOURCES[register.tile.kind].descriptor_words
        written = self.written.setdefault(key, _Written([0] * size, None, origin))
        if isinstance(operation, AddressPatch):
            written.host = HostAddress(operation.argument, operation.offset)
        elif isinstance(operation, MaskWrite):
            kept = written.words[register.word] & ~operation.mask
            written.words[register.word] = kept | operation.value & operation.mask
        elif isinstance(operation, Write):
            written.words[register.word] = operation.value

    def _push(self, index: int, channel: Channel, word: int, origin: Operation) -> Push:
        push = decode_push(word, channel.tile.kind)
        chain: dict[int, Descriptor] = {}
        number: int | None = push.bd
        while number is not None and number not in chain:
            chain[number] = self._snapshot(channel.tile, number)
            number = chain[number].fields.next_bd
        ordinal = self.pushed.get(channel, 0)
        self.pushed[channel] = ordinal + 1
        loop = None if number is None else list(chain).index(number)
        return Push(index, origin, channel, ordinal, tuple(chain.values()), loop, push.repeat, push.token)

    def _snapshot(self, tile: Tile, number: int) -> Descriptor:
        size = RESOURCES[tile.kind].descriptor_words
        written = self.written.get((tile, number))
        if written is None:
            empty = decode((0,) * size, tile.kind)
            return Descriptor(number, self.configured.get((tile, number), empty), None, None)
        return Descriptor(number, decode(written.words[:size], tile.kind), written.host, written.origin)


def _channels(sync: Sync) -> Iterator[Channel]:
    """The channels of a wait: one per tile of its rectangle; none when the direction is no direction."""
    if sync.direction not in tuple(Direction):
        return
    for column in range(sync.column, sync.column + max(1, sync.columns)):
        for row in range(sync.row, sync.row + max(1, sync.rows)):
            yield Channel(Tile(column, row), Direction(sync.direction), sync.channel)
