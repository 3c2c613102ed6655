"""What a run leaves behind: objects in fifos, words in flight, unread tokens, running tasks; uncertain outputs."""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.emulator.array import Array
from npubuild.emulator.dma import DmaChannel, State, Task
from npubuild.errors import Severity
from npubuild.hardware.devices import TileKind


def leftovers(array: Array) -> tuple[str, ...]:
    """Short phrases for what is still in the array once everything has come to rest."""
    return (*_objects(array), *_channels(array), *_words(array))


def _objects(array: Array) -> Iterator[str]:
    """Whole objects more than at configuration: in the producer's ring, and in the fullest of the consumers' rings."""
    reading = [
        channel.plan.acquire
        for channel in array.channels
        if channel.plan is not None and channel.outbound and channel.state is State.STREAM
    ]
    fifos: dict[str, tuple[list[int], list[int]]] = {}
    for ring in array.placement.rings:
        if ring.full:
            lock = array.locks[ring.full]
            surplus = lock.value + reading.count(lock) - lock.init
            if surplus > 0:
                producers, consumers = fifos.setdefault(ring.fifo, ([], []))
                (producers if ring.consumer is None else consumers).append(-(-surplus // ring.repeat))
    for fifo, (producers, consumers) in fifos.items():
        yield f"fifo @{fifo} {sum(producers) + max(consumers, default=0)} objects"


def _channels(array: Array) -> Iterator[str]:
    for channel in array.channels:
        name = channel.channel
        if any(task.number for task in channel.queue):
            yield f"dma {name} running"
        elif channel.state is State.STREAM and not channel.outbound and channel.position:
            yield f"dma {name} has {channel.position} of {channel.position + channel.remaining} words"
        if channel.tokens:
            yield f"token {name.direction.name} {name.tile.col} {name.index}: {len(channel.tokens)}"


def _words(array: Array) -> Iterator[str]:
    for channel in array.channels:
        if channel.receiver is not None and channel.receiver.count:
            yield f"stream to {channel.channel} {channel.receiver.count} words"


def races(array: Array) -> tuple[int, ...]:
    """The arguments whose contents are not certain when the sequence ends; each cause becomes a finding.

    An output is certain when a token has been read that its task, or a later one of its channel, has given. It is not
    certain when a fifo has counted more free or full objects than it has (rules 6, 7, 42 of npu-facts.md).
    """
    uncertain: set[int] = set()
    written: set[int] = set()
    for channel in array.channels:
        if channel.tile.kind is not TileKind.SHIM or channel.outbound:
            continue
        for task in channel.tasks:
            arguments = _arguments(array, channel, task)
            written |= arguments
            if task.number > channel.covered:
                uncertain |= arguments
                rule = "fewer-waits-than-tokens" if channel.covered else "no-wait-on-output"
                for argument in arguments:
                    array.findings.add(
                        rule,
                        f"the sequence ends without waiting for what DMA {channel.channel} writes to argument {argument}",
                        "wait for a token of the last task on that channel",
                        severity=Severity.WARNING,
                    )
    if _overrun(array):
        uncertain |= written
    return tuple(sorted(uncertain))


def _arguments(array: Array, channel: DmaChannel, task: Task) -> set[int]:
    """What a task writes, whether it has begun or not."""
    found = (array.host.find(channel.tile.plan(bd).address) for bd in channel.chain(task.first))
    return task.arguments or {place[0] for place in found if place is not None}


def _overrun(array: Array) -> bool:
    """Whether a ring's locks have counted more objects than there are: then one is written while it is still being read."""
    overrun = False
    for ring in array.placement.rings:
        if not ring.free or not ring.full:
            continue
        free, full = array.locks[ring.free], array.locks[ring.full]
        if max(free.peak, full.peak) > free.init + full.init and not free.written and not full.written:
            overrun = True
            array.findings.add(
                "ring-overrun",
                f"fifo @{ring.fifo} on tile {ring.tile} counts more objects than its {len(ring.buffers)}:"
                " an object may be written while it is still being read",
                "acquire as many objects as are released; see repeat_count on a core's fifo",
                severity=Severity.WARNING,
            )
    return overrun
