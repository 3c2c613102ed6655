"""Designs from programs: a Python program prints MLIR, as generators written with IRON do.

The program runs in a process of its own, with the interpreter of npubuild or one that has `mlir-aie` installed, and its
standard output is the design. What it writes to standard error goes to a log and is shown when it fails.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.process import Step, run

TIME_LIMIT = 120.0  # seconds
SIZE_LIMIT = 64 << 20  # bytes of text


def run_program(
    program: Path,
    arguments: Sequence[str] = (),
    *,
    log: Path,
    kernel: str = "",
    python: str = sys.executable,
    time_limit: float = TIME_LIMIT,
) -> str:
    """The MLIR text that `python program arguments...` prints; it runs in the program's folder.

    Raises UserError when the program is missing, fails (with the end of what it wrote to standard error), takes more than
    `time_limit` seconds, or prints nothing, more than 64 MiB, or no UTF-8.
    """
    if not program.is_file():
        raise UserError.at(Place(str(program)), "there is no such program")
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "design.mlir"
        argv = [python, str(program.resolve()), *arguments]
        run(argv, Step(program.name, log, kernel), cwd=program.resolve().parent, time_limit=time_limit, answer=answer)
        return _design(answer, program)


def _design(answer: Path, program: Path) -> str:
    place = Place(str(program))
    if answer.stat().st_size > SIZE_LIMIT:
        raise UserError.at(place, f"printed {answer.stat().st_size} bytes; a design has at most {SIZE_LIMIT}")
    try:
        text = answer.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError.at(place, f"printed no text: byte {error.start} of its output is not UTF-8") from error
    if not text.strip():
        raise UserError.at(place, "printed nothing", hint="print the design to standard output: `print(module)`")
    return text
