"""Why nothing goes on: follows the waits from the sequence backwards, in the design's own words.

Each thing that is stuck gives one short phrase and one sentence; what it waits for follows. Where the waits lead back to
where they came from, they form a cycle, which is then the cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from npubuild.emulator.array import Array
from npubuild.emulator.core_process import CoreProcess
from npubuild.emulator.dma import DmaChannel, State
from npubuild.emulator.findings import tasks_of
from npubuild.emulator.lock import Lock
from npubuild.emulator.outcome import Explanation
from npubuild.emulator.process import AcquireLock
from npubuild.errors import Place
from npubuild.hardware.devices import Channel, TileKind
from npubuild.mlir.dialect.aie import UseLockOp
from npubuild.placement.model import Ring

Party: TypeAlias = DmaChannel | CoreProcess


class Wait(NamedTuple):
    """What a stuck party says of itself, and whom it waits for."""

    phrase: str
    text: str
    parties: tuple[Party, ...] = ()
    place: Place | None = None


class Report(NamedTuple):
    explanations: tuple[Explanation, ...]
    cycle: tuple[str, ...]


def explain(array: Array, waiting: Channel) -> Report:
    """The report for a sequence that waits for a token of the channel `waiting`."""
    return _Walk(array).report(waiting)


class _Walk:
    """One walk over the graph of waits, depth first; every party is visited once."""

    def __init__(self, array: Array) -> None:
        self.array = array
        self.found: dict[str, Explanation] = {}
        self.visited: set[Party] = set()
        self.path: list[tuple[Party, str]] = []
        self.cycle: tuple[str, ...] = ()
        self.free = {ring.free: ring for ring in array.placement.rings if ring.free}
        self.full = {ring.full: ring for ring in array.placement.rings if ring.full}

    def report(self, waiting: Channel) -> Report:
        channel = self.array.channel(waiting)
        tile = waiting.tile
        pending = any(task.token for task in channel.queue)
        wait = Wait(
            f"sync col {tile.col} row {tile.row} {waiting.direction.name} {waiting.index}",
            f"the sequence waits for a token of DMA {waiting}",
            (channel,) if channel.queue else (),
        )
        self._note(wait, [*([] if pending else [f"token {waiting}"]), *self._phrases(wait.parties)])
        if not pending:
            self._note(Wait(f"token {waiting}", self._no_token(channel)))
        for party in wait.parties:
            self._visit(party)
        for other in self.array.channels:
            if other.dropped:
                text = f"DMA {other.channel} lost {tasks_of(other.dropped)} pushed onto its full queue"
                self._note(Wait(f"queue {other.channel} dropped {other.dropped}", text))
        return Report(tuple(self.found.values()), self.cycle)

    def _no_token(self, channel: DmaChannel) -> str:
        name = channel.channel
        if name.tile.kind is not TileKind.SHIM and name.tile not in self.array.network.tokens:
            return f"tokens of DMA {name} reach nobody: only shim tokens are routed unless the design routes others"
        if channel.dropped:
            return f"DMA {name} has run all tasks that found a place in its queue; {tasks_of(channel.dropped)} did not"
        if not channel.tasks:
            return f"no task was started on DMA {name} in this run, so no token will come"
        if any(task.token for task in channel.tasks):
            return f"every token of DMA {name} has been read already: there are more waits than tokens"
        return f"no task on DMA {name} was told to issue a token"

    def _visit(self, party: Party) -> None:
        waits = list(self._waits(party))
        if party in self.visited:
            places = [number for number, (other, _) in enumerate(self.path) if other is party]
            if places and not self.cycle:
                self.cycle = tuple(phrase for _, phrase in self.path[places[0] :])
            return
        self.visited.add(party)
        for wait in waits:
            self._note(wait, self._phrases(wait.parties))
            self.path.append((party, wait.phrase))
            for other in wait.parties:
                self._visit(other)
            self.path.pop()

    def _note(self, wait: Wait, waits_for: Iterable[str] = ()) -> None:
        self.found.setdefault(wait.phrase, Explanation(wait.phrase, wait.text, tuple(waits_for), wait.place))

    def _phrases(self, parties: Iterable[Party]) -> list[str]:
        return [wait.phrase for party in parties for wait in self._waits(party)]

    # What a party says ------------------------------------------------------------------------------------------------

    def _waits(self, party: Party) -> Iterator[Wait]:
        if isinstance(party, CoreProcess):
            yield self._core(party)
        elif party.state is State.LOCK and party.plan is not None and party.plan.acquire is not None:
            yield from self._channel_lock(party, party.plan.acquire)
        elif party.state is State.STREAM:
            yield self._outbound(party) if party.outbound else self._inbound(party)
        elif party.state is State.PACKET:
            senders = tuple(r.sender for route in party.routes.values() for r in route.receivers if r.sender is not None)
            yield Wait(f"dma {party.channel} packet", f"DMA {party.channel} waits until another packet has passed", senders)
        elif party.state is State.STUCK:
            yield Wait(f"dma {party.channel} stuck", f"DMA {party.channel} cannot go on: {party.problem}")
        elif party.state is State.IDLE:
            yield Wait(f"dma {party.channel} idle", _idle(party))
        else:
            yield Wait(f"dma {party.channel} running", f"DMA {party.channel} goes on and on")

    def _core(self, core: CoreProcess) -> Wait:
        name = f"core {core.tile.col} {core.tile.row}"
        if core.ended:
            return Wait(f"{name} ended", f"the program of core {core.tile} has come to its end")
        if not core.enabled:
            return Wait(f"{name} disabled", f"core {core.tile} is held in reset or disabled")
        step = core.waiting
        if not isinstance(step, AcquireLock):
            return Wait(f"{name} running", f"core {core.tile} goes on and on without anything that the sequence could see")
        lock = self.array.locks[step.lock]
        wanted = f"at least {-step.value}" if step.value < 0 else f"exactly {step.value}"
        text = f"core {core.tile} waits to acquire {step.why or step.lock}: {self._lock_text(lock)}, wanted is {wanted}"
        ring = self.full.get(step.lock)
        if ring is not None and ring.free and -step.value > (most := lock.init + self.array.locks[ring.free].init):
            text += f", more than the {most} that there can be"
        return Wait(f"{name} acquire {step.why or step.lock}", text, self._releasers(lock), step.place)

    def _channel_lock(self, channel: DmaChannel, lock: Lock) -> Iterator[Wait]:
        ring = self.free.get(lock.name)
        if ring is not None and not channel.outbound:
            tile = ring.tile
            end = "producer" if ring.consumer is None else "consumer"
            text = f"all {len(ring.buffers)} objects of fifo @{ring.fifo} on tile {tile} are full and nobody takes one"
            yield Wait(f"fifo @{ring.fifo} {end} {tile.col} {tile.row} full", text, self._releasers(lock))
        text = f"DMA {channel.channel} waits for {self._lock_text(lock)}"
        yield Wait(f"dma {channel.channel} lock", text, self._releasers(lock))

    def _inbound(self, channel: DmaChannel) -> Wait:
        total = channel.position + channel.remaining
        phrase = f"dma {channel.channel} has {channel.position} of {total} words"
        text = f"DMA {channel.channel} has received {channel.position} of {total} words"
        receiver = channel.receiver
        if receiver is None:
            return Wait(phrase, text + ", and no DMA channel is connected to it")
        return Wait(phrase, text, tuple(dict.fromkeys(receiver.senders)))

    def _outbound(self, channel: DmaChannel) -> Wait:
        closed = tuple(receiver.channel for receiver in channel.receivers if not receiver.channel.remaining)
        total = channel.position + channel.remaining
        text = f"DMA {channel.channel} has sent {channel.position} of {total} words and cannot send more"
        return Wait(f"dma {channel.channel} stream full", text, closed)

    # Who could help ---------------------------------------------------------------------------------------------------

    def _lock_text(self, lock: Lock) -> str:
        for rings, kind in ((self.free, "an empty"), (self.full, "a full")):
            if lock.name in rings:
                ring = rings[lock.name]
                return f"{kind} object of fifo @{ring.fifo} on tile {ring.tile} ({lock.name} is {lock.value})"
        return f"lock {lock.name} (it is {lock.value})"

    def _releasers(self, lock: Lock) -> tuple[Party, ...]:
        """Whoever releases the lock, or might."""
        parties: list[Party] = [channel for channel in self.array.channels if _releases(channel, lock)]
        tiles = {
            access.tile
            for access, ring in self.array.placement.accesses.items()
            if _given_back(access.port, ring) == lock.name
        }
        end = self.free.get(lock.name) or self.full.get(lock.name)
        if not tiles and end is not None and (end.consumer is None) == (lock.name == end.full):
            tiles.add(end.tile)  # the core that should use the fifo, even if it never does
        found = [core for tile, core in self.array.cores.items() if tile in tiles or self._names(core, lock)]
        if not parties and not found:  # whoever once did has lost its task
            parties = [other for other in self.array.channels if other.channel.tile == lock.tile and not other.queue]
        return (*parties, *found)

    def _names(self, core: CoreProcess, lock: Lock) -> bool:
        """Whether the core's program releases the lock by its name, now or later."""
        if lock.name in core.released:
            return True
        names = self.array.placement.names
        region = next((found.op for found in self.array.placement.cores if found.tile == core.tile), None)
        return region is not None and any(
            isinstance(op, UseLockOp) and names.get(op.lock) == lock.name and op.action == "Release" for op in region.walk()
        )


def _idle(channel: DmaChannel) -> str:
    if not channel.tasks:
        return f"DMA {channel.channel} has nothing to do: no task was started on it in this run"
    done = f"all {tasks_of(len(channel.tasks))} started in this run are done, {channel.moved} words in all"
    return f"DMA {channel.channel} has nothing more to do: {done}"


def _given_back(port: str, ring: Ring) -> str:
    """The lock that a core releases at its end of a ring."""
    return ring.full if port == "Produce" else ring.free


def _releases(channel: DmaChannel, lock: Lock) -> bool:
    return any(channel.tile.plan(bd).release is lock for task in channel.queue for bd in channel.chain(task.first))
