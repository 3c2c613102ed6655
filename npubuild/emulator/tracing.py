"""What a run did when: activities of the sequencer, cores and DMA channels, and the fill of fifos.

Nothing of it costs anything unless a run is traced: a traced array has another scheduler (`TracingScheduler`), which looks
at all processes after every turn. The clock counts such turns and the operations of the sequence, one unit (1 us) each, so
it tells the emulator's order, not the hardware's time. A kernel call lasts as long as it took on the host, from when it was
asked for: calls of several cores overlap where the emulator had them under way together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from npubuild.emulator.array import Array
from npubuild.emulator.core_process import CoreProcess
from npubuild.emulator.dma import DmaChannel, State
from npubuild.emulator.kernel_call import KernelCall
from npubuild.emulator.process import AcquireLock, CallKernel
from npubuild.emulator.scheduler import Process, Scheduler
from npubuild.emulator.sequencer import Action, Sequencer, describe
from npubuild.hardware.devices import Channel, Tile
from npubuild.hardware.limits import WORD_BYTES
from npubuild.lowering.txn import Sync

TURN = 1.0  # what one turn of a process, or one operation of the sequence, counts
MICROSECONDS = 1e6
SEQUENCER = "sequencer"

Track: TypeAlias = Tile | Channel | str
"""A core, a DMA channel, or the sequencer."""


class Activity(NamedTuple):
    """What a track does: `kind` is compute, kernel, wait, transfer, lock, stream, packet, stuck, operation or sync."""

    kind: str
    name: str


@dataclass
class Slice:
    """An activity from `begin` on, for `duration`. `nbytes` were moved in it; `seconds` of host time went into a kernel."""

    track: Track
    activity: Activity
    begin: float
    duration: float = 0.0
    nbytes: int = 0
    seconds: float = 0.0

    @property
    def end(self) -> float:
        return self.begin + self.duration


class Level(NamedTuple):
    """`objects` of the fifo's ring on `tile` are full from `time` on."""

    fifo: str
    tile: Tile
    time: float
    objects: int


@dataclass
class Trace:
    """Slices in the order in which they ended, levels in the order of time, and when each run began."""

    slices: list[Slice] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    runs: list[float] = field(default_factory=list)


class TracingScheduler(Scheduler):
    """Tells its `tracer`, once there is one, of every turn and every kernel call."""

    __slots__ = ("tracer",)

    def __init__(self, seed: int = 0, *, parallel: bool = True) -> None:
        super().__init__(seed, parallel=parallel)
        self.tracer: Tracer | None = None

    def run(self, budget: int) -> int:
        if self.tracer is None:
            return super().run(budget)
        while self._ready and budget:
            if self._random is not None:
                self._ready.rotate(-self._random.randrange(len(self._ready)))
            process = self._ready.popleft()
            process.queued = False
            self.tracer.running = process
            process.resume()
            self.tracer.turn(process)
            budget -= 1
        return budget

    def call(self, call: KernelCall) -> None:
        super().call(call)
        if self.tracer is not None:
            self.tracer.asked(call)

    def finish_call(self) -> bool:
        oldest = self._calls[0] if self._calls else None
        done = super().finish_call()
        if oldest is not None and self.tracer is not None:
            self.tracer.finished(oldest)
        return done


