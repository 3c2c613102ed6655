"""Every behaviour vector, end to end: parse, place, compile the cores, lower, encode, run on the emulator."""

from __future__ import annotations

import importlib
import subprocess
import zlib
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from npubuild.emulator.array import Array
from npubuild.emulator.core import compile_core
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.outcome import Outcome
from npubuild.emulator.run import run
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import Design, read_design
from npubuild.placement.place import place

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
NAMES = sorted(path.stem for path in (ORACLE / "behaviour").glob("*.py") if path.stem not in {"draw", "__init__"})
SEEDS = [0, 1, 2, 3]
REPEATING = {"linear_i8_single_core", "core_if_clamp_i8", "four_columns_parallel", "rtp_write_scalar", "two_sequences_named"}
OWN_STATUS = {"race": "completed", "hazard": "completed", "ok": "completed"}  # found beside a sequence that ends


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


def load(name: str) -> ModuleType:
    return importlib.import_module(f"tests.oracle.behaviour.{name}")


@cache
def read(name: str) -> Design:
    return read_design(ORACLE / "designs" / f"{name}.mlir")


def kernels_of(module: ModuleType, folder: Path) -> Kernels:
    source = getattr(module, "KERNEL_C", None)
    if source is None:
        return Kernels()
    library = folder / f"{module.DESIGN}-{zlib.crc32(source.encode()):08x}.so"
    if not library.exists():
        argv = ["g++", "-x", "c", "-O2", "-ffp-contract=off", "-shared", "-fPIC", "-o", str(library), "-"]
        subprocess.run(argv, input=source.encode(), check=True)
    return Kernels.load([library])


def array_of(module: ModuleType, folder: Path, seed: int) -> Array:
    design = read(module.DESIGN)
    placement = place(design, design.device(getattr(module, "DEVICE", None)))
    kernels = kernels_of(module, folder)
    programs = {core.tile: compile_core(core, placement, kernels, design.place) for core in placement.cores}
    return Array(placement, programs, seed=seed)


def redraw(module: ModuleType, number: int) -> list[np.ndarray]:
    """Other contents for the same arguments."""
    arguments = importlib.import_module("tests.oracle.behaviour.draw").draw(module)
    noise = np.random.default_rng(number).integers(0, 100, 1 << 16).astype(np.uint8)
    for (role, *_), argument in zip(module.ARGS, arguments, strict=True):
        if role == "in":
            data = argument.reshape(-1).view(np.uint8)
            data[...] = np.resize(noise, data.size)
    return arguments


def run_all(module: ModuleType, folder: Path, seed: int) -> tuple[list[np.ndarray], list[Outcome]]:
    """The final contents of the arguments in the order of ARGS, and the outcome of every run."""
    design = read(module.DESIGN)
    device = getattr(module, "DEVICE", None)
    array = array_of(module, folder, seed)
    arguments = importlib.import_module("tests.oracle.behaviour.draw").draw(module)
    order = getattr(module, "HOST_ORDER", range(len(arguments)))
    buffers = [arguments[position].reshape(-1).view(np.uint8) for position in order]
    outcomes = []
    for sequence in getattr(module, "RUNS", [None]):
        name = None if sequence == "sequence" else sequence
        outcomes.append(run(array, encode(lower(design, device, name)), buffers))
    return arguments, outcomes


def expected(module: ModuleType) -> list[np.ndarray]:
    arguments = importlib.import_module("tests.oracle.behaviour.draw").draw(module)
    after = list(arguments)
    for position, contents in module.expected(*arguments).items():
        after[position] = np.asarray(contents, arguments[position].dtype).reshape(arguments[position].shape)
    return after


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_behaviour(name: str, seed: int, libraries: Path):
    module = load(name)
    arguments, outcomes = run_all(module, libraries, seed)
    expect = getattr(module, "EXPECT", {"status": "completed"})
    special = expect.get("run", 0)
    for number, outcome in enumerate(outcomes):
        wanted = OWN_STATUS.get(expect["status"], expect["status"]) if number == special else "completed"
        assert outcome.status == wanted, outcome.explanation()
    if hasattr(module, "expected"):
        for found, wanted in zip(arguments, expected(module), strict=True):
            np.testing.assert_array_equal(found, wanted)
    outcome = outcomes[special]
    assert outcome.blocked[:1] == tuple(expect.get("blocked", ()))
    assert set(expect.get("cause", ())) <= set(outcome.blocked)
    assert set(expect.get("left", ())) <= set(outcomes[-1].leftovers)
    assert outcome.faults == tuple(expect.get("access", ()))
    assert outcome.hazards == tuple(expect.get("bd", ()))
    assert outcome.races == tuple(expect.get("args", ()))
    if "op" in expect:
        assert outcome.operation == expect["op"]
    if "EXPECT" not in vars(module):
        assert [(o.leftovers, o.findings) for o in outcomes] == [((), ())] * len(outcomes)


@pytest.mark.parametrize("name", NAMES)
def test_later_runs_from_recordings_are_those_of_the_array_itself(name: str, libraries: Path):
    """Twelve runs with changing contents on two arrays, of which one may replay what it has recorded."""
    module = load(name)
    design, device = read(module.DESIGN), getattr(module, "DEVICE", None)
    names = [None if sequence == "sequence" else sequence for sequence in getattr(module, "RUNS", [None])]
    binaries = [encode(lower(design, device, sequence)) for sequence in dict.fromkeys(names)]
    order = getattr(module, "HOST_ORDER", range(len(module.ARGS)))
    replaying, plain = array_of(module, libraries, 0), array_of(module, libraries, 0)
    plain.memo.recordings = 1 << 60
    for number in range(12):
        found = []
        for array in (replaying, plain):
            arguments = redraw(module, number)
            buffers = [arguments[position].reshape(-1).view(np.uint8) for position in order]
            outcome = run(array, binaries[number // 2 % len(binaries)], buffers)
            found.append((outcome, [argument.tobytes() for argument in arguments]))
        assert found[0] == found[1]
    assert plain.memo.replays == 0
    if name in REPEATING:
        assert replaying.memo.replays > 0
