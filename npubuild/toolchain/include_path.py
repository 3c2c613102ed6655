"""Where a C++ compiler looks for headers, and where a new file would be read instead of one that it found.

A depfile names the headers that were read. It says nothing of the places that were looked at before and had no such file:
a header that appears there later changes the object, although nothing that the depfile names has changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from npubuild.process import query
from npubuild.toolchain.identity import IdentityCache

_QUOTED = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.MULTILINE)
_PROBED = re.compile(rb'__has_include[ \t]*\([ \t]*["<]([^">\n]+)[">]')
_IGNORED = re.compile(r'^ignoring nonexistent directory "(.+)"$', re.MULTILINE)
_FOLDER_FLAGS = ("-iquote", "-isystem", "-idirafter", "-I")


# Variables that add to the search path, or say where the compiler lies.
ENVIRONMENT = ("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH")


def search_folders(command: tuple[str, ...], root: Path, tools: IdentityCache | None = None) -> tuple[Path, ...]:
    """The folders that a compiler command looks at, in order, as it says itself with -v; those of its flags if it does not.

    Folders that do not exist come first: it leaves them out, and would look into them if they did. `tools` knows what the
    compiler answered before.
    """

    def ask() -> list[str]:
        return _listed(query([*command, "-E", "-v", "-x", "c++", os.devnull], cwd=root), command)

    question = [*command, str(root), *(os.environ.get(name, "") for name in ENVIRONMENT)]
    folders = tools.answer(Path(command[0]), question, ask) if tools else ask()
    return tuple(dict.fromkeys(Path(os.path.normpath(root / folder)) for folder in folders))


def _listed(said: str, command: Sequence[str]) -> list[str]:
    _, begin, listed = said.partition("search starts here:\n")
    listed, end, _ = listed.partition("End of search list.")
    found = [line.strip() for line in listed.splitlines() if line.startswith(" ")] if begin and end else _flagged(command)
    return [*_IGNORED.findall(said), *found]


def _flagged(command: Sequence[str]) -> Iterator[str]:
    for word, following in zip(command, (*command[1:], ""), strict=True):
        for flag in _FOLDER_FLAGS:
            if word == flag:
                yield following
            elif word.startswith(flag):
                yield word[len(flag) :]


def shadowing_places(read: Iterable[Path], folders: Sequence[Path], root: Path) -> tuple[Path, ...]:
    """Paths that do not exist, and at which a file would be read instead of one of `read`.

    `read` are the absolute paths that the depfile names, `folders` the search path. Headers in quotes are looked for beside
    the file that includes them first; only files below `root` are taken to do so.
    """
    files = [Path(os.path.normpath(path)) for path in read]
    own = [path for path in files if path.is_relative_to(root)]
    quoted, probed = _spelled(own)
    beside = list(dict.fromkeys(path.parent for path in own))
    found: dict[Path, None] = {}
    for file in files:
        for position, folder in enumerate(folders):
            if file.is_relative_to(folder):
                name = str(file.relative_to(folder))
                places = [*(beside if name in quoted else ()), *folders[:position]]
                found |= dict.fromkeys(place for place in (_missing(place / name) for place in places) if place)
    for name in probed:
        found |= dict.fromkeys(place for place in (_missing(folder / name) for folder in (*beside, *folders)) if place)
    return tuple(found)


def _spelled(files: Iterable[Path]) -> tuple[set[str], set[str]]:
    """Names as files include them in quotes, and names that they ask for with __has_include."""
    quoted, probed = set(), set()
    for file in files:
        try:
            text = file.read_bytes()
        except OSError:
            continue  # it vanished meanwhile: its digest will say so
        quoted |= {os.path.normpath(os.fsdecode(name)) for name in _QUOTED.findall(text)}
        probed |= {os.fsdecode(name) for name in _PROBED.findall(text)}
    return quoted, probed


def _missing(path: Path) -> Path | None:
    """The first part of `path` that does not exist: what would have to appear first."""
    if os.path.lexists(path):
        return None
    while not path.parent.is_dir():
        path = path.parent
    return path
