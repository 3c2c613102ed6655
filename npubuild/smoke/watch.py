"""Smoke tests on the one NPU: a canary tells, before the first and after a failed kernel, whether it still works.

A kernel that hangs can leave the NPU unable to run anything (xrt-facts.md, 3.6). Whatever is tested after that would fail,
and say nothing about itself: it is reported as not run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from npubuild.pipeline.layout import Layout
from npubuild.registry import Kernel
from npubuild.smoke.child import run_smoke_test
from npubuild.smoke.result import DEVICE_NAMES, Result, Status

SUSPICIOUS = (Status.FAIL, Status.TIMEOUT)

RunTest = Callable[[Kernel, Path, str, str], Result]


@dataclass
class Watch:
    """The tests of one session on one device. `canary` is None in a project without one: then nothing can be told."""

    registry: Path
    toolchain: str
    device: str
    canary: Kernel | None
    run_test: RunTest = run_smoke_test
    wedged: str = field(default="", init=False)
    checked: bool = field(default=False, init=False)

    def test(self, kernel: Kernel) -> Result:
        """Test a kernel; if the NPU is wedged, say so instead. The result is left in the kernel's folder, too."""
        if not self.checked and not self._is_canary(kernel):
            self._ask_canary("before the first kernel")
        if self.wedged:
            return self._saved(kernel, Result(kernel.name, Status.SKIP, self._device, (f"not run: {self.wedged}",)))
        result = self.run_test(kernel, self.registry, self.toolchain, self.device)
        self.checked = True
        reason = self._suspect(kernel, result) if result.status in SUSPICIOUS else ""
        return self._saved(kernel, replace(result, problems=(*result.problems, reason))) if reason else result

    @property
    def _device(self) -> str:
        return DEVICE_NAMES[self.device]

    def _is_canary(self, kernel: Kernel) -> bool:
        return self.canary is not None and kernel.name == self.canary.name

    def _suspect(self, kernel: Kernel, result: Result) -> str:
        """Why the NPU is wedged, after a kernel that failed; "" when the canary still passes."""
        if self._is_canary(kernel):
            self._declare_wedged("the canary itself failed", result)
        else:
            self._ask_canary(f"after kernel {kernel.name} ended as {result.status.value}")
        return self.wedged

    def _ask_canary(self, when: str) -> None:
        self.checked = True
        if self.canary is None:
            return
        result = self.run_test(self.canary, self.registry, self.toolchain, self.device)
        if result.status in SUSPICIOUS:
            self._declare_wedged(f"{when}, the canary ended as {result.status.value}", result)

    def _declare_wedged(self, reason: str, result: Result) -> None:
        first = result.problems[0].splitlines()[0] if result.problems else "without a reason"
        cure = "reload the driver (sudo modprobe -r amdxdna; sudo modprobe amdxdna) or restart the machine"
        self.wedged = f"the NPU is wedged: {reason} ({first}); {cure}"

    def _saved(self, kernel: Kernel, result: Result) -> Result:
        result.save(Layout(self.registry.parent, self.toolchain).kernel(kernel.name, "").smoke)
        return result
