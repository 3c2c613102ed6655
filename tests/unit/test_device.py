"""The host code that drives both pyxrt and its emulated counterpart, on a runtime that notes every call."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from npubuild.device import LoadedKernel, open_runtime
from npubuild.errors import UserError
from npubuild.xclbin.build import write_npu_like

INSTRUCTIONS = bytes(range(16))


Load = Callable[["FakeRuntime"], LoadedKernel]


class FakeBuffer:
    cacheable, host_only = "cacheable", "host_only"
    made: list["FakeBuffer"]

    def __init__(self, device: object, size: int, flags: str, group: int) -> None:
        self.flags, self.group, self.host, self.npu = flags, group, bytearray(size), bytearray(size)
        FakeBuffer.made.append(self)

    def map(self) -> memoryview:
        return memoryview(self.host)

    def sync(self, direction: str) -> None:
        if direction == "to":
            self.npu[:] = self.host
        else:
            self.host[:] = self.npu


class FakeRuntime:
    """A runtime whose kernel adds one to every byte of its first buffer, into the second."""

    bo = FakeBuffer
    xclBOSyncDirection = SimpleNamespace(XCL_BO_SYNC_BO_TO_DEVICE="to", XCL_BO_SYNC_BO_FROM_DEVICE="from")  # noqa: N815

    def __init__(self, state: str = "ERT_CMD_STATE_COMPLETED") -> None:
        FakeBuffer.made = []
        self.state = state
        self.calls: list[object] = []

    def device(self, index: int) -> Any:
        return SimpleNamespace(register_xclbin=lambda container: self.calls.append(("register", container.path)))

    def xclbin(self, path: str) -> Any:
        return SimpleNamespace(path=path, get_uuid=lambda: "uuid")

    def hw_context(self, device: object, uuid: str) -> str:
        self.calls.append(("context", uuid))
        return "context"

    def kernel(self, context: str, name: str) -> Any:
        self.calls.append(("kernel", name))
        return FakeKernel(self)

    def run(self, kernel: "FakeKernel") -> "FakeRun":
        return FakeRun(kernel)


class FakeKernel:
    def __init__(self, runtime: FakeRuntime) -> None:
        self.runtime = runtime

    def group_id(self, index: int) -> int:
        return 1000 + index


class FakeRun:
    """A run of a `FakeKernel`, which computes when it is started."""

    def __init__(self, kernel: FakeKernel) -> None:
        self.runtime = kernel.runtime
        self.arguments: dict[int, Any] = {}

    def set_arg(self, index: int, value: Any) -> None:
        self.arguments[index] = value

    def start(self) -> None:
        opcode, instructions, count, source, target = (self.arguments[index] for index in range(5))
        self.runtime.calls.append(("run", opcode, bytes(instructions.npu), count))
        target.npu[:] = bytes((byte + 1) % 256 for byte in source.npu)

    def state(self) -> Any:
        return SimpleNamespace(name=self.runtime.state)

    def wait(self, timeout: int) -> Any:
        return self.state()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads k.xclbin, a container whose metadata fit the call."""
    container = write_npu_like(bytes(16), columns=4, uuid=bytes(range(16)), timestamp=0, pdi_uuid=bytes(range(16)))
    (tmp_path / "k.xclbin").write_bytes(container)
    monkeypatch.chdir(tmp_path)
    return lambda runtime: LoadedKernel(cast("Any", runtime), Path("k.xclbin"), INSTRUCTIONS, [4, 4])


def test_the_order_of_calls_and_the_arguments_of_the_kernel(load: Load) -> None:
    runtime = FakeRuntime()
    run = load(runtime).run([np.array([1, 2, 3, 255], np.uint8), np.full(4, 0xA5, np.uint8)])
    assert runtime.calls == [
        ("register", "k.xclbin"),
        ("context", "uuid"),
        ("kernel", "MLIR_AIE"),
        ("run", 3, INSTRUCTIONS, 4),  # the opcode, the synchronized instructions, their number in words
    ]
    assert run.state == "COMPLETED"
    assert [buffer.tolist() for buffer in run.buffers] == [[1, 2, 3, 255], [2, 3, 4, 0]]


def test_buffers_lie_where_the_driver_wants_them(load: Load) -> None:
    load(FakeRuntime())
    assert [(buffer.flags, buffer.group) for buffer in FakeBuffer.made] == [
        ("cacheable", 1001),
        ("host_only", 1003),
        ("host_only", 1004),
    ]


def test_one_loaded_kernel_runs_again_with_other_data(load: Load) -> None:
    loaded = load(FakeRuntime())
    for value in (1, 7):
        run = loaded.run([np.full(4, value, np.uint8), np.zeros(4, np.uint8)])
        assert run.buffers[1].tolist() == [value + 1] * 4


def test_what_an_uncompleted_run_left_is_not_looked_at(load: Load) -> None:
    run = load(FakeRuntime("ERT_CMD_STATE_TIMEOUT")).run([np.zeros(4, np.uint8)] * 2)
    assert (run.state, run.buffers) == ("TIMEOUT", ())


def test_results_do_not_change_with_the_next_run(load: Load) -> None:
    loaded = load(FakeRuntime())
    first = loaded.run([np.zeros(4, np.uint8)] * 2)
    loaded.run([np.full(4, 9, np.uint8)] * 2)
    assert first.buffers[1].tolist() == [1] * 4


def test_the_emulator_has_the_names_that_the_host_code_uses() -> None:
    runtime = open_runtime("emulator")
    for name in ("device", "xclbin", "hw_context", "kernel", "bo", "xclBOSyncDirection"):
        assert hasattr(runtime, name)


@pytest.mark.skipif(Path("/dev/accel").exists(), reason="there may be an NPU")
def test_a_missing_npu_is_explained() -> None:
    with pytest.raises(UserError, match=r"device=npu needs an NPU, which was not found; looked for in /dev/accel/accel\*"):
        open_runtime("npu")
