"""The comparison as text: two columns of facts, then streams, findings and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from npubuild.compare.facts import Facts
from npubuild.compare.streams import NUMBERS, StreamComparison
from npubuild.compare.verdict import Verdict, judge

WIDTH = 98
LABEL = 12
COLUMN = (WIDTH - LABEL - 3) // 2
DIFFERS = "*"


def write_report(working: Facts, broken: Facts, streams: StreamComparison) -> str:
    lines = [
        *_row("", ["WORKING", *_broken_path(working.file)], ["BROKEN", *_broken_path(broken.file)], mark=False),
        "",
        *_facts(working, broken),
        "",
        *_streams(working, broken, streams),
        "",
        *_findings(working, broken),
        "",
        *_verdict(judge(working, broken, streams)),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _facts(working: Facts, broken: Facts) -> Iterator[str]:
    rows = (
        ("device", lambda side: [side.subject.device.device_name]),
        ("columns", Facts.columns),
        ("DMA API", lambda side: [side.api.value, *side.operations()]),
        ("arguments", Facts.arguments),
        ("transfers", Facts.transfers),
        ("fifos", Facts.fifos),
        ("links", Facts.links),
        ("cores", Facts.core_lines),
        ("objects", Facts.objects),
        ("stack", Facts.stacks),
        ("stream", Facts.stream_lines),
    )
    for label, read in rows:
        yield from _row(label, read(working), read(broken))
    yield f"({DIFFERS} differs)"


def _row(label: str, left: Sequence[str], right: Sequence[str], *, mark: bool = True) -> Iterator[str]:
    """One fact of both designs side by side, each entry wrapped into its column."""
    sign = DIFFERS if mark and list(left) != list(right) else " "
    for number, (one, other) in enumerate(zip_longest(_wrapped(left), _wrapped(right), fillvalue="")):
        head = f"{label:<{LABEL - 2}}{sign} " if number == 0 else " " * LABEL
        yield f"{head}{one:<{COLUMN}} | {other}"


def _wrapped(entries: Sequence[str]) -> list[str]:
    return [line for entry in entries for line in wrap(entry, COLUMN, subsequent_indent="  ", break_on_hyphens=False)]


def _broken_path(path: str) -> list[str]:
    return [path[start : start + COLUMN] for start in range(0, len(path), COLUMN)]


def _paragraph(text: str, first: str = "", rest: str = "") -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _streams(working: Facts, broken: Facts, streams: StreamComparison) -> Iterator[str]:
    yield "INSTRUCTION STREAMS"
    count = len(streams.same_kinds)
    if working.api is not broken.api and count:
        number = NUMBERS[count] if count < len(NUMBERS) else str(count)
        kinds = ", ".join(streams.same_kinds)
        yield from _paragraph(f"The DMA API differs, but both lower to the same {number} operations: {kinds}.")
    if streams.api_is_cleared:
        yield from _paragraph(
            f"Proof: `{streams.rewritten}` states the broken design's transfers in the API of the working one. Its stream"
            " keeps its meaning (same transfers on the same channels in the same order, same waits). What changes:"
        )
        for change in streams.changes:
            yield from _paragraph(change, "  ", "    ")
    elif streams.refused:
        yield from _paragraph(
            f"The broken design cannot be stated in the other API (`{streams.rewritten}`): {streams.refused}."
        )
    if streams.first_difference:
        yield from _paragraph(f"First difference between the two designs: {streams.first_difference}.", rest="  ")
    elif working.stream is not None and broken.stream is not None:
        yield from _paragraph("The two streams mean the same: what differs lies in cores, fifos or the host program.")


def _findings(working: Facts, broken: Facts) -> Iterator[str]:
    yield "CHECKS"
    for side, facts in (("working", working), ("broken", broken)):
        yield f"{side}: {'' if facts.findings else 'no findings'}".rstrip()
        for finding in facts.findings:
            place = f"line {finding.place.line}: " if finding.place else ""
            yield from _paragraph(f"{finding.severity.value}: {place}{finding.message} [{finding.rule}]", "  ", "    ")


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield "VERDICT, most likely cause first"
    if not verdict.causes:
        yield from _paragraph("nothing in the design itself explains a failure", "  ")
    for number, cause in enumerate(verdict.causes, 1):
        yield from _paragraph(cause, f"  {number}. ", "     ")
    yield "Not the cause:"
    for text in verdict.cleared or ("nothing is ruled out by proof",):
        yield from _paragraph(text, "  - ", "    ")
    yield "Not visible in a design file:"
    for text in verdict.unseen:
        yield from _paragraph(text, "  - ", "    ")
