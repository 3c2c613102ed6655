"""How long the tasks of builds and tests took when they last ran, and why they did: kept for the report."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from npubuild.errors import UserError
from npubuild.files import read_bytes, write_atomically

NAME = "steps.json"


@dataclass(frozen=True)
class StepRecord:
    """The last run of one task: `seconds` of wall time, `reason` why it ran, whether it was `cached`, and its end."""

    seconds: float
    reason: str = ""
    cached: bool = False
    failed: bool = False
    at: float = 0.0


def read_steps(file: Path) -> dict[str, StepRecord]:
    """By name of the task; nothing where nothing has been recorded, or what has is of another form."""
    try:
        return {name: StepRecord(**record) for name, record in json.loads(read_bytes(file)).items()}
    except (UserError, ValueError, TypeError, AttributeError):
        return {}


def record_steps(file: Path, steps: Mapping[str, StepRecord]) -> None:
    """Add to what has been recorded; later records of a task replace earlier ones."""
    try:
        known = dict(json.loads(read_bytes(file)))
    except (UserError, ValueError, TypeError):
        known = {}
    content = known | {name: asdict(record) for name, record in steps.items()}
    write_atomically(file, json.dumps(content) + "\n")


class StepClock:
    """Times the tasks of one doit run; doit calls for one task after the other, or from several processes at once."""

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}
        self._records: dict[Path, dict[str, StepRecord]] = {}

    def begin(self, task: Any) -> None:
        self._begun[task.name] = time.perf_counter()

    def end(self, task: Any, *, failed: bool) -> None:
        """A task that has outputs or is a smoke test is recorded in the folder of its toolchain."""
        folder = _toolchain_folder(task)
        begun = self._begun.pop(task.name, None)
        if folder is None or begun is None:
            return
        meta = task.meta or {}
        seconds = time.perf_counter() - begun
        cached = bool((task.values or {}).get("cached"))
        record = StepRecord(seconds, str(meta.get("reason", "")), cached, failed, time.time())
        self._records.setdefault(folder / NAME, {})[task.name] = record

    def save(self) -> None:
        for file, steps in self._records.items():
            record_steps(file, steps)


def _toolchain_folder(task: Any) -> Path | None:
    """build/<toolchain>, from where the outputs of the task go."""
    if not task.targets:
        smoke = (task.meta or {}).get("smoke")
        return smoke.junit.parent if smoke is not None else None
    folder = Path(task.targets[0]).parent.parent
    return folder.parent if folder.name == "_objects" else folder
