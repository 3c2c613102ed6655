"""Two checkouts and one cache under concurrent builds: no round may restore what its sources do not make.

    python scripts/soak_cache.py [--rounds 500] [--kernels 3] [--seed 1]

In each round both checkouts get random states of sources, headers and flags, are built at the same time, and every artefact
is compared with that of a build of the same state without a cache. Now and then the cache is damaged, pruned or removed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from generated_project import HEADER, artefacts, doit, environment, generate

SIZES = (64, 48)
FLAGS = ("-O1", "-O2")
State = tuple[int, ...]
"""What each source adds, then the number of the header's size, then that of the flags."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=500, metavar="N")
    parser.add_argument("--kernels", type=int, default=3, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)  # noqa: S311 (no secret)
    bad = hits = 0
    with tempfile.TemporaryDirectory(prefix="soak-cache-") as name:
        folder = Path(name)
        checkouts = [generate(folder / f"checkout{number}" / "project", arguments.kernels) for number in range(2)]
        truth = _Truth(generate(folder / "truth" / "project", arguments.kernels))
        for number in range(arguments.rounds):
            states = [_draw(chance, arguments.kernels) for _ in checkouts]
            children = []
            for checkout, state in zip(checkouts, states, strict=True):
                _set_state(checkout, state)
                if chance.random() < 0.3:
                    shutil.rmtree(checkout / "build", ignore_errors=True)
                children.append(_start(checkout, folder / "cache"))
            _torment(folder / "cache", chance)
            for checkout, state, child in zip(checkouts, states, children, strict=True):
                output, _ = child.communicate(timeout=300)
                hits += output.count("[cache]")
                differing = _differences(artefacts(checkout), truth.artefacts(state)) if not child.returncode else [output]
                for problem in differing:
                    print(f"round {number + 1}, {checkout.parent.name}, state {state}: {problem}", flush=True)
                    bad += 1
    print(f"{arguments.rounds} rounds, {hits} steps from the cache: {bad} wrong")
    return 1 if bad else 0


def _start(checkout: Path, cache: Path) -> subprocess.Popen[str]:
    where = environment(cache)
    return subprocess.Popen(
        doit("build"), cwd=checkout, env=where, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


class _Truth:
    """Artefacts of states, built without a cache, each once."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._known: dict[State, dict[str, bytes]] = {}

    def artefacts(self, state: State) -> dict[str, bytes]:
        if state not in self._known:
            _set_state(self._project, state)
            subprocess.run(doit("build"), cwd=self._project, env=environment(), check=True, capture_output=True)
            self._known[state] = artefacts(self._project)
        return self._known[state]


def _draw(chance: random.Random, kernels: int) -> State:
    return (*(chance.randrange(2) for _ in range(kernels)), chance.randrange(len(SIZES)), chance.randrange(len(FLAGS)))


def _set_state(project: Path, state: State) -> None:
    *added, size, flags = state
    for number, value in enumerate(added):
        source = project / f"k{number}.cc"
        text = source.read_text()
        own = text.partition("\n// state")[0].rstrip()
        source.write_text(f"{own}\n// state\nint added{number}() {{ return {value}; }}\n")
    (project / "shared.h").write_text(HEADER.replace("64", str(SIZES[size])))
    lines = (project / "kernels.yaml").read_text().splitlines()
    changed = [_with_flags(line, FLAGS[flags]) if "{sources:" in line else line for line in lines]
    (project / "kernels.yaml").write_text("\n".join(changed) + "\n")


def _with_flags(line: str, flag: str) -> str:
    return line.partition(", flags:")[0].rstrip("}") + f", flags: [{flag}]}}"


def _torment(cache: Path, chance: random.Random) -> None:
    """What happens to caches: a damaged file, one that is removed, all of it removed, while builds use it."""
    files = [path for path in cache.rglob("*") if path.is_file()]
    kind = chance.random()
    if not files or kind > 0.3:
        return
    if kind < 0.02:
        shutil.rmtree(cache, ignore_errors=True)
        return
    victim = chance.choice(files)
    try:
        if kind < 0.15:
            victim.unlink()
        else:
            victim.write_bytes(victim.read_bytes()[: chance.randrange(200)] + b"damaged")
    except OSError:
        return  # a build was quicker


def _differences(found: dict[str, bytes], expected: dict[str, bytes]) -> list[str]:
    names = sorted(found.keys() | expected.keys())
    return [f"{name} is not what its sources make" for name in names if found.get(name) != expected.get(name)]


if __name__ == "__main__":
    sys.exit(main())
