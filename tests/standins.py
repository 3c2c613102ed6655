"""Installs stand-in tools for a test: programs under its own folder, and nothing of the machine's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
TOOLS = Path(__file__).parent / "tools"
REAL_HELPS = {"mar26": "aiecc-help-2026-03-14.txt", "mar26-early": "aiecc-help-2026-03-05.txt"}
HELPS = ("oct25", "mar26-early", "mar26", "mid-jul26", "jul-aug26", "aug26-early", "aug26")


def help_file(name: str) -> Path:
    """The recorded help text of a generation; March and August 2026 have an early form, too."""
    return PROJECT / "tests" / "oracle" / REAL_HELPS[name] if name in REAL_HELPS else TOOLS / "help" / f"{name}.txt"


def script(path: Path, *words: object) -> Path:
    """A program that runs a Python file with these words first, whatever is on PATH."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = " ".join(f"'{word}'" for word in (sys.executable, *words))
    path.write_text(f'#!/bin/sh\nexec {listed} "$@"\n')
    path.chmod(0o755)
    return path


def aiecc(folder: Path, name: str, stream: Path | str | None = None) -> Path:
    """A stand-in for the aiecc of a generation in `folder`, which writes `stream` as instruction stream."""
    generation = name.removesuffix("-early")
    program = "aiecc.py" if generation == "oct25" else "aiecc"
    return script(folder / program, TOOLS / "aiecc_standin.py", generation, help_file(name), stream or "-")


def calls(log: Path) -> list[list[str]]:
    """The words of every call of a stand-in that did work, in order."""
    return [json.loads(line)["words"] for line in log.read_text().splitlines()]


def peano(folder: Path, *libraries: Path) -> Path:
    """A stand-in for a Peano installation in `folder`; `libraries` are archives of its target aie2."""
    script(folder / "bin" / "clang++", TOOLS / "peano_standin.py")
    (folder / "bin" / "llvm-ar").symlink_to("/usr/bin/ar")
    for number, library in enumerate(libraries):
        place = folder / "lib" / "aie2-none-unknown-elf" / f"lib{number}.a"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(library.read_bytes())
    return folder
