"""What a run on the emulator came to: status, what is stuck and why, what was left over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from npubuild.errors import Diagnostic, Place

COMPLETED = "completed"
TIMEOUT = "timeout"
FAULT = "fault"


@dataclass(frozen=True)
class Explanation:
    """One thing that cannot go on: the short `phrase` for machines, the `text` for people, what it waits for (phrases)."""

    phrase: str
    text: str
    waits_for: tuple[str, ...] = ()
    place: Place | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


@dataclass(frozen=True)
class Outcome:
    """The result of one run of a sequence.

    `status`: `completed`, `timeout` (the sequence waits for what never comes) or `fault` (the results are worth nothing).
    `blocked`: after a timeout, first what the sequence waits for, then what stands behind it; `cycle` those of them that
    wait for one another in a circle. `operation`: index of the operation in the stream at which the sequence stands.
    `leftovers`: what the run left in the array. `faults`, `hazards` and `races` (argument indices whose contents are not
    certain when the sequence ends) are the findings in short.
    """

    status: str
    blocked: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    cycle: tuple[str, ...] = ()
    operation: int | None = None
    faults: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    races: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "status": self.status,
            "blocked": list(self.blocked),
            "leftovers": list(self.leftovers),
            "cycle": list(self.cycle),
            "operation": self.operation,
            "faults": list(self.faults),
            "hazards": list(self.hazards),
            "races": list(self.races),
            "explanations": [
                {"phrase": item.phrase, "text": item.text, "waits_for": list(item.waits_for), "place": _place(item.place)}
                for item in self.explanations
            ],
            "findings": [
                {
                    "rule": found.rule,
                    "severity": found.severity.value,
                    "message": found.message,
                    "hint": found.hint,
                    "place": _place(found.place),
                }
                for found in self.findings
            ],
        }

    def explanation(self) -> str:
        """The whole story for people, one line each; empty when there is nothing to tell."""
        lines = [str(found) for found in self.findings]
        if self.status == TIMEOUT:
            lines.append("timeout: the sequence never ends")
            lines += [f"  {item}" for item in self.explanations]
            if self.cycle:
                lines.append("  they wait in a circle: " + " -> ".join((*self.cycle, self.cycle[0])))
        if self.leftovers:
            lines.append("left over after the run: " + "; ".join(self.leftovers))
        return "\n".join(lines)


def _place(place: Place | None) -> str | None:
    return str(place) if place else None
