"""The dependencies that a C++ compiler writes with -MD: a Makefile rule."""

from __future__ import annotations

import re

# A path's blanks and `#` are escaped with a backslash, a dollar is doubled, and a backslash before the newline goes on.
_WORD = re.compile(r"(?:\\[ #]|\$\$|[^\s\\]|\\(?![ #\n]))+")


def parse_depfile(text: str) -> tuple[str, ...]:
    """The files behind the target's colon, without repetition, in the order in which the compiler read them."""
    _, _, prerequisites = text.replace("\\\n", " ").partition(": ")
    words = (re.sub(r"\\([ #])", r"\1", word).replace("$$", "$") for word in _WORD.findall(prerequisites))
    return tuple(dict.fromkeys(words))
