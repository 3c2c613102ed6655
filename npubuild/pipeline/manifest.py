"""The record of one build step: what it was made by, from and into, as digests of contents.

A manifest lies beside its outputs. It decides whether they are current, so that neither a timestamp nor a database can say
otherwise, and it ties them together: an instruction stream beside an XCLBIN of another build is found by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from npubuild.errors import Place, UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.pipeline.contents import digest
from npubuild.pipeline.reasons import input_change, recipe_changes

FORMAT = 3


@dataclass(frozen=True)
class Manifest:
    """`recipe` is what the step was told (flags, the kernel's entry, the tool, npubuild's code), by topic; `inputs` and
    `outputs` are SHA-256 digests by path, relative to the project where inside it; `absent` are paths at which a file, if
    there were one, would be read instead of an input; `facts` what later steps need to know.
    """

    recipe: Mapping[str, Any]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    absent: Sequence[str] = ()

    def save(self, file: Path) -> None:
        topics = {"format": FORMAT, **{item.name: getattr(self, item.name) for item in fields(self)}}
        # A line for each topic: indenting further is much slower, and reads no better. Sorted, so that equal ones are equal.
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value, sort_keys=True)}" for name, value in topics.items())
        write_atomically(file, f"{{\n{lines}\n}}\n")


def read_manifest(file: Path) -> Manifest:
    """The manifest in `file`; UserError when there is none, or when it was not written by this version of npubuild."""
    try:
        content = json.loads(read_bytes(file))
        if content["format"] == FORMAT:
            inputs, outputs = dict(content["inputs"]), dict(content["outputs"])
            return Manifest(dict(content["recipe"]), inputs, outputs, dict(content["facts"]), list(content["absent"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError.at(Place(str(file)), "is no manifest", hint="build the kernel again") from error
    raise UserError.at(Place(str(file)), "was written by another version of npubuild", hint="build the kernel again")


def why_stale(file: Path, root: Path, recipe: Mapping[str, Any]) -> tuple[str, ...]:
    """All reasons why the step has to run again, in words; none when its outputs are what it would make now."""
    if not file.is_file():
        return ("not built yet",)
    try:
        manifest = read_manifest(file)
    except UserError:
        return (f"{name_of(file, root)} is damaged",)
    return changes(manifest, root, recipe)


def changes(manifest: Manifest, root: Path, recipe: Mapping[str, Any]) -> tuple[str, ...]:
    """All that is different from what was recorded, in words."""
    # Through JSON, as the recorded recipe went: tuples become lists.
    current = json.loads(json.dumps(recipe))
    return tuple(
        dict.fromkeys(
            [*recipe_changes(manifest.recipe, current), *input_changes(manifest, root), *_output_changes(manifest, root)]
        )
    )


def input_changes(manifest: Manifest, root: Path) -> Iterator[str]:
    """What was read and is different now, and what would be read now and was not there."""
    for name, recorded in manifest.inputs.items():
        if (found := digest(root / name)) != recorded:
            yield input_change(name, bool(found))
    for name in manifest.absent:
        if os.path.lexists(root / name):
            yield f"new header {name} would be read instead of another"


def _output_changes(manifest: Manifest, root: Path) -> Iterator[str]:
    for name, recorded in manifest.outputs.items():
        if (found := digest(root / name)) != recorded:
            yield f"output {name} {'was edited' if found else 'is missing'}"


def require_intact(file: Path, root: Path) -> None:
    """UserError when an output is not the one that the manifest was written for: an artefact of another build, or a copy."""
    for name, recorded in read_manifest(file).outputs.items():
        if (found := digest(root / name)) != recorded:
            problem = "is not the one that this kernel's build made" if found else "is missing"
            raise UserError.at(Place(name), problem, hint="build the kernel again", rule="stale-artefact")


def name_of(path: Path, root: Path) -> str:
    """How a manifest names a file: relative to the project where inside it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
