"""Smoke tests: a built kernel on a device, held against its C++ called directly and against its float reference.

Inputs are drawn by the reference module, outputs are poisoned, every case runs at least twice on one loaded array, and the
state of every wait is looked at. Buffers have the number, order and sizes of the design's own runtime sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from npubuild.device import Bytes, LoadedKernel, Run, describe_npu, open_runtime, run_in_order
from npubuild.errors import UserError
from npubuild.files import read_bytes
from npubuild.pipeline.layout import KernelOutputs, Layout
from npubuild.pipeline.manifest import read_manifest, require_intact
from npubuild.pipeline.signature import Signature, shares
from npubuild.registry import Kernel, SmokeCase
from npubuild.smoke.call_record import CallRecord
from npubuild.smoke.judgement import Expectation, PoisonedRun, Seen, Tally, agree
from npubuild.smoke.proof import ProvenCase, proves_nothing
from npubuild.smoke.result import DEVICE_NAMES, Result, Status, sanitize_hint
from npubuild.smoke.truth import Oracle
from npubuild.toolchain.cures import cure
from npubuild.xclbin.build import require_npu
from npubuild.xclbin.container import read_container

POISONS = (0xA5, 0x5A)  # in turn, so that a byte that keeps its poison in every run was written by none
ORDERS = (1, 2, 3)  # seeds of the emulator's scheduler, beside 0
TIMED_RUNS = 10  # on the NPU; their median is reported

# What pyxrt raises (xrt-facts.md, 2.4); its emulated counterpart raises the same.
RUNTIME_ERRORS = (RuntimeError, IndexError, TypeError)


@dataclass(frozen=True)
class Drawn:
    """One case with one seed: the host's input buffers by number, and what the outputs must be."""

    case: SmokeCase
    seed: int
    inputs: dict[int, Bytes]
    expectations: tuple[Expectation, ...]

    def contents(self, signature: Signature, poison: int) -> list[Bytes]:
        """All host buffers before a run: inputs as drawn, everything else poisoned."""
        return [
            self.inputs[number] if number in self.inputs else np.full(buffer.nbytes, poison, np.uint8)
            for number, buffer in enumerate(signature.buffers)
        ]

    def __str__(self) -> str:
        return f"case {self.case.name}, seed {self.seed}"


class _Stopped(Exception):  # noqa: N818 (no error of npubuild's)
    """A run that did not complete: nothing more can be asked of this array."""

    def __init__(self, status: Status, problem: str) -> None:
        super().__init__(problem)
        self.status = status


def smoke_test(kernel: Kernel, layout: Layout, device: str, seen: Seen | None = None) -> Result:
    """Test a built kernel on `device` ("emulator" or "npu"). `seen` collects what every run left in the host buffers.

    Raises UserError when it is not built, or when its reference module is not usable; what the device does wrong is the
    result's status.
    """
    name = DEVICE_NAMES[device]
    outputs = layout.kernel(kernel.name, kernel.object_file.name if kernel.object_file else "")
    require_intact(outputs.manifest, layout.root)
    signature = Signature.from_facts(read_manifest(outputs.manifest).facts["signature"])
    try:
        runtime = open_runtime(device)
        if device == "npu":
            require_npu(read_container(outputs.xclbin))
    except UserError as error:
        return Result(kernel.name, Status.UNSUPPORTED, name, tuple(str(found) for found in error.diagnostics))
    record = CallRecord(outputs.call_record)
    oracle = Oracle(kernel, layout.root, outputs.library, record)
    drawn = _draw(kernel, oracle, signature, record)
    tally = Tally(seen=seen)
    outputs.sample.unlink(missing_ok=True)
    cases = [ProvenCase(str(item), item.expectations, item.case.tolerance) for item in drawn]
    tally.problems += [*proves_nothing(cases), *oracle.problems]
    hardware = ""
    try:
        xclbin = outputs.xclbin if device == "npu" else outputs.emulated_xclbin
        loaded = _load(runtime, xclbin, outputs, signature)
        hardware = describe_npu(loaded.name()) if device == "npu" else ""
        first = _run_cases(kernel.smoke.runs, loaded, signature, drawn, tally)
        if device == "npu":
            _measure(loaded, drawn[0].contents(signature, POISONS[0]), tally)
        if device == "emulator":
            _run_in_other_orders(outputs, signature, drawn[0], first, tally)
    except _Stopped as stopped:
        _keep_sample(tally, outputs)
        problems, notes = (str(stopped), *tally.reasons), _hints(kernel, oracle, tally)
        return Result(kernel.name, stopped.status, name, problems, tally.measures(), notes, hardware)
    _keep_sample(tally, outputs)
    status = Status.FAIL if tally.problems else Status.PASS
    notes = (*tally.notes, *_hints(kernel, oracle, tally))
    return Result(kernel.name, status, name, tally.reasons, tally.measures(), notes, hardware)


def _hints(kernel: Kernel, oracle: Oracle, tally: Tally) -> tuple[str, ...]:
    more = (sanitize_hint(kernel.name),) if tally.exact is False or oracle.strayed else ()
    return (*oracle.notes, *more)


