"""How long builds take, beside bare doit, ninja and make (`python scripts/bench_build.py [--kernels 5,100,1000]`).

For each number of kernels, each with an object of its own:

nothing    a build with nothing to do; the ratio is to bare doit with as many tasks, all current.
touched    one source edited; the ratio is to bare doit plus the bare compile of that source.
cold       without outputs and without a cache; (only up to --cold kernels)
warm       without outputs, with a cache that has everything; the ratio is to cold.

ninja and make build the same graph with `cp` as compiler: object from source, kernel from object. Times are the least of
--repeat runs, interleaved, of wall-clock time; they include the start of the program. Outputs of cold and warm builds are
moved away beforehand, not deleted: ext4 does not give out the inodes of deleted files again for some seconds, and spends
long on looking for others.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from generated_project import ROOT, doit, environment, generate

BARE = """\
DOIT_CONFIG = {{"default_tasks": ["build"], "verbosity": 2}}
def task_object():
    yield {{"name": None}}
    for number in range({count}):
        yield {{"name": f"k{{number}}.o", "actions": [(print, [])], "uptodate": [True]}}
def task_build():
    yield {{"name": None}}
    for number in range({count}):
        yield {{"name": f"k{{number}}", "actions": [(print, [])], "uptodate": [True], "task_dep": [f"object:k{{number}}.o"]}}
"""
NINJA = "rule cp\n  command = cp $in $out\n"
LIMITS = {"nothing": 1.25, "touched": 1.5, "warm": 0.15}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kernels", default="5,100,1000", metavar="N,N,...")
    parser.add_argument("--cold", type=int, default=100, metavar="N", help="no cold builds of more kernels than this")
    parser.add_argument("--repeat", type=int, default=7, metavar="N")
    parser.add_argument("--check", action="store_true", help="exit code 1 when a ratio is above its limit")
    arguments = parser.parse_args()
    high = []
    with tempfile.TemporaryDirectory(prefix="bench-build-") as name:
        for count in map(int, arguments.kernels.split(",")):
            times = _Bench(Path(name) / str(count), count).measure(arguments.repeat, cold=count <= arguments.cold)
            high += _report(f"{count} kernels", times)
        times = _Shipped(Path(name) / "shipped").measure(arguments.repeat)
        high += _report("shipped kernels", times)
    for text in high:
        print(f"above the limit: {text}")
    return 1 if high and arguments.check else 0


class _Bench:
    """One project, and its like for the other tools."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self.project = generate(folder / "npubuild", count)
        self.cache = folder / "cache"
        self.old = folder / "old"
        self.bare = folder / "bare"
        self.other = folder / "other"
        for path in (self.bare, self.other):
            path.mkdir(parents=True)
        (self.bare / "dodo.py").write_text(BARE.format(count=count))
        _write_graphs(self.other, count)

    def measure(self, repeat: int, *, cold: bool) -> dict[str, float]:
        times = self._from_nothing(repeat, cold=cold)
        _run(["ninja"], self.other)
        _run(["make", "-s"], self.other)
        plain = environment()
        runs: dict[str, Callable[[], float]] = {
            "bare doit": lambda: _time(doit("build"), self.bare, plain),
            "nothing": lambda: _time(doit("build"), self.project, plain),
            "ninja nothing": lambda: _time(["ninja"], self.other),
            "make nothing": lambda: _time(["make", "-s"], self.other),
            "bare compile": self._compile,
            "touched": self._touch,
            "ninja touched": lambda: self._touch_other(["ninja"]),
            "make touched": lambda: self._touch_other(["make", "-s"]),
        }
        return times | _least(runs, repeat)

    def _from_nothing(self, repeat: int, *, cold: bool) -> dict[str, float]:
        _run(doit("build"), self._emptied(), environment(self.cache))  # fills the cache
        runs: dict[str, Callable[[], float]] = {
            "warm": lambda: _time(doit("build"), self._emptied(), environment(self.cache))
        }
        if cold:
            runs["cold"] = lambda: _time(doit("build"), self._emptied(), environment())
        return _least(runs, min(repeat, 3))

    def _emptied(self) -> Path:
        """The project without outputs."""
        self.old.mkdir(exist_ok=True)
        if (self.project / "build").exists():
            (self.project / "build").rename(self.old / str(time.monotonic_ns()))
        return self.project

    def _compile(self) -> float:
        """What npubuild calls the compiler for: compile, then link."""
        from npubuild.toolchain.host import COMPILE_FLAGS, LINK_FLAGS, find_host_compiler

        compiler = str(find_host_compiler().path)
        _edit(self.project / "k0.cc")
        begin = time.perf_counter()
        _run([compiler, *COMPILE_FLAGS, "-c", "k0.cc", "-o", str(self.other / "k0.tmp.o")], self.project)
        _run([compiler, *LINK_FLAGS, "-o", "k0.tmp.so", "k0.tmp.o"], self.other)
        return time.perf_counter() - begin

    def _touch(self) -> float:
        _edit(self.project / "k0.cc")
        return _time(doit("build"), self.project, environment())

    def _touch_other(self, argv: Sequence[str]) -> float:
        _edit(self.other / "k0.cc")
        return _time(argv, self.other)


