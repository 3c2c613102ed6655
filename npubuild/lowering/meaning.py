"""What an instruction stream does, apart from how it numbers its buffer descriptors: the basis of every proof on streams.

Two streams mean the same when they push the same transfers to the same channels in the same order, and when every wait
that one of them passes is passed by the other with the same transfers finished. Descriptor numbers, the place at which a
descriptor is written before it is pushed, and controller ids are not part of the meaning.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from npubuild.hardware.descriptors import BufferDescriptor, decode
from npubuild.hardware.devices import RESOURCES, Channel, Direction, Tile
from npubuild.hardware.limits import WORD_BYTES
from npubuild.hardware.registers import RegisterKind, decode_push, identify
from npubuild.lowering.txn import AddressPatch, BlockWrite, MaskWrite, Operation, Stream, Sync, Write


class HostAddress(NamedTuple):
    """A place in a host buffer: position of the sequence argument, and bytes from its start."""

    argument: int
    offset: int


@dataclass(frozen=True)
class Transfer:
    """One descriptor of a pushed chain, without its address and its number. `next_index` is a position in the chain."""

    descriptor: BufferDescriptor
    host: HostAddress | None
    next_index: int | None

    def host_range(self) -> range:
        """The bytes from the first to the last that one task's executions of this descriptor touch, `repeat` aside."""
        start = self.host.offset if self.host else 0
        return range(start, start + _reach(self.descriptor) * WORD_BYTES)


@dataclass(frozen=True)
class Push:
    """A task given to a channel. `numbers` are its descriptors' numbers, which are no part of its meaning."""

    channel: Channel
    chain: tuple[Transfer, ...]
    repeat: int
    numbers: tuple[int, ...] = field(compare=False)


@dataclass(frozen=True)
class Done:
    """A wait: after it, the first `tasks` tasks of `channel` since the stream began have finished."""

    channel: Channel
    tasks: int


Event = Push | Done | Operation


def meaning(stream: Stream) -> tuple[Event, ...]:
    """The events of a stream in order; consecutive waits on one channel are one event, with the last one's count."""
    events: list[Event] = []
    for event in _Reader(stream).events():
        last = events[-1] if events else None
        if isinstance(event, Done) and isinstance(last, Done) and last.channel == event.channel:
            events.pop()
        events.append(event)
    return tuple(events)


def renamed(events: tuple[Event, ...], arguments: Mapping[int, HostAddress]) -> tuple[Event, ...]:
    """The same events with argument *i* replaced by the place `arguments[i]` (and left alone where it is not named)."""
    return tuple(_renamed_push(event, arguments) if isinstance(event, Push) else event for event in events)


def _renamed_push(push: Push, arguments: Mapping[int, HostAddress]) -> Push:
    def moved(transfer: Transfer) -> Transfer:
        if transfer.host is None or transfer.host.argument not in arguments:
            return transfer
        base = arguments[transfer.host.argument]
        return dataclasses.replace(transfer, host=HostAddress(base.argument, base.offset + transfer.host.offset))

    return dataclasses.replace(push, chain=tuple(moved(transfer) for transfer in push.chain))


def _reach(descriptor: BufferDescriptor) -> int:
    """Words from the address to the end of the last word that is touched, all iterations included."""
    reach = (descriptor.iteration.wrap - 1) * descriptor.iteration.step + 1
    left = descriptor.length
    outermost = len(descriptor.dimensions) - 1
    for position, (wrap, step) in enumerate(descriptor.dimensions):
        if wrap == 0 or position == outermost:
            return reach + (left - 1) * step
        reach += (min(wrap, left) - 1) * step
        left = -(-left // wrap)
    return reach + left - 1


class _Reader:
    """Follows the descriptor registers and the queues while the stream is read."""

    def __init__(self, stream: Stream) -> None:
        self._operations = stream.operations
        self._words: dict[tuple[Tile, int], list[int]] = {}
        self._hosts: dict[tuple[Tile, int], HostAddress] = {}
        self._tasks: dict[Channel, int] = {}
        self._tokens: dict[Channel, list[int]] = {}

    def events(self) -> Iterator[Event]:
        for operation in self._operations:
            yield from self._event(operation)

    def _event(self, operation: Operation) -> Iterator[Event]:
        if isinstance(operation, Sync):
            yield self._done(operation)
            return
        if not isinstance(operation, (Write, BlockWrite, MaskWrite, AddressPatch)):
            yield operation
            return
        register = identify(operation.address)
        key = (register.tile, register.index)
        if register.kind is RegisterKind.BD and isinstance(operation, BlockWrite) and register.word == 0:
            self._words[key] = list(operation.words)
            self._hosts.pop(key, None)
        elif register.kind is RegisterKind.BD and isinstance(operation, AddressPatch) and key in self._words:
            self._hosts[key] = HostAddress(operation.argument, operation.offset)
        elif register.kind is RegisterKind.BD and isinstance(operation, MaskWrite) and key in self._words:
            words = self._words[key]
            words[register.word] = words[register.word] & ~operation.mask | operation.value & operation.mask
        elif register.kind is RegisterKind.QUEUE and isinstance(operation, Write) and register.channel is not None:
            yield self._push(register.channel, operation.value)
        elif register.kind is not RegisterKind.CONTROL:
            yield operation

    def _push(self, channel: Channel, word: int) -> Push:
        push = decode_push(word, channel.tile.kind)
        numbers: list[int] = []
        number: int | None = push.bd
        while number is not None and number not in numbers:
            numbers.append(number)
            number = self._descriptor(channel.tile, number).next_bd
        count = self._tasks.get(channel, 0)
        self._tasks[channel] = count + 1
        if push.token:
            self._tokens.setdefault(channel, []).append(count + 1)
        chain = tuple(self._transfer(channel.tile, number, numbers) for number in numbers)
        return Push(channel, chain, push.repeat, tuple(numbers))

    def _transfer(self, tile: Tile, number: int, numbers: list[int]) -> Transfer:
        descriptor = self._descriptor(tile, number)
        host = self._hosts.get((tile, number))
        following = descriptor.next_bd
        bare = dataclasses.replace(descriptor, next_bd=None, address=0 if host else descriptor.address)
        return Transfer(bare, host, None if following is None else numbers.index(following))

    def _descriptor(self, tile: Tile, number: int) -> BufferDescriptor:
        words = self._words.get((tile, number), [])
        size = RESOURCES[tile.kind].descriptor_words
        return decode((words + [0] * size)[:size], tile.kind)

    def _done(self, sync: Sync) -> Event:
        channel = Channel(Tile(sync.column, sync.row), Direction(sync.direction), sync.channel)
        tokens = self._tokens.get(channel, [])
        if not tokens or (sync.columns, sync.rows) != (1, 1):
            return sync
        return Done(channel, tokens.pop(0))
