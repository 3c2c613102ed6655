"""`npubuild toolchain lock|verify`: what the NPU toolchain was last proven with, and whether it is still that."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from npubuild.toolchain.diagnosis import diagnose
from npubuild.toolchain.lock import differences, lock, read_lock, write_lock


def run(arguments: argparse.Namespace) -> int:
    file = Path(arguments.file)
    return _lock(file) if arguments.action == "lock" else _verify(file, strict=arguments.strict)


def _lock(file: Path) -> int:
    tools = lock(diagnose())
    write_lock(file, tools)
    for key, tool in tools.items():
        print(f"locked {key} {tool.version}")
    return 0


def _verify(file: Path, *, strict: bool) -> int:
    """A mismatch is a warning on stderr; with `strict` the exit code is 1, too."""
    locked = read_lock(file)
    found = differences(file, locked, diagnose())
    for difference in found:
        print(difference, file=sys.stderr)
    if not found:
        print(f"{len(locked)} tools are those of {file}")
    return 1 if found and strict else 0
