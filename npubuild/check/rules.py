"""Every rule name that npubuild gives to a finding, where it comes from and what it means: docs/rules.md is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from npubuild.check.rule_table import TABLE
from npubuild.errors import Severity

LETTERS = {"E": Severity.ERROR, "W": Severity.WARNING, "N": Severity.NOTE}
WRITE = "python -m npubuild.check > docs/rules.md"
INTRODUCTION = f"""# Rules

Every finding of npubuild names a rule. The names are stable: they may be searched for, filtered and suppressed by tools.
*Source* is the number of the failure rule in section 6 of npu-facts.md, or the section (§) of a facts sheet that says why.
An *error* hangs, crashes or corrupts data on hardware, or is refused by a real tool. A *warning* depends on how a design is
used, or on how fast its parts are. A *note* is neither. The severity of a finding may differ from that of its rule: what
only happens when something is slow is a warning.

This page is made by `{WRITE}`.
"""


@dataclass(frozen=True)
class Rule:
    """One rule: its group, its stable name, its source, its usual severity, and one sentence without the full stop."""

    group: str
    name: str
    source: str
    severity: Severity
    summary: str


def _read(table: str) -> Iterator[Rule]:
    """Lines of `name | source | E, W or N | sentence` under headings that start with `#`."""
    group = ""
    for line in filter(None, map(str.strip, table.splitlines())):
        if line.startswith("#"):
            group = line.lstrip("# ")
            continue
        name, source, letter, summary = (part.strip() for part in line.split("|"))
        yield Rule(group, name, source, LETTERS[letter], summary)


RULES: Mapping[str, Rule] = {rule.name: rule for rule in _read(TABLE)}


def markdown() -> str:
    """The text of docs/rules.md."""
    lines = [INTRODUCTION]
    group = ""
    for rule in RULES.values():
        if rule.group != group:
            group = rule.group
            lines += [f"\n## {group}\n", "| rule | source | severity | meaning |", "|---|---|---|---|"]
        lines.append(f"| `{rule.name}` | {rule.source} | {rule.severity.value} | {rule.summary} |")
    return "\n".join(lines) + "\n"
