"""How fast the emulator is: ratios measured side by side in one run, medians of pairs (`python scripts/bench_emulator.py`).

attention: the emulated kernel against the bare call of the same function.
four columns: a run of four columns against four runs of one column.
passthrough: 64 MiB through a memory tile against numpy's copy.
lowering: `npubuild lower` as a process against `python -c "import xdsl.parser"`.
growth: what an object costs at 1, 10, 100 and 1000 objects a run.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from xdsl.dialects.builtin import MemRefType

from npubuild.emulator.load import LoadedDesign, load_design
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import parse_design
from npubuild.mlir.template import Parameters, Port, Scalar, render
from npubuild.toolchain.host import compile_library

ROOT = Path(__file__).resolve().parents[1]
ATTENTION = ROOT / "c_kernels" / "attention_int8_64x64_tiled.cc"
CANARY = ROOT / "c_kernels" / "canary.cc"
MIB = 1 << 20


class Bench:
    """One loaded design with its buffers: `run()` is one run of its sequence."""

    def __init__(self, text: str, *libraries: Path) -> None:
        design = parse_design(text, "bench.mlir")
        self._stream = encode(lower(design))
        self._loaded: LoadedDesign = load_design(design, libraries=libraries, checked_runs=0)
        arguments = design.sequence(design.device(None), None).block.args
        rng = np.random.default_rng(1)
        self._buffers = [
            rng.integers(0, 256, size=math.prod(argument.type.get_shape()), dtype=np.uint8)
            for argument in arguments
            if isinstance(argument.type, MemRefType)
        ]

    def run(self) -> None:
        outcome = self._loaded.run(self._stream, self._buffers)
        if outcome.status != "completed" or outcome.findings or outcome.leftovers:
            sys.exit(f"the benchmark's design did not run cleanly: {outcome.explanation()}")


def attention(columns: int, objects: int) -> str:
    qkv, out = Port("qkv", (12288,), "i8"), Port("out", (4096,), "i8")
    shift = Scalar("score_shift", "i32", 3)
    parameters = Parameters(
        "npu1", "attention_64x64", "attention.o", (qkv,), (out,), (shift,), stack_size=4096, columns=columns, objects=objects
    )
    return render("data_parallel", parameters)


def small_objects(objects: int) -> str:
    ports = Port("of_in", (64,), "i8"), Port("of_out", (64,), "i8")
    count = Scalar("bytes", "i32", 64)
    parameters = Parameters("npu1", "canary_passthrough", "canary.o", ports[:1], ports[1:], (count,), objects=objects)
    return render("single_core", parameters)


def passthrough(object_bytes: int, nbytes: int) -> str:
    fifo, buffer = f"!aie.objectfifo<memref<{object_bytes}xi8>>", f"memref<{nbytes}xi8>"
    transfer = f"[0, 0, 0, 0][1, 1, 1, {nbytes}][0, 0, 0, 1]"
    return f"""
module {{
  aie.device(npu1_1col) {{
    %shim = aie.tile(0, 0)
    %mem = aie.tile(0, 1)
    aie.objectfifo @in(%shim, {{%mem}}, 2 : i32) : {fifo}
    aie.objectfifo @out(%mem, {{%shim}}, 2 : i32) : {fifo}
    aie.objectfifo.link [@in] -> [@out]([] [])
    aie.runtime_sequence(%a: {buffer}, %b: {buffer}) {{
      aiex.npu.dma_memcpy_nd(%a{transfer}) {{id = 0 : i64, metadata = @in}} : {buffer}
      aiex.npu.dma_memcpy_nd(%b{transfer}) {{id = 1 : i64, metadata = @out}} : {buffer}
      aiex.npu.dma_wait {{symbol = @out}}
    }}
  }}
}}
"""


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def ratios(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Medians: seconds of `first`, seconds of `second`, first / second pair by pair; after one warm-up of each."""
    first(), second()
    pairs = [(seconds(first), seconds(second)) for _ in range(rounds)]
    columns = ([a for a, _ in pairs], [b for _, b in pairs], [a / b for a, b in pairs])
    return (statistics.median(columns[0]), statistics.median(columns[1]), statistics.median(columns[2]))