class _Shipped(_Bench):
    """The kernels of this project."""

    def __init__(self, folder: Path) -> None:
        count = sum(1 for line in (ROOT / "kernels.yaml").read_text().splitlines() if line.startswith("    summary:"))
        super().__init__(folder, count)
        shutil.rmtree(self.project)
        for name in ("c_kernels", "mlir"):
            shutil.copytree(ROOT / name, self.project / name)
        for name in ("dodo.py", "kernels.yaml"):
            shutil.copy(ROOT / name, self.project)

    def measure(self, repeat: int, *, cold: bool = True) -> dict[str, float]:
        times = self._from_nothing(repeat, cold=cold)
        plain = environment()
        runs = {
            "bare doit": lambda: _time(doit("build"), self.bare, plain),
            "nothing": lambda: _time(doit("build"), self.project, plain),
        }
        return times | _least(runs, repeat)


def _write_graphs(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"k{number}.cc").write_text("0\n")
    pairs = [(f"k{number}.cc", f"k{number}.o") for number in range(count)]
    pairs += [(f"k{number}.o", f"k{number}.bin") for number in range(count)]
    # ninja's outputs begin with `n`, so that the two do not find each other's.
    edges = (f"build n{to}: cp {'' if source.endswith('.cc') else 'n'}{source}\n" for source, to in pairs)
    (folder / "build.ninja").write_text(NINJA + "".join(edges))
    rules = "".join(f"{to}: {source}\n\tcp $< $@\n" for source, to in pairs)
    (folder / "Makefile").write_text(f"all: {' '.join(to for _, to in pairs)}\n{rules}")


def _edit(file: Path) -> None:
    """Another text each time, so that no cache and no stamp knows it."""
    text = file.read_text().partition("\n// edit")[0].rstrip()
    number = time.monotonic_ns()
    file.write_text(f'{text}\n// edit\nextern "C" int edited() {{ return {number % 1_000_000_007}; }}\n')


def _least(runs: Mapping[str, Callable[[], float]], repeat: int) -> dict[str, float]:
    """The least of interleaved runs of each; the first, which may find things unsettled, does not count."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat + 1):
        for name, run in runs.items():
            times[name].append(run())
    return {name: min(found[1:]) for name, found in times.items()}


def _time(argv: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None) -> float:
    begin = time.perf_counter()
    _run(argv, folder, variables)
    return time.perf_counter() - begin


def _run(argv: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(argv, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{argv} failed:\n{done.stdout}{done.stderr}")


def _report(what: str, times: Mapping[str, float]) -> list[str]:
    """Print the times of one project; texts for the ratios that are above their limits."""
    print(f"\n{what}")
    for name, seconds in times.items():
        print(f"  {name:16} {seconds * 1000:10.1f} ms")
    ratios = {"nothing": times["nothing"] / times["bare doit"]}
    if "touched" in times:
        ratios["touched"] = times["touched"] / (times["bare doit"] + times["bare compile"])
    if "cold" in times:
        ratios["warm"] = times["warm"] / times["cold"]
    for name, ratio in ratios.items():
        print(f"  {name:16} {ratio:10.2f} of its measure (limit {LIMITS[name]:g})", flush=True)
    return [f"{what}, {name}: {ratio:.2f} > {LIMITS[name]:g}" for name, ratio in ratios.items() if ratio > LIMITS[name]]


if __name__ == "__main__":
    sys.exit(main())
