"""The result of one smoke test, as it is stored, printed and reported."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from npubuild.errors import Place, UserError
from npubuild.files import read_bytes, write_atomically

DEVICE_NAMES = {"emulator": "emulated", "npu": "npu", "both": "both"}
"""How a verdict names each value of the variable `device`."""


class Status(enum.Enum):
    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    TIMEOUT = "TIMEOUT"
    UNSUPPORTED = "UNSUPPORTED"
    SKIP = "SKIP"


@dataclass(frozen=True)
class Measures:
    """What was seen over all runs of a kernel. It stands beside the verdict, it is not the verdict.

    `exact`: every output equals that of the C++ called on the host (None: the design has no C++). `correlation`: the least
    of all cases that have one. `max_error`: the greatest distance from the float reference, in steps of the output.
    `nonzero`: the share of outputs that are not 0. `low`, `high`: their range. `untouched`: bytes that no run wrote.
    `seconds`: the median of a run. `max_ulp`: the distance in units in the last place, where that is what is judged.
    """

    exact: bool | None
    correlation: float | None
    max_error: float
    nonzero: float
    low: float
    high: float
    untouched: int
    seconds: float
    runs: int
    max_ulp: float | None = None


@dataclass(frozen=True)
class Result:
    """A verdict with the device that it was reached on.

    `problems` say why it is not PASS, the most telling first; `notes` what else is worth knowing, like objects left over.
    `hardware` names the NPU that it ran on, with its driver and firmware; "" on the emulator. `manifest` is the digest of
    the manifest of the artefacts that ran.
    """

    kernel: str
    status: Status
    device: str
    problems: tuple[str, ...] = ()
    measures: Measures | None = None
    notes: tuple[str, ...] = ()
    hardware: str = ""
    manifest: str = ""

    @property
    def verdict(self) -> str:
        """`PASS (emulated)` is not `PASS (npu)`."""
        return f"{self.status.value} ({self.device})"

    def save(self, file: Path) -> None:
        content = {**asdict(self), "status": self.status.value}
        write_atomically(file, json.dumps(content, indent=1) + "\n")


@dataclass(frozen=True)
class Sanitized:
    """What the C++ of a kernel did under the address and undefined-behaviour checks, in `calls` calls."""

    calls: int
    problems: tuple[str, ...]

    def save(self, file: Path) -> None:
        write_atomically(file, json.dumps(asdict(self), indent=1) + "\n")


def sanitize_hint(kernel: str) -> str:
    """The note on a failure of which the sanitised run could tell more."""
    return f"`doit test:{kernel} sanitize=1` may name the line of C++"


def with_sanitized_run(result: Result, sanitized: Sanitized) -> Result:
    """The verdict over both: what the checks found comes first, as it names the line of the source."""
    result = replace(result, notes=tuple(note for note in result.notes if note != sanitize_hint(result.kernel)))
    if sanitized.problems:
        return replace(result, status=Status.FAIL, problems=(*sanitized.problems, *result.problems))
    return replace(result, notes=(*result.notes, f"{sanitized.calls} calls under address and undefined-behaviour checks"))


def load_sanitized(file: Path) -> Sanitized:
    """What was saved in `file`; UserError when there is nothing."""
    try:
        content = json.loads(read_bytes(file))
        return Sanitized(content["calls"], tuple(content["problems"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError.at(Place(str(file)), "is no result of a sanitized run", hint="run it again") from error


def load_result(file: Path) -> Result:
    """The result in `file`; UserError when there is none."""
    try:
        content: Mapping[str, Any] = json.loads(read_bytes(file))
        measures = Measures(**content["measures"]) if content["measures"] else None
        return Result(
            kernel=content["kernel"],
            status=Status(content["status"]),
            device=content["device"],
            problems=tuple(content["problems"]),
            measures=measures,
            notes=tuple(content["notes"]),
            hardware=content.get("hardware", ""),
            manifest=content.get("manifest", ""),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError.at(Place(str(file)), "is no result of a smoke test", hint="run the smoke test again") from error
