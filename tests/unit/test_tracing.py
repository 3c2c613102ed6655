"""Traces: valid Chrome trace events; columns that work together overlap, columns that take turns do not."""

import importlib.util
import itertools
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from npubuild.cli import main
from npubuild.emulator.load import load_design
from npubuild.emulator.tracing import Tracer, TracingScheduler
from npubuild.hardware.devices import Tile
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import read_design

ORACLE = Path(__file__).parents[1] / "oracle"
PACKED, SERIAL = "attention_like_task_4col_packed", "attention_like_task_4col_serial"


@pytest.fixture(scope="module")
def attend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The oracle's kernel, repeated so that a call takes some milliseconds."""
    spec = importlib.util.spec_from_file_location("packed", ORACLE / "behaviour" / f"{PACKED}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    source = tmp_path_factory.mktemp("attend") / "attend.cc"
    inner = module.KERNEL_C.replace("void attend(", "static void once(")
    source.write_text(
        f'{inner}\nextern "C" void attend(int8_t *qkv, int8_t *out, int32_t shift) {{\n'
        "  for (volatile int i = 0; i < 300; i++) once(qkv, out, shift);\n}\n"
    )
    return source


def trace_of(name: str, sizes: list[int], source: Path, folder: Path, runs: int = 1) -> dict[str, Any]:
    """The events of a run through the command line; the first half of the arguments are inputs."""
    specs = []
    for number, size in enumerate(sizes):
        file = folder / f"{number}.npy"
        if number < len(sizes) // 2:
            np.save(file, np.arange(size, dtype=np.int8))
        specs += ["--arg", str(file) if number < len(sizes) // 2 else f"={file}"]
    design = str(ORACLE / "designs" / f"{name}.mlir")
    trace = folder / "t.json"
    assert main(["emulate", design, *specs, "--kernel", str(source), "--runs", str(runs), "--trace", str(trace)]) == 0
    document: dict[str, Any] = json.loads(trace.read_text())
    return document


@pytest.fixture
def packed(attend: Path, tmp_path: Path) -> dict[str, Any]:
    return trace_of(PACKED, [49152, 16384], attend, tmp_path)


def kernels(document: dict[str, Any]) -> list[tuple[float, float]]:
    """Begin and end of every kernel call."""
    return sorted((e["ts"], e["ts"] + e["dur"]) for e in document["traceEvents"] if e.get("cat") == "kernel")


def require_valid(document: dict[str, Any]) -> None:
    """Types of all fields; slices of one track are disjoint; times of each track and counter never go back."""
    named = {(e["pid"], e["tid"]) for e in document["traceEvents"] if e["name"] == "thread_name"}
    ends: dict[tuple[int, int], float] = defaultdict(float)
    counters: dict[str, float] = defaultdict(float)
    for event in document["traceEvents"]:
        assert isinstance(event["name"], str)
        assert event["name"]
        assert isinstance(event["pid"], int)
        assert isinstance(event["tid"], int)
        assert event["ph"] in {"M", "X", "C", "i"}
        if event["ph"] == "M":
            continue
        assert isinstance(event["ts"], float)
        assert event["ts"] >= 0
        if event["ph"] == "X":
            track = event["pid"], event["tid"]
            assert track in named
            assert event["dur"] > 0
            assert event["ts"] >= ends[track] - 1e-6
            ends[track] = event["ts"] + event["dur"]
        elif event["ph"] == "C":
            assert all(isinstance(value, int) for value in event["args"].values())
            assert event["ts"] >= counters[event["name"]]
            counters[event["name"]] = event["ts"]


def test_the_trace_is_valid(packed: dict[str, Any]) -> None:
    require_valid(packed)
    assert "no hardware cycles" in packed["otherData"]["clock"]


def test_every_part_of_the_array_has_a_track(packed: dict[str, Any]) -> None:
    names = {e["args"]["name"] for e in packed["traceEvents"] if e["name"] == "thread_name"}
    assert {"sequencer", *(f"core ({col}, 3)" for col in range(4))} <= names
    assert {"DMA 0 0 MM2S 0 @qkv0", "DMA 3 3 S2MM 0 @qkv3", "DMA 2 0 S2MM 0 @res2"} <= names
    assert {e["name"] for e in packed["traceEvents"] if e["ph"] == "C"} >= {f"@qkv{n} on ({n}, 3)" for n in range(4)}


def test_transfers_carry_all_bytes(packed: dict[str, Any]) -> None:
    moved: dict[str, int] = defaultdict(int)
    for event in packed["traceEvents"]:
        if event.get("cat") == "transfer":
            moved[event["args"]["fifo"]] += event["args"]["bytes"]
    assert moved == {f"qkv{n}": 2 * 12288 for n in range(4)} | {f"res{n}": 2 * 4096 for n in range(4)}  # at both ends


def test_four_columns_overlap(packed: dict[str, Any]) -> None:
    calls = kernels(packed)
    assert len(calls) == 4
    assert max(begin for begin, _ in calls) < min(end for _, end in calls)


def test_the_serial_form_does_not(attend: Path, tmp_path: Path) -> None:
    document = trace_of(SERIAL, [12288] * 4 + [4096] * 4, attend, tmp_path)
    require_valid(document)
    calls = kernels(document)
    assert len(calls) == 4
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(calls))


def test_every_run_is_traced_in_full(attend: Path, tmp_path: Path) -> None:
    """Repeated runs are not taken from a recording."""
    document = trace_of(PACKED, [49152, 16384], attend, tmp_path, runs=8)
    require_valid(document)
    assert len(kernels(document)) == 32
    assert sum(e["ph"] == "i" for e in document["traceEvents"]) == 8


def test_a_trace_changes_nothing_and_ends() -> None:
    design = read_design(ORACLE / "designs" / "distribute_join_pair.mlir")
    stream = encode(lower(design))

    def results(*, traced: bool) -> tuple[list[bytes], list[bool]]:
        loaded = load_design(design, scheduler=TracingScheduler() if traced else None)
        outputs = []
        tracer = Tracer(loaded.array) if traced else None
        for number in range(3):
            buffers = [np.arange(416, dtype=np.uint8) + number, np.zeros(416, np.uint8)]
            loaded.run(stream, buffers)
            outputs.append(buffers[1].tobytes())
        kinds = {item.activity.kind for item in tracer.finish().slices} if tracer is not None else set()
        return outputs, [loaded.array.observer is None, not traced or {"operation", "compute", "transfer"} <= kinds]

    plain, traced = results(traced=False), results(traced=True)
    assert plain[0] == traced[0]
    assert len(set(plain[0])) == 3
    assert plain[1] == traced[1] == [True, True]


def test_waits_name_what_is_waited_for() -> None:
    design = read_design(ORACLE / "designs" / "bad_cyclic_wait.mlir")
    loaded = load_design(design, scheduler=TracingScheduler())
    tracer = Tracer(loaded.array)
    outcome = loaded.run(encode(lower(design)), [np.zeros(40, np.uint8), np.zeros(40, np.uint8)])
    assert outcome.status == "timeout"
    waits = {(item.track, item.activity.name) for item in tracer.finish().slices if item.activity.kind == "wait"}
    assert waits == {(Tile(0, 2), "waits for @back Consume"), (Tile(0, 3), "waits for @go Consume")}
