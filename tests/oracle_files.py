"""The vectors in tests/oracle, found and read in one place."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

ORACLE = Path(__file__).parent / "oracle"
DESIGNS = sorted(path.stem for path in (ORACLE / "designs").glob("*.mlir"))
OCT25_DESIGNS = sorted(path.stem for path in (ORACLE / "designs" / "oct25").glob("*.mlir"))
STREAMS = sorted(path.name for path in (ORACLE / "goldens").glob("*.insts.hex"))
INVALID = sorted(path.stem for path in (ORACLE / "invalid").glob("*.mlir"))


@cache
def golden(name: str) -> dict[str, Any]:
    """What the real tools made of a design: streams, allocations, placement."""
    data: dict[str, Any] = json.loads((ORACLE / "goldens" / f"{name}.json").read_text())
    return data


def golden_bytes(file: str) -> bytes:
    """A golden stream (`NAME.insts.hex`, one word a line) as the bytes of its binary file."""
    words = (ORACLE / "goldens" / file).read_text().split()
    return b"".join(int(word, 16).to_bytes(4, "little") for word in words)
