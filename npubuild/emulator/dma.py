"""DMA channels: each is a process that takes tasks from its queue and runs their buffer descriptors (npu-facts.md, 3.5)."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from npubuild.emulator.descriptor import Plan
from npubuild.emulator.memory import POISON_WORD
from npubuild.emulator.pattern import Indices, Pattern, pad
from npubuild.emulator.process import Words
from npubuild.emulator.scheduler import Process
from npubuild.emulator.stream import Receiver, Route, receive, transfer
from npubuild.hardware.devices import TASK_QUEUE_DEPTH, Channel, Direction, TileKind

if TYPE_CHECKING:
    from npubuild.emulator.array import Array
    from npubuild.emulator.tile import TileState


class State(enum.Enum):
    """What a channel is doing, or waiting for."""

    IDLE = "idle"
    LOCK = "lock"
    STREAM = "stream"
    PACKET = "packet"  # another packet is on its way to the same destination
    STUCK = "stuck"  # an invalid descriptor, or nowhere to send: it will never go on
    READY = "ready"


class Task:
    """An entry of the task queue. `number` counts the pushes of the sequence on this channel from 1; 0 is configuration.

    `arguments` are the host arguments that it has begun to write or read.
    """

    __slots__ = ("arguments", "first", "number", "repeat", "token")

    def __init__(self, first: int, repeat: int, *, token: bool, number: int) -> None:
        self.first = first
        self.repeat = repeat
        self.token = token
        self.number = number
        self.arguments: set[int] = set()


class DmaChannel(Process):
    """One channel of one tile.

    `remaining` words of the descriptor at work (0: none) are still to be moved, `position` have been; they lie in `memory`
    from word `base`, in the order of `pattern` (None: one after the other). `queue` holds the running task and those behind
    it, `tasks` those that the sequence of this run has pushed. `tokens` are the numbers of the tasks whose tokens nobody has
    read yet, `covered` the highest number that somebody has.
    """

    __slots__ = (
        "_approved", "argument", "array", "base", "bd", "channel", "clipped", "covered", "dropped", "memory", "moved",
        "outbound", "passes", "pattern", "plan", "position", "problem", "pushed", "queue", "receiver", "receivers",
        "remaining", "route", "routes", "scheduler", "state", "tasks", "tile", "tokens",
    )  # fmt: skip

    def __init__(self, channel: Channel, tile: TileState, array: Array) -> None:
        super().__init__()
        self.channel = channel
        self.tile = tile
        self.array = array
        self.scheduler = array.scheduler
        self.outbound = channel.direction is Direction.MM2S
        self.receiver: Receiver | None = None  # S2MM: where its words come from
        self.routes: dict[int | None, Route] = {}  # MM2S: by packet id; None is the circuit
        self.receivers: list[Receiver] = []  # MM2S: of the descriptor at work
        self._approved: dict[int, tuple[Plan | None, Route | None]] = {}  # by descriptor
        self.tokens: deque[int] = deque()
        self.tasks: list[Task] = []
        self.queue: deque[Task] = deque()
        self.plan: Plan | None = None  # while a descriptor is at work or waits for its lock
        self.route: Route | None = None
        self.pushed = self.covered = self.dropped = self.moved = 0
        self.reset()

    def reset(self) -> None:
        """Drop what was queued and begun; the channel waits for a push."""
        if self.plan is not None and self.plan.acquire is not None:
            self.plan.acquire.forget(self)
        self._disconnect()
        self.queue.clear()
        self.plan = self.route = None
        self.memory: Words = _NOTHING
        self.pattern: Pattern | None = None
        self.argument = self.base = self.bd = self.position = self.remaining = self.passes = 0
        self.clipped = False
        self.problem = ""
        self.state = State.IDLE
        self.resume = self._go_on

    def push(self, first: int, repeat: int, *, token: bool = False, by_sequence: bool = True) -> None:
        """A push into the task queue; one onto a full queue is lost without a trace but the count."""
        if len(self.queue) >= TASK_QUEUE_DEPTH:
            self.dropped += 1
            return
        self.pushed += by_sequence
        task = Task(first, repeat, token=token, number=self.pushed if by_sequence else 0)
        self.queue.append(task)
        if by_sequence:
            self.tasks.append(task)
        if len(self.queue) == 1:
            self.scheduler.wake(self)

    def chain(self, first: int) -> Iterator[int]:
        """The descriptors that a task beginning at `first` runs, each once."""
        seen: set[int] = set()
        number: int | None = first
        while number is not None and number not in seen and number < len(self.tile.slots):
            seen.add(number)
            yield number
            number = self.tile.plan(number).next

    def needed_descriptors(self) -> set[int]:
        """What the running task and those behind it will still read, the descriptor at work included."""
        needed: set[int] = set()
        for position, task in enumerate(self.queue):
            running = position == 0 and self.state is not State.IDLE
            needed.update(self.chain(self.bd if running else task.first))
            if running and self.passes:
                needed.update(self.chain(task.first))
        return needed

    # What the stream moves --------------------------------------------------------------------------------------------

    def take(self, count: int) -> Words:
        """The next `count` words of the descriptor, which leave."""
        position = self.position
        self.position = position + count
        self.remaining -= count
        if self.pattern is None:
            first = self.base + position
            return self.memory[first : first + count]
        if self.clipped:
            return self._take_clipped(self.pattern.indices(position, count) + self.base)
        return self.pattern.read(self.memory, self.base, position, count)

    def put(self, words: Words) -> None:
        """The next words of the descriptor, as they arrive; at most `remaining`."""
        position, count = self.position, words.size
        self.position = position + count
        self.remaining -= count
        if self.pattern is None:
            first = self.base + position
            self.memory[first : first + count].reshape(words.shape)[...] = words
        elif self.clipped:
            addresses = self.pattern.indices(position, count) + self.base
            inside = (addresses >= 0) & (addresses < self.memory.size)
            self.memory[addresses[inside]] = words.reshape(-1)[inside]
        else:
            self.pattern.write(self.memory, self.base, position, words)

    def _take_clipped(self, addresses: Indices) -> Words:
        words = np.full(addresses.size, POISON_WORD, np.uint32)
        inside = (addresses >= 0) & (addresses < self.memory.size)
        words[inside] = self.memory[addresses[inside]]
        return words

    # The process ------------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Go on from where it stands, as far as it can; being woken for nothing does no harm."""
        state = self.state
        if state is State.STREAM:
            if not self.remaining:
                self._finish()
        elif state is State.READY:
            self._fetch()
        elif state is State.LOCK:
            if self.granted:
                self._connect()
        elif state is State.PACKET:
            self._connect()
        elif state is State.IDLE and self.queue:
            task = self.queue[0]
            self.passes = task.repeat
            self.bd = task.first
            self._fetch()

    def _fetch(self) -> None:
        """Decode descriptor `bd` and acquire its lock."""
        plan, route = self._approved.get(self.bd, _UNKNOWN)
        if plan is None or plan is not self.tile.slots[self.bd].plan:
            plan, route = self._approve(self.bd)
            if plan is None:
                return
        self.plan = plan
        self.route = route
        if plan.acquire is not None and not plan.acquire.acquire(plan.acquire_value):
            self.state = State.LOCK
            plan.acquire.wait(self, plan.acquire_value)
        else:
            self._connect()

    def _connect(self) -> None:
        """Wait until no other packet is on its way to any of the destinations, then begin to move words."""
        route, plan = self.route, self.plan
        assert plan is not None
        if route is not None:
            self.receivers = route.receivers
            if route.packet is not None and not self._take_receivers():
                self.state = State.PACKET
                return
        if plan.simple and plan.memory is not None:
            self.memory, self.base, self.pattern = plan.memory, plan.base, plan.strided
            self.remaining, self.clipped = plan.length, False
        else:
            self._begin(plan, route)
        self.state = State.STREAM
        if route is not None:
            transfer(self, self)
        else:
            receive(self)
        if not self.remaining:
            self._finish()

    def _finish(self) -> None:
        """The descriptor has moved its words: release its lock, and get ready for the next one."""
        plan, route = self.plan, self.route
        assert plan is not None
        self.moved += self.position
        self.position = 0
        self.plan = None
        if route is not None and route.packet is not None:
            self._disconnect()
        if plan.release is not None:
            plan.release.release(plan.release_value)
        if plan.next is not None:
            self.bd = plan.next
            self.state = State.READY
        elif self.passes:
            self.passes -= 1
            self.bd = self.queue[0].first
            self.state = State.READY
        else:
            self._complete(self.queue.popleft())
            self.state = State.IDLE
            if not self.queue:
                return
        # Others that want the same lock get their turn before the next descriptor.
        self.scheduler.wake(self)

    def _approve(self, number: int) -> tuple[Plan | None, Route | None]:
        """The descriptor to run, and where its words go; no plan when the channel cannot run it and is stuck for good."""
        plan = self._decode(number)
        route = self._route(plan) if plan is not None and self.outbound else None
        if self.problem:
            return None, None
        self._approved[number] = plan, route
        return plan, route

    def _decode(self, number: int) -> Plan | None:
        """The descriptor, if this channel can run it."""
        if number < len(self.tile.slots):
            plan = self.tile.plan(number)
            problem = plan.refusal(self.tile.kind, self.channel.direction, self.channel.index, number)
            if not problem:
                return plan
        else:
            problem = "does not exist"
        self._stick(f"buffer descriptor {number} {problem}")
        return None

    def _stick(self, problem: str) -> None:
        self.problem = problem
        self.state = State.STUCK
        self.array.findings.stuck(self.channel, problem)

    def _route(self, plan: Plan) -> Route | None:
        """Where the words go."""
        route = self.routes.get(plan.packet_id) or self.routes.get(None)
        if route is None:
            if not self.routes:
                self._stick("has no route: the design connects it with nothing")
            elif plan.packet_id is None:
                self._stick(f"sends buffer descriptor {self.bd} without a packet header into packet-switched connections")
            else:
                self._stick(f"has no packet flow for packets of id {plan.packet_id}")
        elif route.unmodelled:
            port = route.unmodelled[0]
            self._stick(f"sends to {port.bundle} : {port.channel} of tile {port.tile}, which is not modelled")
        return route

    def _take_receivers(self) -> bool:
        """Connect with all destinations of a packet at once, or queue for those that are busy with another one."""
        busy = [receiver for receiver in self.receivers if receiver.sender is not None]
        for receiver in busy:
            if self not in receiver.waiting:
                receiver.waiting.append(self)
        if busy:
            return False
        for receiver in self.receivers:
            receiver.sender = self
            if self in receiver.waiting:
                receiver.waiting.remove(self)
        return True

    def _disconnect(self) -> None:
        """The packet has left: the next one may come."""
        for receiver in self.receivers:
            if receiver.packets and receiver.sender is self:
                receiver.sender = None
                for channel in receiver.waiting:
                    self.scheduler.wake(channel)

    def _begin(self, plan: Plan, route: Route | None) -> None:
        """Lay the descriptor over memory, one iteration further than last time."""
        slot = self.tile.slots[self.bd]
        shift = slot.iteration * plan.iteration_step
        slot.iteration = (slot.iteration + 1) % plan.iteration_wrap
        self.pattern = plan.strided
        self.remaining = plan.length
        self.clipped = False
        if plan.memory is None:
            self._begin_host(plan, shift)
        else:
            self.memory = plan.memory
            self.base = plan.base + shift
            if self.base + plan.pattern.extent > self.memory.size:
                self._clip(plan)
                self.array.findings.outside_tile(self.channel, self.bd, 4 * self.base, 4 * plan.pattern.extent)
        if plan.padding or (plan.packet_id is not None and route is not None and route.keep_header):
            self._stage(plan, with_header=route is not None and route.keep_header and plan.packet_id is not None)

    def _begin_host(self, plan: Plan, shift: int) -> None:
        address = (plan.address & ~3) + 4 * shift
        host = self.array.host
        found = host.find(address)
        extent = 4 * plan.pattern.extent
        if found is None:
            self.memory, self.base = _NOTHING, 0
            self._clip(plan)
            self.array.findings.no_argument(self.channel, self.bd, address)
            return
        argument, offset = found
        buffer = host.buffers[argument]
        self.queue[0].arguments.add(argument)
        self.argument = argument
        self.memory = buffer.words
        self.base = offset // 4
        if offset + extent > buffer.nbytes:
            self._clip(plan)
            self.array.findings.outside_host(self.channel, argument, offset, extent, buffer.nbytes)

    def _clip(self, plan: Plan) -> None:
        """Go on beyond the end of memory: what is read there is poison, what is written there is lost."""
        self.clipped = True
        self.pattern = plan.pattern

    def _stage(self, plan: Plan, *, with_header: bool) -> None:
        """Words that are not in memory are added: zeros around the data, the header before them."""
        self.remaining = plan.pattern.length
        words = self.take(self.remaining).reshape(-1)
        if plan.padding:
            words = pad(words, plan.length, plan.dimensions, plan.padding)
        if with_header:
            words = np.concatenate([np.array([plan.header], np.uint32), words])
        self.memory, self.base, self.position, self.remaining = words, 0, 0, words.size
        self.pattern = None
        self.clipped = False

    def _complete(self, task: Task) -> None:
        """The token of a task that has left the queue goes to the controller, if it has a way there."""
        if task.token and (self.tile.kind is TileKind.SHIM or self.tile.tile in self.array.network.tokens):
            self.tokens.append(task.number)


_UNKNOWN: tuple[Plan | None, Route | None] = (None, None)
_NOTHING: Words = np.empty(0, np.uint32)
