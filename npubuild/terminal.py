"""One look for all that is printed: plain tables, and colour for words that say how something went.

Colour is only ever added to text that is complete without it, and only on a terminal whose user wants it (NO_COLOR, see
https://no-color.org, and TERM=dumb turn it off).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TextIO

GOOD, BAD, WARN, TOLD, FAINT = "32", "31", "33", "36", "2"
_STYLES = (
    (GOOD, r"\bPASS\b|^ok  (?= )?|\bready$"),
    (BAD, r"\bFAIL\b|\bTIMEOUT\b|^!!  |^error:|^timeout:|\bfailed$"),
    (WARN, r"\bUNSUPPORTED\b|\bSKIP\b|^--   |^warning:"),
    (TOLD, r"^hint:|^note:|^ +(?:cure|install):"),
    (FAINT, r"^-{8,}$"),
)
_PATTERN = re.compile("|".join(f"(?P<s{code}>{pattern})" for code, pattern in _STYLES), re.MULTILINE)


def wants_colour(stream: TextIO) -> bool:
    """Whether what is printed to `stream` is looked at by someone who has not asked for plain text."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def painted(text: str) -> str:
    """The text with the words coloured that say how something went."""
    return _PATTERN.sub(lambda found: f"\x1b[{(found.lastgroup or 's0')[1:]}m{found[0]}\x1b[0m", text)


def say(text: str, stream: TextIO | None = None) -> None:
    """Print to `stream` (standard output), in colour where that is wanted."""
    stream = stream or sys.stdout
    print(painted(text) if wants_colour(stream) else text, file=stream)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """Columns as wide as they need, the first `texts` of them flush left, the others right; a rule below the header."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    written = [
        " ".join(
            cell.ljust(width) if column < texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    written.insert(1, "-" * max(map(len, written)))
    return "\n".join(written)
