"""The same cases on the emulator and on the NPU, and where their results part (`device=both`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from npubuild.device import Bytes
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.manifest import read_manifest
from npubuild.pipeline.signature import Signature
from npubuild.registry import Kernel
from npubuild.smoke.judgement import Seen
from npubuild.smoke.result import DEVICE_NAMES, Result, Status
from npubuild.smoke.run import smoke_test

DEVICES = ("emulator", "npu")
# From bad to good: the verdict on both is the worse one.
ORDER = (Status.UNSUPPORTED, Status.TIMEOUT, Status.FAIL, Status.SKIP, Status.PASS)


def smoke_test_on_both(kernel: Kernel, layout: Layout) -> Result:
    """Test a kernel of the `npu` toolchain on both devices; measures are the NPU's.

    Raises UserError as `smoke_test` does.
    """
    seen: dict[str, Seen] = {device: {} for device in DEVICES}
    results = {device: smoke_test(kernel, layout, device, seen[device]) for device in DEVICES}
    manifest = layout.kernel(kernel.name, "").manifest
    signature = Signature.from_facts(read_manifest(manifest).facts["signature"])
    problems = [f"{DEVICE_NAMES[device]}: {problem}" for device in DEVICES for problem in results[device].problems]
    problems = [*differences(seen["emulator"], seen["npu"], signature), *problems]
    status = min((result.status for result in results.values()), key=ORDER.index)
    if problems and status is Status.PASS:
        status = Status.FAIL
    npu = results["npu"]
    notes = tuple(dict.fromkeys(note for result in results.values() for note in result.notes))
    return Result(kernel.name, status, DEVICE_NAMES["both"], tuple(problems), npu.measures, notes, npu.hardware)


def differences(emulated: Seen, real: Seen, signature: Signature) -> Iterator[str]:
    """For every run that completed on both devices, the first byte that differs in each output, and how many do."""
    for what, buffers in emulated.items():
        for number in signature.outputs() if what in real else ():
            yield from _difference(
                f"{what}, argument {number} ({signature.buffers[number].name})", number, buffers, real[what]
            )


def _difference(what: str, number: int, emulated: Sequence[Bytes], real: Sequence[Bytes]) -> Iterator[str]:
    ours, theirs = emulated[number], real[number]
    wrong = np.flatnonzero(ours != theirs)
    if wrong.size:
        at = int(wrong[0])
        values = f"0x{ours[at]:02x} on the emulator, 0x{theirs[at]:02x} on the NPU"
        yield f"{what}: byte {at} is {values}; {wrong.size} of {ours.size} bytes differ"
