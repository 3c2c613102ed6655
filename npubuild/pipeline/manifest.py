"""The record of one build step: what it was made by, from and into, as digests of contents.

A manifest lies beside its outputs. It decides whether they are current, so that neither a timestamp nor a database can say
otherwise, and it ties them together: an instruction stream beside an XCLBIN of another build is found by it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from npubuild.errors import Place, UserError
from npubuild.files import read_bytes, write_atomically

FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """`recipe` is what the step was told (flags, the kernel's entry, the tool, npubuild's code), by topic; `inputs` and
    `outputs` are SHA-256 digests by path, relative to the project where inside it; `facts` what later steps need to know.
    """

    recipe: Mapping[str, Any]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)


def record(
    file: Path,
    root: Path,
    *,
    recipe: Mapping[str, Any],
    inputs: Iterable[Path],
    outputs: Iterable[Path],
    facts: Mapping[str, Any],
) -> None:
    """Write the manifest of a finished step."""
    content = {
        "format": FORMAT,
        "recipe": recipe,
        "inputs": {_name(path, root): _digest(path) for path in inputs},
        "outputs": {_name(path, root): _digest(path) for path in outputs},
        "facts": facts,
    }
    write_atomically(file, json.dumps(content, indent=1) + "\n")


def read_manifest(file: Path) -> Manifest:
    """The manifest in `file`; UserError when there is none, or when it was not written by this version of npubuild."""
    try:
        content = json.loads(read_bytes(file))
        if content["format"] == FORMAT:
            return Manifest(content["recipe"], dict(content["inputs"]), dict(content["outputs"]), content["facts"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError.at(Place(str(file)), "is no manifest", hint="build the kernel again") from error
    raise UserError.at(Place(str(file)), "was written by another version of npubuild", hint="build the kernel again")


def why_stale(file: Path, root: Path, recipe: Mapping[str, Any]) -> str:
    """Why the step has to run again, in a few words; "" when its outputs are what it would make now."""
    if not file.is_file():
        return "not built yet"
    try:
        manifest = read_manifest(file)
    except UserError:
        return f"{_name(file, root)} is damaged"
    # Through JSON, as the recorded recipe went: tuples become lists.
    current = json.loads(json.dumps(recipe))
    for topic in dict.fromkeys([*current, *manifest.recipe]):
        if current.get(topic) != manifest.recipe.get(topic):
            return f"{topic} changed"
    for name, digest in (*manifest.inputs.items(), *manifest.outputs.items()):
        if (found := _digest(root / name)) != digest:
            return f"{name} {'changed' if found else 'is missing'}"
    return ""


def require_intact(file: Path, root: Path) -> None:
    """UserError when an output is not the one that the manifest was written for: an artefact of another build, or a copy."""
    for name, digest in read_manifest(file).outputs.items():
        if (found := _digest(root / name)) != digest:
            problem = "is not the one that this kernel's build made" if found else "is missing"
            raise UserError.at(Place(name), problem, hint="build the kernel again", rule="stale-artefact")


def digest_of(parts: Iterable[Path], root: Path) -> str:
    """One digest over names and contents of files."""
    total = hashlib.sha256()
    for path in parts:
        total.update(f"{_name(path, root)}\0{_digest(path)}\n".encode())
    return total.hexdigest()


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _digest(path: Path) -> str:
    """SHA-256 of a file, "" when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
