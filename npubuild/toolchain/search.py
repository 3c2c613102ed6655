"""Looking for a program: what was found, and every place that was looked at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Search:
    """The outcome of looking for one tool: its `path` (None: not there), how it was found, where it was looked for.

    `looked` are the paths among the places: what comes to be at one of them may be found in its place.
    """

    tool: str
    path: Path | None
    found_by: str
    places: tuple[str, ...]
    looked: tuple[Path, ...] = ()

    def where(self) -> str:
        """All places, for a message."""
        return "looked for in " + ", ".join(self.places)


@dataclass(frozen=True)
class Candidate:
    """One place to look at: `label` names it in messages; `path` None says that its variable is not set.

    `objection` says why a program there is not the tool that is looked for, "" when it is.
    """

    label: str
    path: Path | None
    objection: Callable[[Path], str] | None = None


def first_program(tool: str, candidates: Iterable[Candidate]) -> Search:
    """The first candidate that is an executable file to which there is no objection."""
    places: list[str] = []
    looked: list[Path] = []
    for candidate in candidates:
        if candidate.path is None:
            places.append(f"{candidate.label} (not set)")
            continue
        looked.append(candidate.path)
        objection = ""
        if candidate.path.is_file() and os.access(candidate.path, os.X_OK):
            objection = candidate.objection(candidate.path) if candidate.objection else ""
            if not objection:
                places.append(f"{candidate.label} ({candidate.path})")
                return Search(tool, candidate.path, candidate.label, tuple(places), tuple(looked))
        places.append(f"{candidate.label} ({candidate.path}{': ' if objection else ''}{objection})")
    return Search(tool, None, "", tuple(places), tuple(looked))


def on_path(name: str, environment: Mapping[str, str], objection: Callable[[Path], str] | None = None) -> Candidate:
    """`name` on PATH, as a candidate."""
    found = shutil.which(name, path=environment.get("PATH", os.defpath))
    return Candidate(f"{name} on PATH", Path(found or name), objection if found else None)


def below(variable: str, relative: str, environment: Mapping[str, str]) -> Candidate:
    """A file below the folder that an environment variable names."""
    folder = environment.get(variable)
    return Candidate(f"${variable}", Path(folder) / relative if folder else None)
