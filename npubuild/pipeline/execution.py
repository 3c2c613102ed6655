"""Running one step of a build: from the cache if it can be had there, else made; outputs appear whole, the manifest last.

Whatever ends a step early leaves the previous outputs as they are. What ends it while outputs are put in place leaves some
of them new under an old manifest, which then neither counts as current nor may be loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from npubuild.cache import Cache, Found
from npubuild.cache.entries import Matches
from npubuild.errors import Place, UserError
from npubuild.files import read_bytes, write_atomically, write_if_different
from npubuild.pipeline.contents import Stamp, digest, digest_of_bytes, stamp
from npubuild.pipeline.manifest import Manifest, name_of, read_manifest

ATTEMPTS = 3


@dataclass(frozen=True)
class Made:
    """What a step made: `outputs` and `logs` by where they go, None for what lies there already. `inputs` are all files that
    were read, `absent` those that would have been; `facts` is plain data for later steps.
    """

    inputs: Sequence[Path]
    outputs: Mapping[Path, bytes | None]
    absent: Sequence[Path] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    logs: Mapping[Path, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a step came to, in memory: `known` with the contents of outputs and logs. Whether the cache had it."""

    known: Found
    cached: bool


def put(files: Mapping[Path, bytes]) -> None:
    """Write outputs and logs, each whole. What is there already stays as it is, and an empty log is none."""
    for path, content in files.items():
        if content or path.suffix != ".log":
            write_if_different(path, content)
        else:
            path.unlink(missing_ok=True)


def obtain(
    file: Path,
    root: Path,
    *,
    recipe: Mapping[str, Any],
    sources: Sequence[Path],
    make: Callable[[], Made],
    cache: Cache | None = None,
) -> Outcome:
    """What a step comes to, from the cache or made. `file` is the manifest that it is part of, `sources` are the inputs that
    are known before it runs.

    Raises UserError where `make` does, and when an input keeps changing while it is read.
    """
    # Outputs are kept under their names, which hold the toolchain: the same design of another one is another entry.
    step = name_of(file, root)
    key = {"step": step, "recipe": recipe, "sources": {name_of(path, root): digest(path) for path in sources}}
    if cache is not None and (found := cache.find(key, _matches(root))) is not None:
        return Outcome(found, cached=True)
    made, digests = _make_from_unchanging_inputs(file, root, sources, make)
    outputs = {
        name_of(path, root): read_bytes(path) if content is None else content for path, content in made.outputs.items()
    }
    logs = {name_of(path, root): content for path, content in made.logs.items()}
    absent = [name_of(path, root) for path in made.absent]
    written = {name: digest_of_bytes(content) for name, content in outputs.items()}
    known = Found(digests, absent, written, made.facts, {**logs, **outputs})
    if cache is not None:
        cache.keep(key, known)
        if cache.warning:
            print(f"warning: the cache is not used: {cache.warning}")
    return Outcome(known, cached=False)


def install(outcome: Outcome, file: Path, root: Path, recipe: Mapping[str, Any]) -> None:
    """Put the outputs of a step in place, and then its manifest, `file`."""
    known = outcome.known
    put({root / name: content for name, content in known.files.items()})
    Manifest(recipe, known.inputs, known.outputs, known.facts, known.absent).save(file)


def _matches(root: Path) -> Matches:
    def matches(inputs: Mapping[str, str], absent: Sequence[str]) -> bool:
        same = all(digest(root / name) == recorded for name, recorded in inputs.items())
        return same and not any(os.path.lexists(root / name) for name in absent)

    return matches


def _make_from_unchanging_inputs(
    file: Path, root: Path, sources: Sequence[Path], make: Callable[[], Made]
) -> tuple[Made, dict[str, str]]:
    """What `make` gives, and the digests of what it read: never those of a file that was edited meanwhile."""
    known = _stamps([*sources, *_previous_inputs(file, root)])
    changed: list[Path] = []
    for _ in range(ATTEMPTS):
        begin = _file_system_time(file.parent)
        made = make()
        digests = {name_of(path, root): digest(path) for path in made.inputs}
        after = _stamps(made.inputs)
        changed = [path for path in made.inputs if _has_changed(known.get(path), after[path], begin)]
        if not changed:
            return made, digests
        known |= after
    raise UserError.at(
        Place(name_of(changed[0], root)), "changes while it is read by a build step", hint="build again when it is saved"
    )


def _previous_inputs(file: Path, root: Path) -> Iterable[Path]:
    try:
        return [root / name for name in read_manifest(file).inputs]
    except UserError:
        return []


def _stamps(paths: Iterable[Path]) -> dict[Path, Stamp | None]:
    return {path: stamp(path) for path in paths}


def _has_changed(before: Stamp | None, after: Stamp | None, begin: int) -> bool:
    """A file that was not known before counts as changed when its state changed after `begin` (ns), or at the same tick."""
    if before is not None or after is None:
        return before != after
    return after[4] >= begin


def _file_system_time(folder: Path) -> int:
    """Now (ns), as the file system has it that files are stamped by."""
    marker = folder / ".begin"
    write_atomically(marker, b"")
    found = stamp(marker)
    marker.unlink(missing_ok=True)
    return found[4] if found else 0
