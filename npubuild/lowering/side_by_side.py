"""Two instruction streams side by side: what one compiler made of a design, and what another did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from npubuild.lowering.disassembly import disassemble
from npubuild.lowering.txn import Stream

CONTEXT = 2  # equal lines shown around a difference
GAP = " ... "


def side_by_side(left: Stream, right: Stream, names: tuple[str, str]) -> str:
    """The disassemblies in two columns: `|` marks a changed line, `<` and `>` one that only one side has.

    Runs of equal lines are cut to a few around each difference.
    """
    lines = [_without_comment(disassemble(left)), _without_comment(disassemble(right))]
    rows = list(_rows(*lines))
    width = max(len(text) for text in (names[0], *(row[0] for row in rows)))
    table = [(names[0], " ", names[1]), ("-" * len(names[0]), " ", "-" * len(names[1])), *rows]
    return "\n".join(f"{before:<{width}} {mark} {after}".rstrip() for before, mark, after in table)


def _rows(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        first = group[0]
        if first[1] or first[3]:
            yield GAP, " ", GAP
        for kind, *ends in group:
            yield from _block(kind, left[ends[0] : ends[1]], right[ends[2] : ends[3]])
    if matcher.get_opcodes() and matcher.get_opcodes()[-1][0] == "equal":
        yield GAP, " ", GAP


def _block(kind: str, left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    mark = " " if kind == "equal" else "|"
    both = min(len(left), len(right))
    for before, after in zip(left, right, strict=False):
        yield before, mark, after
    for before in left[both:]:
        yield before, "<", ""
    for after in right[both:]:
        yield "", ">", after


def _without_comment(text: str) -> list[str]:
    """Addresses and values only: the words behind the semicolon would double the width."""
    return [line.partition("  ;")[0] for line in text.splitlines()]
