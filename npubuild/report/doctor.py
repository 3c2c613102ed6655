"""The doctor's report: every tool, where it is or where it was looked for, and what to install."""

from __future__ import annotations

import platform
import textwrap
from collections.abc import Iterator

from npubuild.toolchain.diagnosis import Diagnosis, Finding

WIDTH = 100


def describe(diagnosis: Diagnosis) -> str:
    """The whole report."""
    lines = [f"Python {platform.python_version()} on {platform.platform()}", ""]
    for finding in diagnosis.findings:
        lines += _describe(finding)
    lines.append("")
    for need, lacking in diagnosis.lacking().items():
        lines.append(f"{need}: {'lacks ' + ', '.join(lacking) if lacking else 'ready'}")
    return "\n".join(lines)


def _describe(finding: Finding) -> Iterator[str]:
    tool = finding.tool
    if tool.found:
        mark = "ok  " if finding.usable else "!!  "
        yield f"{mark} {tool.search.tool}: {tool.search.path} (by {tool.search.found_by})"
    else:
        yield f"--   {tool.search.tool}: not found; {tool.needed_for} needs it"
        yield from _wrapped(f"looked at: {'; '.join(tool.search.places)}")
    if finding.version:
        yield f"     version: {finding.version}"
    if finding.generation:
        yield f"     generation: {finding.generation}"
    for problem in finding.problems:
        yield from _wrapped(f"problem: {problem.message}")
        if problem.cure:
            yield from _wrapped(f"cure: {problem.cure}")
    if not tool.found and not finding.problems:
        yield f"     install: {tool.install}"


def _wrapped(text: str) -> Iterator[str]:
    """Paths and commands stay whole, so that they can be copied."""
    for line in text.splitlines():
        yield textwrap.fill(
            line, WIDTH, initial_indent=" " * 5, subsequent_indent=" " * 7, break_long_words=False, break_on_hyphens=False
        )