class Tracer:
    """Follows one array, whose scheduler is a `TracingScheduler`, until `finish`.

    `running` is the process whose turn it is.
    """

    def __init__(self, array: Array) -> None:
        assert isinstance(array.scheduler, TracingScheduler)
        self.array = array
        self.trace = Trace()
        self.clock = 0.0
        self.running: Process | None = None
        self._calls: dict[int, tuple[CoreProcess, float]] = {}  # who asked for a call, and when it began
        self._open: dict[Track, Slice] = {}
        self._words: dict[Channel, int] = {}
        self._levels: dict[tuple[str, Tile], int] = {}
        array.scheduler.tracer = self
        array.observer = self

    def begin_run(self, sequencer: Sequencer) -> None:
        """A run begins: its operations are followed, everything else stands where the last run left it."""
        self.trace.runs.append(self.clock)
        self._words.clear()
        if sequencer.actions and not isinstance(sequencer.actions[0], _Operation):
            operations = zip(sequencer.stream.operations, sequencer.actions, strict=True)
            sequencer.actions = [
                _Operation(self, action, describe(operation), syncs=isinstance(operation, Sync))
                for operation, action in operations
            ]
        self._look()

    def turn(self, process: Process) -> None:
        """A process has had its turn."""
        if isinstance(process, CoreProcess) and not process.ended and process.enabled:
            self._do(process.tile, Activity("compute", "compute"))
        for channel in self.array.channels:
            self._moved(channel)
        self.clock += TURN
        self._look()

    def asked(self, call: KernelCall) -> None:
        """The core whose turn it is asks for a call."""
        if isinstance(self.running, CoreProcess):
            self._calls[id(call)] = self.running, self.clock + TURN

    def finished(self, call: KernelCall) -> None:
        """A call has ended: the clock goes on by what it took on the host, as far as it has not done so already."""
        core, begin = self._calls.pop(id(call), (None, self.clock))
        if core is not None and core.tile in self._open:
            self._open[core.tile].seconds = call.seconds
        self.clock = max(self.clock + TURN, begin + round(call.seconds * MICROSECONDS, 3))
        self._look()

    def operation(self, name: str, *, waits: bool) -> None:
        """The sequence carries out an operation, or begins to wait in one."""
        self._do(SEQUENCER, Activity("sync" if waits else "operation", name))
        if not waits:
            for channel in self.array.channels:
                self._moved(channel)
            self.clock += TURN
            self._do(SEQUENCER, None)
            self._look()

    def finish(self) -> Trace:
        """Close what is still going on; the trace is complete, and the array is no longer followed."""
        self.clock += TURN  # so that a wait which began with the very last event is there
        for track in list(self._open):
            self._do(track, None)
        assert isinstance(self.array.scheduler, TracingScheduler)
        self.array.scheduler.tracer = None
        self.array.observer = None
        return self.trace

    # Looking around ---------------------------------------------------------------------------------------------------

    def _moved(self, channel: DmaChannel) -> None:
        """Note what a channel has moved in the turn that ends now."""
        words = channel.moved + channel.position
        moved = words - self._words.get(channel.channel, 0)
        self._words[channel.channel] = words
        if moved > 0:
            self._do(channel.channel, Activity("transfer", "transfer"))
            self._open[channel.channel].nbytes += WORD_BYTES * moved

    def _look(self) -> None:
        """What everything does from now on."""
        for channel in self.array.channels:
            self._do(channel.channel, _stall(channel))
        for core in self.array.cores.values():
            self._do(core.tile, _waiting(core))
        for ring in self.array.placement.rings:
            lock = self.array.locks.get(ring.full)
            if lock is not None and self._levels.get((ring.fifo, ring.tile)) != lock.value:
                self._levels[ring.fifo, ring.tile] = lock.value
                self.trace.levels.append(Level(ring.fifo, ring.tile, self.clock, max(lock.value, 0)))

    def _do(self, track: Track, activity: Activity | None) -> None:
        """From now on the track does this (None: nothing); what it did until now has ended."""
        current = self._open.get(track)
        if current is not None:
            if current.activity == activity:
                return
            current.duration = self.clock - current.begin
            if current.duration:
                self.trace.slices.append(current)
            del self._open[track]
        if activity is not None:
            self._open[track] = Slice(track, activity, self.clock)


class _Operation:
    """One operation of a traced sequence, as the sequencer carries it out."""

    __slots__ = ("action", "name", "syncs", "tracer")

    def __init__(self, tracer: Tracer, action: Action, name: str, *, syncs: bool) -> None:
        self.tracer = tracer
        self.action: Callable[[], object] = action
        self.name = name
        self.syncs = syncs

    def __call__(self) -> object:
        result = self.action()
        if result is False:
            self.tracer.operation(self.name, waits=True)
        else:
            self.tracer.operation(self.name, waits=self.syncs)
            if self.syncs:
                self.tracer.operation(self.name, waits=False)
        return result


def _stall(channel: DmaChannel) -> Activity | None:
    """What a channel waits for, if anything."""
    if channel.state is State.LOCK and not channel.granted and channel.plan is not None:
        lock = channel.plan.acquire
        return Activity("lock", f"waits for lock {lock.name}" if lock is not None else "waits for a lock")
    if channel.state is State.STREAM and channel.remaining:
        return Activity("stream", "waits for room in the stream" if channel.outbound else "waits for words")
    if channel.state is State.PACKET:
        return Activity("packet", "waits until another packet has passed")
    return Activity("stuck", channel.problem) if channel.state is State.STUCK else None


def _waiting(core: CoreProcess) -> Activity | None:
    step = core.waiting
    if core.ended or not core.enabled:
        return None
    if isinstance(step, CallKernel):
        return Activity("kernel", step.name)
    if not isinstance(step, AcquireLock) or core.granted:
        return None
    return Activity("wait", f"waits for {step.why or step.lock}")
