"""The C++ of a kernel under the address and undefined-behaviour checks, on the inputs of its smoke test.

    python -m npubuild.smoke.sanitize KERNELS.yaml KERNEL TOOLCHAIN

compiles the kernel's sources and a driver into one program, which makes every call twice: over a stack and outputs filled
with one byte, and then with another. Results that differ come from memory that was never written. It writes the findings
as JSON into the file sanitize.json of the kernel.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.files import write_atomically
from npubuild.pipeline.layout import KernelOutputs, Layout
from npubuild.process import Step, TimeLimitError, end_with_starter, run
from npubuild.registry import Kernel, read_registry
from npubuild.smoke.call_record import CallRecord
from npubuild.smoke.driver import Argument, RecordedCall, driver_source, signatures, stream
from npubuild.smoke.result import Sanitized
from npubuild.smoke.truth import Oracle
from npubuild.toolchain.host import find_host_compiler
from npubuild.toolchain.sanitizer import ENVIRONMENT, compile_sanitized, read_report

TIME_LIMIT = 120.0  # seconds


class Recorder(Oracle):
    """Draws inputs like the oracle, and notes the calls that they lead to."""

    def __init__(self, kernel: Kernel, root: Path, library: Path | None, record: CallRecord) -> None:
        super().__init__(kernel, root, library if kernel.entry.functions else None, record)
        self._record = record
        self.recorded: list[RecordedCall] = []

    def record(self, case: str, seed: int) -> None:
        self._record.what = f"case {case}, seed {seed}"
        inputs = self.draw(case, seed)
        if self._entry.functions:
            self._compose(inputs)
            return
        read = [Argument(buffer.name, data.tobytes()) for buffer, data in zip(self._entry.inputs, inputs, strict=True)]
        written = [Argument(buffer.name, bytes(buffer.nbytes), written=True) for buffer in self._entry.outputs]
        scalars = [Argument(scalar.name, dtype=scalar.dtype, value=scalar.value) for scalar in self._entry.scalars]
        self.recorded.append(RecordedCall(self._entry.function, (*read, *written, *scalars)))

    def call_function(self, name: str, *arguments: Any) -> None:
        """Note the call as `compose` makes it, and make it, as the next one may need its results."""
        self.recorded.append(RecordedCall(name, tuple(_argument(place, value) for place, value in enumerate(arguments))))
        super().call_function(name, *arguments)


def _argument(place: int, value: npt.NDArray[Any] | float) -> Argument:
    """An array may be read as well as written, so that it is no output that could be filled with anything."""
    if isinstance(value, np.ndarray):
        return Argument(f"argument {place}", np.ascontiguousarray(value).tobytes())
    return Argument(f"argument {place}", dtype="f32" if isinstance(value, float) else "i32", value=value)


def sanitize(kernel: Kernel, layout: Layout) -> Sanitized:
    """Run all cases of a kernel under the checks. UserError when that is not possible."""
    if kernel.object_file is None:
        return Sanitized(0, ())
    outputs = layout.kernel(kernel.name, kernel.object_file.name)
    recorder = Recorder(kernel, layout.root, outputs.library, CallRecord(outputs.call_record))
    for case in kernel.smoke.cases:
        for seed in case.seeds:
            recorder.record(case.name, seed)
    findings = list(dict.fromkeys(_run(kernel, layout.root, outputs, recorder.recorded)))
    return Sanitized(len(recorder.recorded), tuple(str(finding) for finding in findings))


def _run(kernel: Kernel, root: Path, outputs: KernelOutputs, calls: Sequence[RecordedCall]) -> Iterable[Diagnostic]:
    folder, log = outputs.folder / "sanitize", outputs.logs / "sanitize.log"
    log.unlink(missing_ok=True)
    known = signatures(calls)
    source, program, data = folder / "driver.cc", folder / "driver", folder / "calls.bin"
    write_atomically(source, driver_source(known))
    write_atomically(data, stream(calls, known))
    assert kernel.object_file is not None
    compile_sanitized(
        [*map(Path, kernel.object_file.sources), source],
        program,
        flags=kernel.object_file.flags,
        compiler=find_host_compiler(),
        root=root,
        step=Step("compiling with checks", log, kernel.name),
    )
    begin = log.stat().st_size
    failure: UserError | None = None
    try:
        step = Step("sanitized run", log, kernel.name)
        run([program, data], step, cwd=root, environment=ENVIRONMENT, time_limit=TIME_LIMIT)
    except TimeLimitError:
        raise
    except UserError as error:
        failure = error
    text = log.read_bytes()[begin:].decode(errors="replace")
    found = [*read_report(text, root.resolve(), known.buffer), *known.unwritten(text)]
    if failure is not None and not found:
        raise failure
    first = next((name for name in kernel.object_file.sources), "")
    return [replace(finding, place=finding.place or Place(first)) for finding in found]


def main(words: list[str]) -> int:
    file, name, toolchain = words
    registry = read_registry(Path(file))
    layout = Layout(registry.root, toolchain)
    try:
        result = sanitize(registry.kernels[name], layout)
    except UserError as error:
        result = Sanitized(0, tuple(str(found) for found in error.diagnostics))
    result.save(layout.kernel(name, "").sanitized)
    return 0


if __name__ == "__main__":
    end_with_starter()
    sys.exit(main(sys.argv[1:]))