def bare_attention(library: Path, calls: int) -> Callable[[], None]:
    function = ctypes.CDLL(str(library)).attention_64x64
    qkv = np.random.default_rng(1).integers(0, 256, size=12288, dtype=np.uint8)
    out = np.zeros(4096, np.uint8)
    pointers = (ctypes.c_void_p(qkv.ctypes.data), ctypes.c_void_p(out.ctypes.data), ctypes.c_int32(3))

    def call() -> None:
        for _ in range(calls):
            function(*pointers)

    call.buffers = (qkv, out)  # type: ignore[attr-defined]  # the pointers do not keep them alive
    return call


def report(name: str, text: str) -> None:
    print(f"{name:<13} {text}", flush=True)


def bench_attention(library: Path, rounds: int) -> None:
    for objects in (1, 64):
        bench, bare = Bench(attention(1, objects), library), bare_attention(library, objects)
        ours, theirs, ratio = ratios(bench.run, bare, rounds * 10 if objects == 1 else rounds)
        times = f"{ours / objects * 1e6:.0f} us a call, bare {theirs / objects * 1e6:.0f} us"
        report("attention", f"{times}, {objects} a run: {ratio:.2f} times (target 1.3)")


def bench_columns(library: Path, rounds: int) -> None:
    one, four = Bench(attention(1, 64), library), Bench(attention(4, 64), library)
    serial, parallel, ratio = ratios(lambda: [one.run() for _ in range(4)], four.run, rounds)
    times = f"{parallel * 1e3:.1f} ms, one after the other {serial * 1e3:.1f} ms"
    report("four columns", f"{times}: {ratio:.2f} times as fast (target 1.6)")


def bench_passthrough(rounds: int) -> None:
    source = np.random.default_rng(1).integers(0, 256, size=64 * MIB, dtype=np.uint8)
    target = np.empty_like(source)
    bench = Bench(passthrough(128 * 1024, 64 * MIB))
    copy, emulated, ratio = ratios(lambda: np.copyto(target, source), bench.run, rounds)
    rates = f"{64 / emulated:.0f} MiB/s, numpy's copy {64 / copy:.0f} MiB/s"
    report("passthrough", f"{rates}: {ratio:.2f} of its rate (target 0.25)")


def bench_lowering(scratch: Path, rounds: int) -> None:
    design = scratch / "four.mlir"
    design.write_text(attention(4, 1))
    lowering = [sys.executable, "-m", "npubuild.cli", "lower", str(design), "-o", str(scratch / "insts.bin")]
    bare = [sys.executable, "-c", "import xdsl.parser"]
    ours, theirs, ratio = ratios(
        lambda: subprocess.run(lowering, check=True), lambda: subprocess.run(bare, check=True), rounds
    )
    report("lowering", f"{ours * 1e3:.0f} ms, bare import {theirs * 1e3:.0f} ms: {ratio:.2f} times (target 2.5)")


def bench_growth(library: Path, rounds: int) -> None:
    costs = []
    for objects in (1, 10, 100, 1000):
        bench = Bench(small_objects(objects), library)
        bench.run()
        costs.append((objects, statistics.median(seconds(bench.run) for _ in range(rounds)) / objects * 1e6))
    report("growth", "us an object: " + ", ".join(f"{cost:.1f} at {objects}" for objects, cost in costs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="pairs measured (default: 20)")
    rounds = parser.parse_args().rounds
    report("machine", f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} (parallel runs need an idle one)")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        attention_library = compile_library([ATTENTION], scratch / "attention.so")
        canary_library = compile_library([CANARY], scratch / "canary.so")
        bench_attention(attention_library, rounds)
        bench_columns(attention_library, rounds)
        bench_passthrough(rounds)
        bench_lowering(scratch, rounds)
        bench_growth(canary_library, rounds)


if __name__ == "__main__":
    main()
