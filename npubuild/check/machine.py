"""The array reduced to what decides about progress: lock values and word counts, without data and without time.

Object fifos, links, broadcasts and explicit DMA programs are all the same here: the descriptors, locks and flows of the
placement. Nothing in such an array depends on the order in which its parts take their turns, so one order shows for all
whether a sequence ends (npu-facts.md, 1.4, 3.5 and 5.2).
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from npubuild.check.core_steps import Budget, CoreSteps, LockStep, UnknownError
from npubuild.check.stream import Event, LockWrite, Push, Reload, Wait
from npubuild.hardware.descriptors import BufferDescriptor
from npubuild.hardware.devices import TASK_QUEUE_DEPTH, Channel, Direction, Tile, TileKind
from npubuild.hardware.limits import LOCK_WINDOW
from npubuild.mlir.dialect.aie import CoreOp
from npubuild.placement.model import Placement, Port

DMA = "DMA"

LockKey = tuple[Tile, int]


class Frozen(NamedTuple):
    """A task that is kept from ending: the `ordinal`-th of `channel` never moves its last word."""

    channel: Channel
    ordinal: int


@dataclass(frozen=True)
class Job:
    """A task of a channel: descriptors in order, the place to which the last one leads, and the push (None: configured)."""

    chain: tuple[BufferDescriptor, ...]
    loop: int | None
    repeat: int
    push: Push | None = None


@dataclass(eq=False)
class DmaChannel:
    """A DMA channel: the task at work, how far it is, and the tasks in its queue."""

    channel: Channel
    queue: deque[Job] = field(default_factory=deque)
    job: Job | None = None
    position: int = 0
    passes: int = 0
    armed: bool = False
    left: int = 0
    moved: int = 0
    blocked_on: LockKey | None = None

    def unfinished(self) -> list[Job]:
        return [*([self.job] if self.job is not None else []), *self.queue]

    def descriptor(self) -> BufferDescriptor | None:
        return self.job.chain[self.position] if self.job is not None else None

    def acquires(self) -> LockKey | None:
        """The lock that the descriptor at work takes."""
        descriptor = self.descriptor()
        if descriptor is None or descriptor.acquire is None:
            return None
        return lock_key(self.channel.tile, descriptor.acquire.lock)

    def is_last(self) -> bool:
        """Whether the task ends with the descriptor at work."""
        job = self.job
        return job is not None and job.loop is None and self.position == len(job.chain) - 1 and self.passes == job.repeat

    def run(self, machine: Machine) -> None:
        while self._arm(machine):
            if self.left:
                machine.move(self)
            if self.left:
                return
            self._finish(machine)

    def _arm(self, machine: Machine) -> bool:
        """Load the next descriptor and take its lock; False when there is none, or it has to wait."""
        if self.armed:
            return True
        if self.job is None:
            if not self.queue:
                return False
            self.job, self.position, self.passes, self.moved = self.queue.popleft(), 0, 0, 0
        descriptor = self.job.chain[self.position]
        self.blocked_on = None
        if descriptor.acquire is not None:
            key, value = lock_key(self.channel.tile, descriptor.acquire.lock), descriptor.acquire.value
            if not machine.take(key, -value if value < 0 else None, value, self):
                self.blocked_on = key
                return False
        machine.budget.spend()
        self.armed, self.left = True, descriptor.length
        return True

    def _finish(self, machine: Machine) -> None:
        job = self.job
        assert job is not None
        descriptor = job.chain[self.position]
        self.armed = False
        if descriptor.release is not None:
            machine.give(lock_key(self.channel.tile, descriptor.release.lock), descriptor.release.value)
        if self.position < len(job.chain) - 1:
            self.position += 1
        elif job.loop is not None:
            self.position = job.loop
        elif self.passes < job.repeat:
            self.position, self.passes = 0, self.passes + 1
        else:
            self.job = None
            if job.push is not None:
                machine.tokens[self.channel] += job.push.token


@dataclass(eq=False)
class CoreProcess:
    """A core: its program, and the step at which it waits."""

    core: CoreOp
    steps: Iterator[LockStep]
    releases: set[str]
    pending: LockStep | None = None
    ended: bool = False

    def run(self, machine: Machine) -> None:
        while not self.ended:
            step = self.pending or next(self.steps, None)
            if step is None:
                self.ended = True
                return
            self.pending = None
            machine.budget.spend()
            key = machine.key_of[step.lock]
            if step.value > 0:
                machine.give(key, step.value)
            elif not machine.take(key, -step.value if step.value else None, step.equal, self):
                self.pending = step
                return


Process = DmaChannel | CoreProcess


def lock_key(tile: Tile, number: int) -> LockKey:
    """The lock that the DMA of `tile` calls `number`."""
    if tile.kind is not TileKind.MEM:
        return tile, number
    step, own = divmod(number, LOCK_WINDOW)
    return Tile(tile.col + step - 1, tile.row), own


class Machine:
    """The array of one placement. `settle` lets everything run as far as it can; raises UnknownError if that is too far."""

    def __init__(self, placement: Placement, budget: Budget, frozen: Frozen | None = None) -> None:
        self._frozen = frozen
        self.budget = budget
        self.locks: dict[LockKey, int] = {(lock.tile, lock.id): lock.init for lock in placement.locks}
        self.names = {(lock.tile, lock.id): lock.name for lock in placement.locks}
        self.key_of = {name: key for key, name in self.names.items()}
        self.channels: dict[Channel, DmaChannel] = {}
        self.cores: list[CoreProcess] = []
        self.tokens: Counter[Channel] = Counter()
        self.sent: Counter[Channel] = Counter()
        self.dropped: list[Push] = []
        self.blocked: Wait | None = None
        self._waiting: defaultdict[LockKey, list[Process]] = defaultdict(list)
        self._ready: deque[Process] = deque()
        self.routes, self.sources = _routes(placement)
        self.foreign = _fed_by_others(placement)
        self._start(placement)
        self.settle()

    def _start(self, placement: Placement) -> None:
        if placement.cascades or any(not ring.buffers and ring.tile.kind is TileKind.CORE for ring in placement.rings):
            raise UnknownError("cores pass data to each other directly")
        for core in placement.cores:
            if core.op.elf:
                raise UnknownError(f"the program of the core on tile {core.tile} is not in the design")
            steps = CoreSteps(core.op, placement, self.budget)
            self.cores.append(CoreProcess(core.op, iter(steps), steps.released_locks()))
        for task in placement.tasks:
            chain, loop = configured_chain(placement, task.channel.tile, task.first_bd)
            self.channel(task.channel).queue.append(Job(chain, loop, task.repeat))
        self._ready.extend([*self.cores, *self.channels.values()])

    def channel(self, channel: Channel) -> DmaChannel:
        return self.channels.setdefault(channel, DmaChannel(channel))

    def settle(self) -> None:
        while self._ready:
            self._ready.popleft().run(self)

    def play(self, events: tuple[Event, ...]) -> Iterator[Event]:
        """Execute a sequence, as late as possible: each event is handed out before it happens, all else having settled.

        Stops at a wait for a token that never comes, which is then `blocked`.
        """
        for event in events:
            yield event
            if isinstance(event, Wait):
                if not self.foreign.isdisjoint(event.channels):
                    raise UnknownError("the sequence waits for data that no DMA sends")
                if any(not self.tokens[channel] for channel in event.channels):
                    self.blocked = event
                    return
                self.tokens.subtract(event.channels)
            elif isinstance(event, Push):
                self._push(event)
            elif isinstance(event, LockWrite):
                self.locks[event.tile, event.number] = event.value
                self._wake(event.tile, event.number)
            elif isinstance(event, Reload):
                raise UnknownError("the sequence loads another configuration")
            self.settle()

    def _push(self, push: Push) -> None:
        channel = self.channel(push.channel)
        if len(channel.unfinished()) == TASK_QUEUE_DEPTH:
            self.dropped.append(push)
            return
        channel.queue.append(Job(tuple(descriptor.fields for descriptor in push.chain), push.loop, push.repeat, push))
        self._ready.append(channel)

    # What processes do to the array -----------------------------------------------------------------------------------

    def take(self, key: LockKey, at_least: int | None, equal: int, process: Process) -> bool:
        """Take from a lock: `at_least` that much, or exactly `equal`; when it does not hold that, `process` waits."""
        value = self.locks.get(key, 0)
        if value >= at_least if at_least is not None else value == equal:
            self.locks[key] = value - (at_least if at_least is not None else equal)
            return True
        self._waiting[key].append(process)
        return False

    def give(self, key: LockKey, value: int) -> None:
        self.locks[key] = self.locks.get(key, 0) + value
        self._wake(*key)

    def _wake(self, tile: Tile, number: int) -> None:
        self._ready.extend(self._waiting.pop((tile, number), ()))

    def move(self, channel: DmaChannel) -> None:
        """Move as many words as both sides of the stream have ready."""
        if channel.channel.direction is Direction.S2MM:
            self._ready.extend(self.channel(source) for source in self.sources[channel.channel])
            return
        destinations = self.destinations(channel)
        if not destinations or not all(other.armed for other in destinations):
            return
        ends = [channel, *destinations]
        count = min(end.left - self._is_frozen(end) for end in ends)
        for end in ends:
            end.left -= count
            end.moved += count
            self.sent[end.channel] += count
        if count:
            self._ready.extend(other for other in destinations if not other.left)

    def destinations(self, channel: DmaChannel) -> list[DmaChannel]:
        """Where the descriptor at work sends its words."""
        descriptor = channel.descriptor()
        packet = descriptor.packet.id if descriptor is not None and descriptor.packet is not None else None
        if packet is not None and (channel.channel, packet) not in self.routes:
            raise UnknownError(f"packets of id {packet} have no packet flow")
        return [self.channel(other) for other in self.routes.get((channel.channel, packet), ())]

    def _is_frozen(self, channel: DmaChannel) -> bool:
        job = channel.job
        if self._frozen is None or job is None or job.push is None or not channel.is_last():
            return False
        return (channel.channel, job.push.ordinal) == self._frozen


def configured_chain(placement: Placement, tile: Tile, first: int) -> tuple[tuple[BufferDescriptor, ...], int | None]:
    """The descriptors from `first` on, and the place to which the last one leads (None: it ends there)."""
    numbers: list[int] = []
    number: int | None = first
    while number is not None and number not in numbers:
        numbers.append(number)
        number = placement.descriptors[tile, number].next_bd
    chain = tuple(placement.descriptors[tile, number] for number in numbers)
    return chain, None if number is None else numbers.index(number)


Routes = dict[tuple[Channel, int | None], list[Channel]]


def _routes(placement: Placement) -> tuple[Routes, defaultdict[Channel, list[Channel]]]:
    """The receiving channels of every sending one (by packet id), and the other way round."""
    routes: Routes = {}
    sources: defaultdict[Channel, list[Channel]] = defaultdict(list)
    circuits = [((flow.source,), (flow.destination,), None) for flow in placement.flows]
    packets = [(flow.sources, flow.destinations, flow.id) for flow in placement.packet_flows]
    if any(flow.keep_header and _channels(flow.destinations, Direction.S2MM) for flow in placement.packet_flows):
        raise UnknownError("packets arrive with their headers")
    for senders, receivers, packet in [*circuits, *packets]:
        for source in _channels(senders, Direction.MM2S):
            for destination in _channels(receivers, Direction.S2MM):
                routes.setdefault((source, packet), []).append(destination)
                sources[destination].append(source)
    return routes, sources


def _fed_by_others(placement: Placement) -> set[Channel]:
    """Channels that receive what is no DMA's: trace, or the streams of cores. Nobody here knows how much that is."""
    streams: list[tuple[tuple[Port, ...], tuple[Port, ...]]] = [
        ((flow.source,), (flow.destination,)) for flow in placement.flows
    ]
    streams += [(flow.sources, flow.destinations) for flow in placement.packet_flows]
    for senders, receivers in streams:
        if _channels(senders, Direction.MM2S) and len(_channels(receivers, Direction.S2MM)) < len(receivers):
            raise UnknownError("a DMA sends to a port that is none of a DMA")
    return {
        channel
        for senders, receivers in streams
        if len(_channels(senders, Direction.MM2S)) < len(senders)
        for channel in _channels(receivers, Direction.S2MM)
    }


def _channels(ports: tuple[Port, ...], direction: Direction) -> list[Channel]:
    return [Channel(port.tile, direction, port.channel) for port in ports if port.bundle == DMA]
