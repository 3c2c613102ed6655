"""Kill builds at random moments, and see that the next one succeeds and gives what a clean build gives, byte for byte.

    python scripts/kill_builds.py [--kills 200] [--kernels 4] [--seed 1]

Each round changes a source, starts a build (with one process or two, with a cache or without), kills it with SIGKILL, alone
or with all of its group, and builds again. Exit code 1 with a line for everything that is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from generated_project import SOURCE, artefacts, doit, environment, generate

STATES = 3  # of the sources, each built cleanly once


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--kernels", type=int, default=4, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 (no secret)
    with tempfile.TemporaryDirectory(prefix="kill-builds-") as name:
        folder = Path(name)
        expected = [_clean_build(folder / f"clean{state}", state, arguments.kernels) for state in range(STATES)]
        seconds = expected[0][1]
        project = generate(folder / "project", arguments.kernels)
        bad = landed = rounds = 0
        while landed < arguments.kills:
            state = chance.randrange(STATES)
            rounds += 1
            landed += _kill_one(project, state, chance, seconds, folder / "cache")
            for problem in _problems(project, expected[state][0], folder / "cache"):
                print(f"round {rounds}: {problem}", flush=True)
                bad += 1
    print(f"{landed} builds killed before they had ended, in {rounds} rounds: {bad} problems")
    return 1 if bad else 0


def _set_state(project: Path, state: int, kernels: int) -> None:
    for number in range(kernels):
        text = SOURCE.format(number=number).replace("% 8", f"% 8 + {state}")
        (project / f"k{number}.cc").write_text(text)


def _clean_build(folder: Path, state: int, kernels: int) -> tuple[dict[str, bytes], float]:
    _set_state(generate(folder, kernels), state, kernels)
    begin = time.monotonic()
    subprocess.run(doit("build"), cwd=folder, env=environment(), check=True, capture_output=True)
    return artefacts(folder), time.monotonic() - begin


def _kill_one(project: Path, state: int, chance: random.Random, seconds: float, cache: Path) -> bool:
    """Whether the build was still running when it was killed."""
    _set_state(project, state, len(list(project.glob("k*.cc"))))
    fresh = chance.random() < 0.2
    if fresh:
        shutil.rmtree(project / "build", ignore_errors=True)
    words = [*(["-n", "2"] if chance.random() < 0.5 else []), "build"]
    place = cache if chance.random() < 0.3 else None
    child = subprocess.Popen(
        doit(*words), cwd=project, env=environment(place), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(chance.uniform(0.05, seconds if fresh else seconds / 3))  # as long as it may take
    running = child.poll() is None
    if running and chance.random() < 0.5:
        os.killpg(child.pid, signal.SIGKILL)
    elif running:
        child.kill()  # its workers and compilers are left alone
    child.wait()
    return running


def _problems(project: Path, expected: dict[str, bytes], cache: Path) -> Iterator[str]:
    done = subprocess.run(
        doit("build"), cwd=project, env=environment(cache if cache.exists() else None), capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    if done.returncode != 0:
        yield f"the next build failed with exit code {done.returncode}:\n{done.stdout}{done.stderr}"
        return
    found = artefacts(project)
    for name in sorted(found.keys() | expected.keys()):
        if name not in expected:
            yield f"{name} is left over"
        elif name not in found:
            yield f"{name} is missing"
        elif found[name] != expected[name]:
            yield f"{name} differs from that of a clean build"
    json.loads((project / "build" / ".doit.db").read_bytes())


if __name__ == "__main__":
    sys.exit(main())
