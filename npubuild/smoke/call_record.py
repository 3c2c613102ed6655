"""Which C function is being called on the host, left on disk for those who find the process of a test dead."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import Diagnostic, Place

TIME_LIMIT = 30.0  # seconds for one call
CRASHES = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP")


@dataclass
class CallRecord:
    """`what` names the case and the seed that calls are made for. A call that lasts too long ends the process by SIGALRM."""

    file: Path
    what: str = ""
    time_limit: float = TIME_LIMIT

    @contextlib.contextmanager
    def during(self, function: str, source: str) -> Iterator[None]:
        """Around one call. Only in the main thread of a process that nobody minds to be ended."""
        self.file.write_text(json.dumps([function, source, self.what, self.time_limit]), encoding="utf-8")
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # no Python code runs before the call returns
        signal.setitimer(signal.ITIMER_REAL, self.time_limit)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.file.unlink(missing_ok=True)


def death_in_call(file: Path, name: str) -> Diagnostic | None:
    """What ended a process by the signal `name`, if that was in a call that it has left a record of in `file`."""
    try:
        function, source, what, time_limit = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if name == "SIGALRM":
        message = f"`{function}` does not return within {time_limit:g} s on {what}, called on the host"
    elif name in CRASHES:
        message = f"`{function}` crashes with {name} on {what}, called on the host"
    else:
        return None
    return Diagnostic(message, Place(source))
