"""Holding a design that fails against one that works: what differs, what of it matters, and what does not."""

from __future__ import annotations

from npubuild.compare.facts import read_facts
from npubuild.compare.report import write_report
from npubuild.compare.streams import compare_streams
from npubuild.mlir.source import Design

__all__ = ["compare_designs"]


def compare_designs(working: Design, broken: Design) -> str:
    """The comparison as plain text of at most 100 columns.

    Of each design the device `main` (or its first one) and its first runtime sequence are compared. UserError when one of
    them has none.
    """
    sides = read_facts(working), read_facts(broken)
    return write_report(*sides, compare_streams(broken, *sides))
