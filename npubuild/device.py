"""Opens the NPU or the emulator: either way a module with pyxrt's names, so that one host code drives both.

This is the only place that imports pyxrt, and only when the NPU is asked for.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from npubuild.errors import Place, UserError
from npubuild.toolchain.probe import missing, probe
from npubuild.xclbin.call import require_callable
from npubuild.xclbin.container import read_container

Bytes = npt.NDArray[np.uint8]

KERNEL_NAME = "MLIR_AIE"
OPCODE_TRANSACTION = 3  # argument 0 of a kernel that mlir-aie makes (xrt-facts.md, 3.4)
FIRST_BUFFER = 3  # behind opcode, instruction buffer and instruction count (xrt-facts.md, 1.5)
WORD = 4  # bytes of an instruction
TIME_LIMIT_MS = 30_000


def open_runtime(device: str) -> ModuleType:
    """Pyxrt for `npu`, its counterpart on the emulator for `emulator`.

    Raises UserError when the NPU, its driver or a pyxrt of this Python is missing, with the places looked at.
    """
    if device == "emulator":
        return importlib.import_module("npubuild.emulator.xrt")
    found = probe()
    if lacking := missing(found.npu_device, "device=npu"):
        raise lacking
    folder = found.pyxrt.search.path.parent if found.pyxrt.search.path else Path()
    sys.path.append(str(folder))
    try:
        return importlib.import_module("pyxrt")
    except ImportError as error:
        message = f"pyxrt cannot be imported: {error}"
        raise UserError.at(Place(str(found.pyxrt.search.path)), message, hint=found.pyxrt.install) from error
    finally:
        sys.path.remove(str(folder))


def describe_npu(name: str) -> str:
    """The NPU that pyxrt calls `name`, with driver and firmware as far as /sys says them."""
    details = probe().npu.details
    firmware = f"firmware {details['firmware']}" if "firmware" in details else ""
    return ", ".join(text for text in (name, details.get("driver", ""), firmware) if text)


@dataclass(frozen=True)
class Run:
    """One run: the final state of the command without its prefix (`COMPLETED`, `TIMEOUT`, ...), and its time.

    `buffers` are all host buffers, none if it did not complete. What follows only the emulator knows: `explanation` says
    what a run that did not complete waits for, and what a completed one left behind; `uncertain` numbers the buffers that
    were still in use when the sequence ended.
    """

    state: str
    buffers: tuple[Bytes, ...]
    seconds: float
    explanation: str = ""
    uncertain: tuple[int, ...] = ()


def run_in_order(xclbin: Path, instructions: bytes, contents: Sequence[Bytes], seed: int) -> Run:
    """One run on a freshly loaded emulated array whose cores and channels take turns in the order of `seed`."""
    from npubuild.emulator.load import load_image
    from npubuild.xclbin.build import read_emulation_image

    loaded = load_image(read_emulation_image(xclbin), seed=seed)
    buffers = [content.copy() for content in contents]
    begin = time.perf_counter()
    outcome = loaded.run(instructions, buffers)
    seconds = time.perf_counter() - begin
    return Run(outcome.status.upper(), tuple(buffers), seconds, outcome.explanation(), outcome.races)


def _explain(state: str, run: Any, seconds: float) -> str:
    """What can be said of a run that did not complete, when only the runtime is there to ask (xrt-facts.md, 3.6)."""
    if state == "COMPLETED":
        return ""
    after = run.state().name.removeprefix("ERT_CMD_STATE_")
    if state == "TIMEOUT" and after != "TIMEOUT":
        return f"after {seconds:.1f} s the command is still {after}: the time limit of {TIME_LIMIT_MS / 1000:g} s is up"
    if state == "TIMEOUT":
        return f"after {seconds:.1f} s the driver's watchdog ended it: something waits for ever (device=emulator tells what)"
    return f"after {seconds:.1f} s; the firmware refused it, or the context was torn down"


class LoadedKernel:
    """One XCLBIN loaded into one hardware context, with its instructions and host buffers.

    The order of calls is that of xrt-facts.md, 3.1; every object is kept, since a run holds no reference to its buffers.
    Raises UserError when the container's metadata do not fit the call: the runtime would crash, or swallow it.
    """

    def __init__(self, runtime: ModuleType, xclbin: Path, instructions: bytes, sizes: Sequence[int]) -> None:
        require_callable(read_container(xclbin), len(sizes))
        if not instructions or len(instructions) % WORD:
            raise UserError.at(None, f"an instruction stream of {len(instructions)} bytes is no number of words")
        self._runtime: Any = runtime
        self._runs: list[Any] = []
        self._device = self._runtime.device(0)
        container = self._runtime.xclbin(str(xclbin))
        self._device.register_xclbin(container)
        self._context = self._runtime.hw_context(self._device, container.get_uuid())
        self._kernel = self._runtime.kernel(self._context, KERNEL_NAME)
        self._words = len(instructions) // WORD
        self._instructions = self._buffer(len(instructions), self._runtime.bo.cacheable, 1)
        self._fill(self._instructions, np.frombuffer(instructions, np.uint8))
        self._buffers = [
            self._buffer(size, self._runtime.bo.host_only, FIRST_BUFFER + number) for number, size in enumerate(sizes)
        ]

    def run(self, contents: Sequence[Bytes]) -> Run:
        """Write all buffers, run the sequence once, and read all buffers if it completed; otherwise load anew to go on."""
        for buffer, content in zip(self._buffers, contents, strict=True):
            self._fill(buffer, content)
        run = self._runtime.run(self._kernel)
        # `set_arg` raises what `kernel(...)` swallows (xrt-facts.md, 2.3).
        for number, value in enumerate((OPCODE_TRANSACTION, self._instructions, self._words, *self._buffers)):
            run.set_arg(number, value)
        begin = time.perf_counter()
        run.start()
        state = run.wait(TIME_LIMIT_MS)
        seconds = time.perf_counter() - begin
        name = state.name.removeprefix("ERT_CMD_STATE_")
        if name != "COMPLETED":
            self._runs.append(run)  # dropping a run that is still in progress aborts the process
        outcome = getattr(run, "outcome", None)  # not in the real pyxrt
        explanation = outcome.explanation() if outcome else _explain(name, run, seconds)
        # What a run that did not complete left in the buffers is no result: it is not even looked at.
        results = tuple(self._read(buffer) for buffer in self._buffers) if name == "COMPLETED" else ()
        return Run(name, results, seconds, explanation, outcome.races if outcome else ())

    def measure(self, contents: Sequence[Bytes], count: int) -> list[Run]:
        """`count` runs right after one that warms up: the first run after idling takes up to 1000 times as long."""
        self.run(contents)
        return [self.run(contents) for _ in range(count)]

    def name(self) -> str:
        """What the runtime calls the device."""
        return str(self._device.get_info(self._runtime.xrt_info_device.name))

    def _buffer(self, size: int, flags: Any, argument: int) -> Any:
        return self._runtime.bo(self._device, size, flags, self._kernel.group_id(argument))

    def _fill(self, buffer: Any, content: Bytes) -> None:
        np.frombuffer(buffer.map(), np.uint8)[:] = content
        buffer.sync(self._runtime.xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE)

    def _read(self, buffer: Any) -> Bytes:
        # `bo.read` repeats the first byte under some versions of pybind11 and NumPy (xrt-facts.md, 2.3); `map` does not.
        buffer.sync(self._runtime.xclBOSyncDirection.XCL_BO_SYNC_BO_FROM_DEVICE)
        content: Bytes = np.frombuffer(buffer.map(), np.uint8).copy()
        return content
