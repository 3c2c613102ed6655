"""A smoke test in a process of its own: a kernel that crashes or never ends is a result, not the end of the build.

    python -m npubuild.smoke.child KERNELS.yaml KERNEL TOOLCHAIN DEVICE

writes build/<toolchain>/<kernel>/smoke.json, which `run_smoke_test` reads.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from npubuild.errors import UserError
from npubuild.pipeline.contents import digest
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.lock import DeviceLock
from npubuild.process import SignalError, Step, TimeLimitError, end_with_starter, run
from npubuild.registry import Kernel, read_registry
from npubuild.smoke.both import smoke_test_on_both
from npubuild.smoke.call_record import death_in_call
from npubuild.smoke.result import (
    DEVICE_NAMES,
    Result,
    Sanitized,
    Status,
    load_result,
    load_sanitized,
    sanitize_hint,
    with_sanitized_run,
)
from npubuild.smoke.run import smoke_test

TIME_LIMIT = 300.0  # seconds


class HostTimeLimitError(TimeLimitError):
    """A call of a C function on the host that did not return."""


def run_smoke_test(kernel: Kernel, registry: Path, toolchain: str, device: str, *, time_limit: float = TIME_LIMIT) -> Result:
    """Test a built kernel, and leave the result in its folder, whatever happens to the process."""
    outputs = Layout(registry.parent, toolchain).kernel(kernel.name, "")
    outputs.smoke.unlink(missing_ok=True)
    log = outputs.logs / "smoke.log"
    log.unlink(missing_ok=True)
    python = [sys.executable, "-X", "faulthandler", "-m", "npubuild.smoke.child"]
    try:
        argv = [*python, str(registry), kernel.name, toolchain, device]
        with contextlib.nullcontext() if device == "emulator" else DeviceLock():
            _run(argv, Step("smoke test", log, kernel.name), registry.parent, outputs.call_record, time_limit)
    except UserError as error:
        status = Status.TIMEOUT if isinstance(error, TimeLimitError) else Status.FAIL
        problems = tuple(str(found) for found in error.diagnostics)
        notes = (sanitize_hint(kernel.name),) if isinstance(error, SignalError | HostTimeLimitError) else ()
        Result(kernel.name, status, DEVICE_NAMES[device], problems, notes=notes).save(outputs.smoke)
    return load_result(outputs.smoke)


def add_sanitized_run(result: Result, kernel: Kernel, registry: Path, toolchain: str) -> Result:
    """Run the C++ of a built kernel by itself, under the address and undefined-behaviour checks, in another process.

    The result, with what that found, is left in the kernel's folder, too.
    """
    outputs = Layout(registry.parent, toolchain).kernel(kernel.name, "")
    outputs.sanitized.unlink(missing_ok=True)
    argv = [sys.executable, "-X", "faulthandler", "-m", "npubuild.smoke.sanitize", str(registry), kernel.name, toolchain]
    step = Step("sanitized run", outputs.logs / "sanitize-child.log", kernel.name)
    step.log.unlink(missing_ok=True)
    try:
        _run(argv, step, registry.parent, outputs.call_record, TIME_LIMIT)
        sanitized = load_sanitized(outputs.sanitized)
    except UserError as error:
        sanitized = Sanitized(0, tuple(str(found) for found in error.diagnostics))
    both = with_sanitized_run(result, sanitized)
    both.save(outputs.smoke)
    return both


def _run(argv: Sequence[str], step: Step, root: Path, record: Path, time_limit: float) -> None:
    """Run a process that calls C functions; where one of them ends it, the UserError names that call."""
    record.unlink(missing_ok=True)
    try:
        run(argv, step, cwd=root, time_limit=time_limit)
    except SignalError as error:
        found = death_in_call(record, error.name)
        if found is None:
            raise
        raise (HostTimeLimitError if error.name == "SIGALRM" else SignalError)(found) from error
    finally:
        record.unlink(missing_ok=True)


def main(words: list[str]) -> int:
    file, name, toolchain, device = words
    registry = read_registry(Path(file))
    kernel = registry.kernels[name]
    layout = Layout(registry.root, toolchain)
    outputs = layout.kernel(name, "")
    manifest = digest(outputs.manifest)
    try:
        result = smoke_test_on_both(kernel, layout) if device == "both" else smoke_test(kernel, layout, device)
    except UserError as error:
        problems = tuple(str(found) for found in error.diagnostics)
        uninitialised = any(found.rule == "uninitialised-read" for found in error.diagnostics)
        notes = (sanitize_hint(name),) if uninitialised else ()
        result = Result(name, Status.FAIL, DEVICE_NAMES[device], problems, notes=notes)
    replace(result, manifest=manifest).save(outputs.smoke)
    return 0


if __name__ == "__main__":
    end_with_starter()
    exit_code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Without taking the runtime down: it aborts, or hangs, when a run that timed out is destroyed (xrt-facts.md, 2.4).
    os._exit(exit_code)
