"""The flags that a tool has, read from its own `--help`: LLVM's form and that of Python's argparse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# "  --name=<text>   - help", "  -j <uint>   - help" (LLVM); "  --name NAME   help", "  -j N, --jobs N" (argparse). Help that
# starts on the next line leaves the head alone on its own.
_ENTRY = re.compile(r"^ {1,4}(-.*)$")
_END_OF_HEAD = re.compile(r"\s{2,}|\s+-(?=\s|$)")
_FLAG = re.compile(r"^(--?[A-Za-z][\w-]*)(?:[= ](.+))?$")


@dataclass(frozen=True)
class Flag:
    """One flag, whether it is followed by a value, and what the help says of it."""

    name: str
    takes_value: bool
    text: str


@dataclass(frozen=True)
class Help:
    """A parsed help text: `overview` is its first line, which tells one family of command lines from another."""

    overview: str
    flags: Mapping[str, Flag]

    def __contains__(self, name: str) -> bool:
        return name in self.flags

    def text(self, name: str) -> str:
        """What the help says of a flag; "" for one that it does not have."""
        return self.flags[name].text if name in self.flags else ""


def parse_help(text: str) -> Help:
    """All flags of a help text. Lines that belong to none are the text of the flag above them."""
    flags: dict[str, Flag] = {}
    names: list[str] = []
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        heads, help_text = _heads(entry[1]) if entry else ([], line.strip())
        if heads:
            takes_value = any(value for _, value in heads)
            names = [name for name, _ in heads]
            flags |= {name: Flag(name, takes_value, help_text) for name in names}
        elif line.startswith(" "):
            for name in names:
                flags[name] = Flag(name, flags[name].takes_value, f"{flags[name].text} {help_text}".strip())
        else:
            names = []
    return Help(next((line.strip() for line in text.splitlines() if line.strip()), ""), flags)


def _heads(entry: str) -> tuple[list[tuple[str, str]], str]:
    """The names, each with its placeholder for a value, and the help behind them; none where it is no list of flags."""
    end = _END_OF_HEAD.search(entry)
    head, help_text = (entry[: end.start()], entry[end.end() :].strip()) if end else (entry, "")
    found = [_FLAG.match(part.strip()) for part in head.split(",")]
    return [(match[1], match[2] or "") for match in found if match], help_text.removeprefix("- ")
