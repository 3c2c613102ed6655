"""Corrupts designs at random and reads, checks, lowers and runs what comes out: it works or ends in a located UserError.

    python scripts/fuzz_designs.py [--seed 0] [--count 1000] [--seconds 10] [DESIGN.mlir ...]

Without files: the designs under tests/. Every failure is printed with the corrupted text's path and the numbers that make it
again; exit 1 when there is one.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from npubuild.errors import UserError  # noqa: E402
from tests.corruption import corrupt, prepare  # noqa: E402


def main() -> int:
    arguments = _arguments()
    paths = arguments.designs or sorted((ROOT / "tests").glob("**/*.mlir"))
    folder = Path(tempfile.mkdtemp(prefix="npubuild-fuzz-"))
    failures = refused = 0
    for number in range(arguments.first, arguments.first + arguments.count):
        chance = random.Random(f"{arguments.seed}:{number}")  # noqa: S311  # nothing secret
        path = chance.choice(paths)
        text = corrupt(path.read_text(), chance)
        failure = _failure(text, arguments.seconds)
        if failure is None:
            continue
        if isinstance(failure, UserError) and all(found.place is not None for found in failure.diagnostics):
            refused += 1
            continue
        failures += 1
        kept = folder / f"{number}.mlir"
        kept.write_text(text)
        print(f"--first {number} --count 1 --seed {arguments.seed}: {path.name} -> {kept}")
        traceback.print_exception(failure, limit=-4)
    print(f"{arguments.count} corrupted designs: {failures} failures, {refused} refused, the rest accepted")
    return 1 if failures else 0


def _failure(text: str, seconds: int) -> Exception | None:
    """What came of the text. Runs that take longer are cut off without complaint: long loops are no mistake."""
    try:
        with time_limit(seconds):
            runs = prepare(text)
        for start in runs:
            with contextlib.suppress(TooLongError), time_limit(seconds):
                start()
    except Exception as error:
        return error
    return None


class TooLongError(Exception):
    """The time is up."""


@contextlib.contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """TooLongError in the block after so many seconds."""

    def stop(*_: object) -> None:
        raise TooLongError(f"no end after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("designs", nargs="*", type=Path, metavar="DESIGN.mlir")
    parser.add_argument("--seed", type=int, default=0, help="another campaign (default: 0)")
    parser.add_argument("--first", type=int, default=0, help="number of the first corruption (default: 0)")
    parser.add_argument("--count", type=int, default=1000, help="how many corruptions (default: 1000)")
    parser.add_argument("--seconds", type=int, default=10, help="time limit for each (default: 10)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