def _keep_sample(tally: Tally, outputs: KernelOutputs) -> None:
    if tally.sample is not None:
        tally.sample.save(outputs.sample)


def _load(runtime: ModuleType, xclbin: Path, outputs: KernelOutputs, signature: Signature) -> LoadedKernel:
    sizes = [buffer.nbytes for buffer in signature.buffers]
    try:
        return LoadedKernel(runtime, xclbin, read_bytes(outputs.instructions), sizes)
    except RUNTIME_ERRORS as error:
        raise _Stopped(Status.FAIL, f"loading failed: {_explained(error)}") from error


def _measure(loaded: LoadedKernel, contents: Sequence[Bytes], tally: Tally) -> None:
    """Take the times of runs that follow each other closely; those of the cases include waking the NPU."""
    runs = loaded.measure(contents, TIMED_RUNS)
    for run in runs:
        _require_completed(run, "timed run")
    tally.seconds[:] = [run.seconds for run in runs]


def _explained(error: Exception) -> str:
    """What the runtime raised, and what is known about it."""
    known = cure(str(error))
    return f"{error}\n{known}" if known else str(error)


def _draw(kernel: Kernel, oracle: Oracle, signature: Signature, record: CallRecord) -> list[Drawn]:
    """Every case with every seed; the calls of one run get seeds of their own, so that their data differ."""
    drawn = []
    for case in kernel.smoke.cases:
        for seed in case.seeds:
            record.what = f"case {case.name}, seed {seed}"
            drawn.append(_draw_one(kernel, oracle, signature, case, seed))
    return drawn


def _draw_one(kernel: Kernel, oracle: Oracle, signature: Signature, case: SmokeCase, seed: int) -> Drawn:
    truths = [oracle.truth(case, seed * signature.calls + call) for call in range(signature.calls)]
    inputs = {number: np.zeros(signature.buffers[number].nbytes, np.uint8) for number in signature.inputs()}
    for share in shares(kernel.entry.inputs, signature.inputs(), signature):
        inputs[share.buffer][share.offset : share.offset + share.nbytes] = truths[share.call].inputs[share.position]
    expectations = []
    for share in shares(kernel.entry.outputs, signature.outputs(), signature):
        truth = truths[share.call]
        exact = truth.exact[share.position] if truth.exact else None
        written = truth.written[share.position] if truth.written else None
        buffer, ideal = kernel.entry.outputs[share.position], truth.ideal[share.position]
        expectations.append(Expectation(buffer, share.buffer, share.offset, exact, ideal, written))
    return Drawn(case, seed, inputs, tuple(expectations))


def _run_cases(
    count: int, loaded: LoadedKernel, signature: Signature, drawn: Sequence[Drawn], tally: Tally
) -> Sequence[Bytes]:
    """All cases on one loaded array, each `count` times: what one run leaves behind, the next one finds.

    Returns the host buffers after the very first run.
    """
    first: Sequence[Bytes] = ()
    for item in drawn:
        runs: list[PoisonedRun] = []
        for number in range(count):
            what = f"{item}, run {number + 1}"
            poison = POISONS[number % len(POISONS)]
            try:
                run = loaded.run(item.contents(signature, poison))
            except RUNTIME_ERRORS as error:
                raise _Stopped(Status.FAIL, f"{what}: {_explained(error)}") from error
            _require_completed(run, what)
            if tally.seen is not None:
                tally.seen[what] = run.buffers
            tally.seconds.append(run.seconds)
            tally.notes |= dict.fromkeys(run.explanation.splitlines())
            runs.append((poison, run.buffers))
            if number and agree(item.expectations, runs[0][1], run.buffers):
                continue  # judged already
            if number:
                tally.problems.append(f"{what}: other results than in run 1, with the same inputs")
            tally.add(what, item.expectations, run.buffers, item.case.tolerance)
        tally.add_untouched(str(item), item.expectations, runs)
        first = first or runs[0][1]
    return first


def _run_in_other_orders(
    outputs: KernelOutputs, signature: Signature, item: Drawn, first: Sequence[Bytes], tally: Tally
) -> None:
    """One case with other orders of turns: a result that depends on who goes first is a bug of the design.

    `first` are the host buffers that the case gave with order 0.
    """
    instructions = read_bytes(outputs.instructions)
    for seed in ORDERS:
        what = f"{item}, order {seed}"
        run = run_in_order(outputs.emulated_xclbin, instructions, item.contents(signature, POISONS[0]), seed)
        _require_completed(run, what)
        if not agree(item.expectations, first, run.buffers):
            tally.problems.append(f"{what}: the result depends on the order in which cores and channels take turns")


def _require_completed(run: Run, what: str) -> None:
    if run.state == "COMPLETED" and run.uncertain:
        numbers = ", ".join(map(str, run.uncertain))
        raise _Stopped(
            Status.FAIL, f"{what}: the sequence ends while buffer {numbers} is still in use: it does not wait for it"
        )
    if run.state == "COMPLETED":
        return
    explanation = f"\n{run.explanation}" if run.explanation else ""
    status = Status.TIMEOUT if run.state == "TIMEOUT" else Status.FAIL
    raise _Stopped(status, f"{what} ended in state {run.state}{explanation}")
