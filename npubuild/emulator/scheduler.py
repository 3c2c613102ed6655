"""Who runs next: a queue of ready processes, and kernel calls that run side by side in threads.

Everything in the array happens in one thread and in an order that depends on nothing but the seed; only kernel calls leave
it. They are taken for slow: they begin when nothing else can go on, all at once, and are collected in the order in which
they were asked for, whichever ends first. So the threads' timing changes how long a run takes, not what it does.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from npubuild.emulator.kernel_call import KernelCall

if TYPE_CHECKING:
    from npubuild.emulator.events import Recorder, Rerun

WORTH_POSTING = 10e-6  # seconds of a call that pay for posting it to the native pool
WORTH_A_THREAD = 250e-6  # seconds of work that pay for waking a thread of Python's


class Process:
    """Something that runs until it has to wait; `resume` goes on to the next wait. Waking one that need not run is harmless.

    `queued`: it is in the ready queue. `granted`: the lock it waited for is its own now.
    """

    __slots__ = ("granted", "queued", "resume")

    resume: Callable[[], object]

    def __init__(self) -> None:
        self.queued = False
        self.granted = False


class Scheduler:
    """The ready queue. `seed` 0 serves first come, first served; any other seed picks among the ready at random."""

    __slots__ = ("_calls", "_durations", "_random", "_ready", "log", "parallel")

    def __init__(self, seed: int = 0, *, parallel: bool = True) -> None:
        self.parallel = parallel
        self.log: Recorder | Rerun | None = None  # told of every event while a run is recorded or taken up
        self._random = random.Random(seed) if seed else None  # noqa: S311 (an order of events, not a secret)
        self._ready: deque[Process] = deque()
        self._calls: deque[KernelCall] = deque()
        self._durations: dict[str, float] = {}  # of the last call, by name

    def wake(self, process: Process) -> None:
        if not process.queued:
            process.queued = True
            self._ready.append(process)

    def run(self, budget: int) -> int:
        """Resume ready processes until none is left or `budget` of them have had a turn; the part of the budget left."""
        ready = self._ready
        while ready and budget:
            if self._random is not None:
                ready.rotate(-self._random.randrange(len(ready)))
            process = ready.popleft()
            process.queued = False
            process.resume()
            budget -= 1
        return budget

    @property
    def idle(self) -> bool:
        """Nothing can go on, kernel calls apart."""
        return not self._ready

    def ready(self) -> tuple[Process, ...]:
        return tuple(self._ready)

    def call(self, call: KernelCall) -> None:
        """Ask for a kernel call; it begins with the next `finish_call`."""
        self._calls.append(call if self.log is None else self.log.called(call))

    def finish_call(self) -> bool:
        """Finish the oldest kernel call, working on the others meanwhile; False when there is none."""
        if not self._calls:
            return False
        if self.log is not None:
            self.log.finished()
        oldest = self._calls.popleft()
        if self._calls and self.parallel:
            self._hand_over()
        while oldest.handed_over and oldest.pending:
            if not oldest.steal() and not any(call.steal() for call in self._calls):
                break
        result = oldest.obtain()
        self._durations[oldest.name] = oldest.seconds
        oldest.finish(result)
        return True

    def _hand_over(self) -> None:
        """Let others begin the calls asked for, as far as it pays by what calls of that name took before."""
        left = []
        work = 0.0
        for call in self._calls:
            if call.handed_over:
                continue
            expected = self._durations.get(call.name, WORTH_A_THREAD)
            if expected < WORTH_POSTING or not call.post():
                left.append(call)
                work += expected
        if work >= WORTH_A_THREAD:
            for call in left:
                call.hand_over()

    @property
    def at_rest(self) -> bool:
        """Nothing can go on, and no kernel call is asked for or under way."""
        return not self._ready and not self._calls

    @property
    def deterministic(self) -> bool:
        """Whether the order of events is the same in every run."""
        return self._random is None

    def abandon_calls(self) -> None:
        """Forget the calls asked for without collecting them; whoever has kept them may still `obtain` their results."""
        self._calls.clear()

    def clear(self) -> None:
        """Forget what was ready and wait for the calls under way: the array is being configured anew."""
        for process in self._ready:
            process.queued = False
        self._ready.clear()
        for call in self._calls:
            if call.handed_over:
                call.obtain()
        self._calls.clear()
