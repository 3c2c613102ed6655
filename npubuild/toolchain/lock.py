"""`toolchain.lock`: the versions and digests of Peano, mlir-aie and XRT that a checkout was last proven with.

It names no path, so that it holds on every machine. A difference is a warning: the user decides whether it is an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from npubuild.errors import Diagnostic, Place, Severity, UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.toolchain.diagnosis import Diagnosis, Finding
from npubuild.toolchain.identity import sha256

FILE = "toolchain.lock"
FORMAT = 1
LOCKED = ("peano", "aiecc", "xclbinutil", "pyxrt")


@dataclass(frozen=True)
class LockedTool:
    """`sha256` is the digest of the file that is run or imported; `generation` is "" for all tools but aiecc."""

    version: str
    generation: str
    sha256: str


def lock(diagnosis: Diagnosis) -> dict[str, LockedTool]:
    """What is installed, by the tools' keys. UserError when none of them is."""
    found = {finding.tool.key: _locked(finding) for finding in _present(diagnosis)}
    if not found:
        raise UserError.at(None, "nothing to lock: none of Peano, mlir-aie and XRT was found", hint="npubuild doctor")
    return found


def write_lock(file: Path, tools: Mapping[str, LockedTool]) -> None:
    content = {"format": FORMAT, "tools": {key: asdict(tool) for key, tool in sorted(tools.items())}}
    write_atomically(file, json.dumps(content, indent=2) + "\n")


def read_lock(file: Path) -> dict[str, LockedTool]:
    """UserError when the file cannot be read, or is none of this format."""
    try:
        content = json.loads(read_bytes(file))
        if content["format"] == FORMAT:
            return {str(key): _read_tool(entry) for key, entry in content["tools"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError.at(Place(str(file)), "is no toolchain lock", hint="npubuild toolchain lock writes one") from error
    raise UserError.at(Place(str(file)), "was written by another version of npubuild", hint="npubuild toolchain lock")


def differences(file: Path, locked: Mapping[str, LockedTool], diagnosis: Diagnosis) -> list[Diagnostic]:
    """A warning for each tool that is not the locked one."""
    return list(_differences(Place(str(file)), locked, {one.tool.key: one for one in _present(diagnosis)}))


def _differences(place: Place, locked: Mapping[str, LockedTool], present: Mapping[str, Finding]) -> Iterator[Diagnostic]:
    hint = "install the locked version, or prove the new one (doit test) and lock it: npubuild toolchain lock"
    for key, wanted in locked.items():
        if key not in present:
            yield _warning(place, f"{key} {wanted.version} is locked, and none was found", "npubuild doctor")
            continue
        found = _locked(present[key])
        if found.version != wanted.version:
            yield _warning(place, f"{key} is {found.version or 'of no known version'}, locked is {wanted.version}", hint)
        elif found.generation != wanted.generation:
            yield _warning(place, f"{key} is of generation {found.generation}, locked is {wanted.generation}", hint)
        elif found.sha256 != wanted.sha256:
            path = present[key].tool.search.path
            yield _warning(place, f"{key} {found.version} has other contents than the locked one ({path})", hint)
    for key in present.keys() - locked.keys():
        yield _warning(place, f"{key} is installed, but not locked", "npubuild toolchain lock")


def _warning(place: Place, message: str, hint: str) -> Diagnostic:
    return Diagnostic(message, place, "toolchain-lock", hint, Severity.WARNING)


def _present(diagnosis: Diagnosis) -> list[Finding]:
    return [finding for finding in diagnosis.findings if finding.tool.key in LOCKED and finding.tool.found]


def _locked(finding: Finding) -> LockedTool:
    path = finding.tool.search.path
    return LockedTool(finding.version, finding.generation, sha256(path) if path else "")


def _read_tool(entry: Mapping[str, str]) -> LockedTool:
    return LockedTool(str(entry["version"]), str(entry["generation"]), str(entry["sha256"]))
