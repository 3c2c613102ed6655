"""Whether two instruction streams mean the same, and what differs between them, in words.

A patch claims what it leaves alone; `compare` holds the streams before and after against that claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from npubuild.hardware.devices import TASK_QUEUE_DEPTH, Channel, Direction
from npubuild.lowering.meaning import Done, Event, HostAddress, Push, Transfer, meaning, renamed
from npubuild.lowering.txn import Operation, Stream, encode


@dataclass(frozen=True)
class Claim:
    """What a patch says it changes: where each sequence argument went, and whether waits moved behind later pushes."""

    arguments: Mapping[int, HostAddress] = field(default_factory=dict)
    waits_move: bool = False


@dataclass(frozen=True)
class Comparison:
    """`changes`: what the claim allows and happened. `differences`: what it does not allow (empty: the proof holds)."""

    changes: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def compare(before: Stream, after: Stream, claim: Claim | None = None) -> Comparison:
    """Hold `after` against `before`: identical bytes, the same meaning under `claim`, or what differs."""
    if encode(before) == encode(after):
        return Comparison((f"identical: {_size(before)}",), ())
    claim = claim or Claim()
    old, new = renamed(meaning(before), claim.arguments), meaning(after)
    differences = list(_differences(old, new, claim))
    changes = [f"size: {_size(before)} -> {_size(after)}"] if _size(before) != _size(after) else []
    changes += _argument_changes(claim)
    changes += _number_changes(old, new)
    changes += _wait_changes(old, new) if claim.waits_move else []
    if len(changes) == 0:
        changes.append("only the places at which descriptors are written before their push")
    return Comparison(tuple(changes), tuple(differences))


def _size(stream: Stream) -> str:
    return f"{len(stream.operations)} operations, {len(encode(stream))} bytes"


def _pushes(events: tuple[Event, ...]) -> list[Push]:
    return [event for event in events if isinstance(event, Push)]


def _argument_changes(claim: Claim) -> Iterator[str]:
    for old, (new, offset) in sorted(claim.arguments.items()):
        if (old, 0) != (new, offset):
            yield f"argument {old} -> argument {new}, byte offset {offset}"


def _number_changes(old: tuple[Event, ...], new: tuple[Event, ...]) -> Iterator[str]:
    for before, after in zip(_pushes(old), _pushes(new), strict=False):
        if before.channel == after.channel and before.numbers != after.numbers:
            yield f"descriptor of {_name(before.channel)}: {_numbers(before)} -> {_numbers(after)}"


def _numbers(push: Push) -> str:
    return ", ".join(str(number) for number in push.numbers)


def _name(channel: Channel) -> str:
    return f"column {channel.tile.col} row {channel.tile.row} {channel.direction.name} {channel.index}"


def _wait_changes(old: tuple[Event, ...], new: tuple[Event, ...]) -> Iterator[str]:
    places = {event: position for position, event in _waits(new)}
    for position, event in _waits(old):
        if event in places and places[event] != position:
            yield f"wait for {_name(event.channel)}: after push {position} -> after push {places[event]}"


def _waits(events: tuple[Event, ...]) -> Iterator[tuple[int, Done]]:
    """Every wait, with the number of pushes before it."""
    pushes = 0
    for event in events:
        pushes += isinstance(event, Push)
        if isinstance(event, Done):
            yield pushes, event


def _differences(old: tuple[Event, ...], new: tuple[Event, ...], claim: Claim) -> Iterator[str]:
    if claim.waits_move:
        yield from _first_difference(tuple(_without_waits(old)), tuple(_without_waits(new)))
        yield from _lost_waits(old, new)
        yield from _lost_order(old, new)
        yield from _overfull_queues(new)
    else:
        yield from _first_difference(old, new)


def _without_waits(events: tuple[Event, ...]) -> Iterator[Push | Operation]:
    return (event for event in events if not isinstance(event, Done))


def _first_difference(old: tuple[Event, ...], new: tuple[Event, ...]) -> Iterator[str]:
    for number, (before, after) in enumerate(zip(old, new, strict=False)):
        if before != after:
            yield f"event {number}: {describe(before)}  became  {describe(after)}"
            return
    if len(old) != len(new):
        longer, what = (old, "is gone") if len(old) > len(new) else (new, "is new")
        yield f"event {min(len(old), len(new))}: {describe(longer[min(len(old), len(new))])} {what}"


def _lost_waits(old: tuple[Event, ...], new: tuple[Event, ...]) -> Iterator[str]:
    final = {event.channel: event.tasks for _, event in _waits(new)}
    for channel, tasks in {event.channel: event.tasks for _, event in _waits(old)}.items():
        if final.get(channel, 0) < tasks:
            yield f"task {tasks} of {_name(channel)} is no longer waited for"


def _finished_before_each_push(events: tuple[Event, ...]) -> list[dict[Channel, int]]:
    finished: dict[Channel, int] = {}
    result = []
    for event in events:
        if isinstance(event, Done):
            finished = {**finished, event.channel: event.tasks}
        elif isinstance(event, Push):
            result.append(finished)
    return result


def _lost_order(old: tuple[Event, ...], new: tuple[Event, ...]) -> Iterator[str]:
    """Pushes that may now run beside a task which was finished before: they must not share host bytes or descriptors."""
    pushes = _pushes(new)
    of_channel: dict[Channel, list[Push]] = {}
    for push in pushes:
        of_channel.setdefault(push.channel, []).append(push)
    sooner, later = _finished_before_each_push(old), _finished_before_each_push(new)
    for push, was, now in zip(pushes, sooner, later, strict=False):
        for channel, tasks in was.items():
            for other in of_channel.get(channel, [])[now.get(channel, 0) : tasks]:
                yield from _conflicts(other, push)


def _conflicts(first: Push, second: Push) -> Iterator[str]:
    pair = f"{_name(first.channel)} and {_name(second.channel)} now run side by side"
    if first.channel.tile == second.channel.tile and set(first.numbers) & set(second.numbers):
        yield f"{pair}, but share descriptor {min(set(first.numbers) & set(second.numbers))}"
    writes = Direction.S2MM in (first.channel.direction, second.channel.direction)
    if first.channel != second.channel and writes and _share_host_bytes(first, second):
        yield f"{pair}, but touch the same bytes of a host buffer"


def _share_host_bytes(first: Push, second: Push) -> bool:
    for one in first.chain:
        for other in second.chain:
            a, b = one.host_range(), other.host_range()
            same = one.host is not None and other.host is not None and one.host.argument == other.host.argument
            if same and a.start < b.stop and b.start < a.stop:
                return True
    return False


def _overfull_queues(events: tuple[Event, ...]) -> Iterator[str]:
    pushed: dict[Channel, int] = {}
    finished: dict[Channel, int] = {}
    for event in events:
        if isinstance(event, Done):
            finished[event.channel] = event.tasks
        elif isinstance(event, Push):
            pushed[event.channel] = pushed.get(event.channel, 0) + 1
            if pushed[event.channel] - finished.get(event.channel, 0) == TASK_QUEUE_DEPTH + 1:
                yield f"{_name(event.channel)} has more than {TASK_QUEUE_DEPTH} tasks at once"


def describe(event: Event) -> str:
    """One event in a line."""
    if isinstance(event, Push):
        transfers = ", ".join(_describe_transfer(transfer) for transfer in event.chain)
        repeat = f", {event.repeat + 1} times" if event.repeat else ""
        return f"push to {_name(event.channel)} ({transfers}{repeat})"
    if isinstance(event, Done):
        return f"wait for task {event.tasks} of {_name(event.channel)}"
    return str(event)


def _describe_transfer(transfer: Transfer) -> str:
    place = f"argument {transfer.host.argument} + {transfer.host.offset}, " if transfer.host else ""
    return f"{place}{transfer.descriptor.length} words"
