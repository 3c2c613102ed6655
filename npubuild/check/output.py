"""Findings as text, as JSON, and as SARIF 2.1.0 (the format that code hosts and editors read)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from npubuild.check.rules import RULES
from npubuild.check.subject import count_text
from npubuild.errors import Diagnostic, Place, Severity

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def text(findings: Sequence[Diagnostic], file: str) -> str:
    """One finding after the other, each with its cure, and a line with their number."""
    counts = Counter(finding.severity for finding in findings)
    numbers = [count_text(counts[severity], severity.value) for severity in Severity if counts[severity]]
    return "".join(f"{finding}\n" for finding in findings) + f"{file}: {', '.join(numbers) or 'no findings'}\n"


def as_json(findings: Sequence[Diagnostic], file: str) -> str:
    """A list of objects with the keys rule, severity, file, line, column, message, hint; a line of 0 is the whole file."""
    return json.dumps([_object(finding, finding.place or Place(file)) for finding in findings], indent=2) + "\n"


def _object(finding: Diagnostic, place: Place) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "message": finding.message,
        "hint": finding.hint,
    }


def sarif(findings: Sequence[Diagnostic], file: str) -> str:
    """A SARIF log of one run, with the rules that the findings name."""
    names = sorted({finding.rule for finding in findings})
    indices = {name: index for index, name in enumerate(names)}
    driver = {"name": "npubuild", "rules": [_reporting_descriptor(name) for name in names]}
    results = [_result(finding, indices[finding.rule], finding.place or Place(file)) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _reporting_descriptor(name: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": f"{rule.summary} (npu-facts.md: {rule.source})."},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _result(finding: Diagnostic, index: int, place: Place) -> dict[str, Any]:
    message = f"{finding.message}\nhint: {finding.hint}" if finding.hint else finding.message
    path = PurePath(place.file)
    location: dict[str, Any] = {"artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}}
    if place.line:
        location["region"] = {"startLine": place.line, "startColumn": max(1, place.column)}
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
    }


FORMATS: Mapping[str, Callable[[Sequence[Diagnostic], str], str]] = {"text": text, "json": as_json, "sarif": sarif}
