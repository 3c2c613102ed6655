"""The native pool: the same results as calling through ctypes, beside the caller, and never a condition for a run."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
from xdsl.dialects.builtin import FunctionType, IntegerType, MemRefType, Signedness, f32, i1, i8, i16, i32, i64
from xdsl.ir import Attribute

from npubuild.emulator import scheduler
from npubuild.emulator.kernel_call import KernelCall
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.load import LoadedDesign, load_design
from npubuild.emulator.native import Pool, open_pool
from npubuild.emulator.native.library import library_path, load_library
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import parse_design
from npubuild.mlir.template import Parameters, Port, Scalar, render
from npubuild.toolchain.host import compile_library, search_host_compiler

ROOT = Path(__file__).parents[2]
SOURCE = """
#include <atomic>
#include <chrono>
#include <cstdint>

extern "C" {
int64_t mix(uint8_t *p, int8_t a, int16_t b, int32_t c, int64_t d, uint8_t e, uint32_t f, bool g) {
  return p[0] + 3 * a + 5 * b + 7 * c + 11 * d + 13 * e + 17 * static_cast<int64_t>(f) + (g ? 1000 : 2000);
}
int8_t narrow(int64_t x) { return static_cast<int8_t>(x); }
uint8_t unsigned_narrow(int64_t x) { return static_cast<uint8_t>(x); }
bool odd(int32_t x) { return x & 1; }
int64_t constant() { return -5; }
int64_t false_in_its_lowest_byte() { return 256; }
float half(float x) { return x / 2; }
void nine(int8_t, int8_t, int8_t, int8_t, int8_t, int8_t, int8_t, int8_t, int8_t) {}
void add(uint8_t *in, uint8_t *out, int32_t size) { for (int i = 0; i < size; i++) out[i] = in[i] + 1; }
void count(uint8_t *, uint8_t *out, int32_t) { static uint8_t calls = 0; out[0] = ++calls; }

// Whether another call of it was under way at the same time.
bool meet(uint8_t *counter) {
  auto &count = *reinterpret_cast<std::atomic<uint8_t> *>(counter);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (count++; count < 2;)
    if (std::chrono::steady_clock::now() > end) return false;
  return true;
}
}
"""
u8, u32 = IntegerType(8, Signedness.UNSIGNED), IntegerType(32, Signedness.UNSIGNED)
MEMORY = MemRefType(i8, [8])

pytestmark = pytest.mark.skipif(search_host_compiler().path is None, reason="no host C++ compiler")
needs_processors = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor only: no pool")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kernels")
    (folder / "kernels.cc").write_text(SOURCE)
    return compile_library([folder / "kernels.cc"], folder / "kernels.so")


@pytest.fixture
def pool() -> Pool:
    found = open_pool()
    if found is None:
        pytest.skip("one processor only: no pool")
    return found


def bind(library: Path, name: str, inputs: list[Attribute], outputs: list[Attribute]):
    return Kernels.load([library]).bind(name, FunctionType.from_lists(inputs, outputs), None)


MIX = [MEMORY, i8, i16, i32, i64, u8, u32, i1]
FUNCTIONS = [
    ("mix", MIX, [i64], [(np.full(8, 200, np.uint8), -128, -3, -(2**31), 2**40, 255, 2**32 - 1, 1)]),
    ("mix", MIX, [i64], [(np.full(8, 1, np.uint8), 127, 2**15 - 1, 5, -1, 0, 1, 0)]),
    ("narrow", [i64], [i8], [(127,), (128,), (-129,), (511,)]),
    ("unsigned_narrow", [i64], [u8], [(255,), (-1,), (256,)]),
    ("odd", [i32], [i1], [(1,), (2,), (-1,)]),
    ("constant", [], [i64], [()]),
    ("false_in_its_lowest_byte", [], [i1], [()]),
    ("narrow", [i64], [], [(1,)]),
]


@pytest.mark.parametrize(("name", "inputs", "outputs", "cases"), FUNCTIONS)
def test_a_posted_call_gives_what_the_call_itself_gives(pool, library, name, inputs, outputs, cases) -> None:
    function = bind(library, name, inputs, outputs)
    for arguments in cases:
        posted = pool.post(function, arguments)
        assert posted is not None
        value, seconds = posted.collect()
        expected = function(*arguments)
        assert (value, type(value)) == (expected, type(expected))
        assert 0 <= seconds < 1


@pytest.mark.parametrize(("name", "inputs", "outputs"), [("half", [f32], [f32]), ("nine", [i8] * 9, [])])
def test_what_does_not_fit_into_words_is_not_for_the_pool(pool, library, name, inputs, outputs) -> None:
    function = bind(library, name, inputs, outputs)
    assert pool.post(function, tuple(range(len(inputs)))) is None
    call = KernelCall(name, function, tuple(range(len(inputs))), print)
    assert not call.post()
    assert not call.handed_over
    assert call.obtain() == (0.0 if outputs else None)


def test_functions_in_python_are_not_for_the_pool(pool) -> None:
    assert pool.post(lambda: 1, ()) is None


def test_calls_run_beside_each_other(pool, library) -> None:
    function = bind(library, "meet", [MEMORY], [i1])
    counter = np.zeros(8, np.uint8)
    calls = [pool.post(function, (counter,)) for _ in range(2)]
    assert [call.collect()[0] for call in calls] == [True, True]


def test_many_calls_of_several_threads(pool, library) -> None:
    function = bind(library, "add", [MEMORY, MEMORY, i32], [])
    wrong = []

    def work(number: int) -> None:
        source, targets = np.arange(64, dtype=np.uint8) + number, np.zeros((500, 64), np.uint8)
        waiting = []
        for target in targets:
            waiting.append(pool.post(function, (source, target, 64)))
            if len(waiting) > 4 + number:
                waiting.pop(0).collect()
        for posted in waiting:
            posted.collect()
        if not (targets == source + 1).all():
            wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []
    assert not any(thread.is_alive() for thread in threads)


def test_a_call_that_nobody_collects_keeps_its_memory(pool, library) -> None:
    function = bind(library, "add", [MEMORY, MEMORY, i32], [])
    target = np.zeros(64, np.uint8)
    alive = weakref.ref(target)
    assert pool.post(function, (target, target, 64)) is not None
    del target
    gc.collect()
    assert alive() is not None


def test_an_idle_pool_sleeps(pool, library) -> None:
    pool.post(bind(library, "constant", [], [i64]), ()).collect()
    time.sleep(0.02)
    before = time.process_time()
    time.sleep(0.4)
    assert time.process_time() - before < 0.1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_a_pool_of_its_own(pool, library) -> None:
    function = bind(library, "meet", [MEMORY], [i1])
    child = os.fork()
    if not child:
        counter = np.zeros(8, np.uint8)
        own = open_pool()
        calls = [own.post(function, (counter,)) for _ in range(2)]
        os._exit(0 if own is not pool and all(call.collect()[0] for call in calls) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert open_pool() is pool


# The library ----------------------------------------------------------------------------------------------------------


def test_without_a_compiler_there_is_no_pool(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CXX", str(tmp_path / "absent"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert load_library() is None


def test_a_cache_that_cannot_be_written_or_loaded_from_is_no_error(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert load_library() is None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    library_path().parent.mkdir(parents=True)
    library_path().write_text("junk")
    assert load_library() is None


@needs_processors
def test_processes_that_come_first_together_all_get_the_pool(tmp_path) -> None:
    program = "from npubuild.emulator.native import open_pool; assert open_pool() is not None"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    processes = [subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert [path.suffix for path in sorted((tmp_path / "npubuild" / "native").iterdir())] == [".log", ".so"]


# Whole arrays ---------------------------------------------------------------------------------------------------------

COLUMNS, OBJECTS, SIZE = 4, 6, 64


def load(function: str, library: Path, seed: int = 0) -> tuple[LoadedDesign, bytes]:
    """A design that calls `function(in, out, size)` for every object of its columns, and its instructions."""
    ports = Port("of_in", (SIZE,), "i8"), Port("of_out", (SIZE,), "i8")
    count = Scalar("bytes", "i32", SIZE)
    parameters = Parameters(
        "npu1", function, "kernel.o", ports[:1], ports[1:], (count,), stack_size=1024, columns=COLUMNS, objects=OBJECTS
    )
    design = parse_design(render("data_parallel", parameters), "columns.mlir")
    return load_design(design, libraries=[library], seed=seed, checked_runs=0), encode(lower(design))


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_run_gives_the_same_with_and_without_the_pool(pool, library, monkeypatch, native, seed) -> None:
    monkeypatch.setattr(scheduler, "WORTH_POSTING", 0.0)
    posted = []
    post = KernelCall.post
    monkeypatch.setattr(KernelCall, "post", lambda call: native and posted.append(post(call)) is None and posted[-1])
    loaded, instructions = load("add", library, seed)
    for number in range(6):
        source = np.random.default_rng(number).integers(0, 256, COLUMNS * OBJECTS * SIZE, np.uint8)
        target = np.zeros_like(source)
        outcome = loaded.run(instructions, [source, target])
        assert (outcome.status, outcome.leftovers, outcome.findings) == ("completed", (), ())
        assert (target == source + 1).all()
    assert any(posted) == native


def test_every_core_has_static_variables_of_its_own(library, monkeypatch) -> None:
    monkeypatch.setattr(scheduler, "WORTH_POSTING", 0.0)
    loaded, instructions = load("count", library)
    for number in range(4):
        target = np.zeros(COLUMNS * OBJECTS * SIZE, np.uint8)
        assert loaded.run(instructions, [np.zeros_like(target), target]).status == "completed"
        of_one_column = np.arange(OBJECTS) + 1 + number * OBJECTS
        assert target.reshape(COLUMNS, OBJECTS, SIZE)[:, :, 0].tolist() == [of_one_column.tolist()] * COLUMNS
