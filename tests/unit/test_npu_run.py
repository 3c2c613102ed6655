"""Running on the NPU: the contract with the runtime, a canary that knows a wedged NPU, and both devices side by side.

The emulator stands in for the NPU behind pyxrt's names; a real pyxrt takes its place where one is installed.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import npubuild.emulator.xrt as emulated
from npubuild import device, process
from npubuild.device import LoadedKernel
from npubuild.errors import UserError
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import parse_design
from npubuild.pipeline.signature import HostBuffer, Signature
from npubuild.smoke.both import differences
from npubuild.smoke.result import Result, Status
from npubuild.smoke.watch import Watch
from npubuild.xclbin.build import write_emulated, write_npu_like
from npubuild.xclbin.call import require_callable
from npubuild.xclbin.container import read
from npubuild.xclbin.image import make_image
from tests import standins
from tests.oracle_files import ORACLE
from tests.unit import test_npu_build as build

N = 480  # bytes each way of the design
DATA = np.arange(N, dtype=np.uint8)
OUTPUT = np.full(N, 0xA5, np.uint8)


class Recorder:
    """A module like pyxrt that notes what is called, and whose runs end in the states that a test wants."""

    def __init__(self, states: Iterator[str]) -> None:
        self.calls: list[object] = []
        recorder = self

        class Run(emulated.run):
            def set_arg(self, index, value):
                recorder.calls.append(("set_arg", index, value if isinstance(value, int) else "bo"))
                super().set_arg(index, value)

            def start(self):
                recorder.calls.append("start")
                super().start()

            def wait(self, limit=0):
                recorder.calls.append(("wait", limit))
                found = super().wait(limit)
                wanted = next(states, "COMPLETED")
                return found if wanted == "COMPLETED" else emulated.ert_cmd_state.__members__[f"ERT_CMD_STATE_{wanted}"]

            @property
            def outcome(self):
                return None

        self.run = Run

    def __getattr__(self, name: str) -> object:
        return getattr(emulated, name)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, bytes]:
    """An XCLBIN and its instruction stream."""
    text = (ORACLE / "designs" / "linear_i8_single_core.mlir").read_text()
    design = parse_design(text, "linear.mlir")
    path = tmp_path / "linear.xclbin"
    path.write_bytes(write_emulated(make_image(text, name="linear", device="npu1_1col", sequences=())))
    return path, encode(lower(design))


def load(files: tuple[Path, bytes], *states: str) -> tuple[LoadedKernel, Recorder]:
    runtime = Recorder(iter(states))
    return LoadedKernel(runtime, *files, [N, N]), runtime  # type: ignore[arg-type]


class TestContract:
    def test_a_run_object_with_every_argument_and_a_time_limit(self, files: tuple[Path, bytes]) -> None:
        loaded, runtime = load(files)
        done = loaded.run([DATA, OUTPUT])
        assert done.state == "COMPLETED"
        assert len(done.buffers) == 2
        words = len(files[1]) // 4
        arguments = [
            ("set_arg", 0, 3),
            ("set_arg", 1, "bo"),
            ("set_arg", 2, words),
            ("set_arg", 3, "bo"),
            ("set_arg", 4, "bo"),
        ]
        assert runtime.calls == [*arguments, "start", ("wait", device.TIME_LIMIT_MS)]

    @pytest.mark.parametrize("state", ["TIMEOUT", "ERROR", "ABORT"])
    def test_buffers_are_not_read_after_another_state(self, files: tuple[Path, bytes], state: str) -> None:
        loaded, _ = load(files, state)
        done = loaded.run([DATA, OUTPUT])
        assert (done.state, done.buffers) == (state, ())
        assert done.explanation.startswith("after ")

    def test_our_time_limit_is_told_from_the_driver_s(self, files: tuple[Path, bytes]) -> None:
        loaded, _ = load(files, "TIMEOUT")
        assert "the command is still COMPLETED: the time limit of 30 s is up" in loaded.run([DATA, OUTPUT]).explanation

    def test_a_warm_up_precedes_the_measured_runs(self, files: tuple[Path, bytes]) -> None:
        loaded, runtime = load(files)
        assert len(loaded.measure([DATA, OUTPUT], 3)) == 3
        assert runtime.calls.count("start") == 4

    def test_more_buffers_than_the_metadata_declare_are_refused_before_any_call(self, files: tuple[Path, bytes]) -> None:
        runtime = Recorder(iter(()))
        runtime.device = lambda _: pytest.fail("the runtime was called")  # type: ignore[attr-defined]
        with pytest.raises(UserError, match="has 8 runtime-sequence arguments, kernel MLIR_AIE declares 5 buffers"):
            LoadedKernel(runtime, *files, [N] * 8)  # type: ignore[arg-type]

    @pytest.mark.parametrize("content", [b"", b"12345"])
    def test_instructions_are_whole_words(self, files: tuple[Path, bytes], content: bytes) -> None:
        with pytest.raises(UserError, match=f"an instruction stream of {len(content)} bytes is no number of words"):
            LoadedKernel(emulated, files[0], content, [N, N])

    def test_a_container_without_the_kernel(self) -> None:
        container = read(write_npu_like(b"\0" * 64, columns=1, uuid=b"u" * 16, timestamp=0, pdi_uuid=bytes(16)), "k.xclbin")
        require_callable(container, 5)
        with pytest.raises(UserError, match=r"k\.xclbin: there is no kernel OTHER; it has MLIR_AIE"):
            require_callable(container, 1, "OTHER")

    @pytest.mark.skipif(not importlib.util.find_spec("pyxrt"), reason="no pyxrt here")
    def test_the_real_module_has_every_name_that_is_used(self) -> None:
        real = importlib.import_module("pyxrt")
        for name in ("device", "xclbin", "hw_context", "kernel", "run", "bo", "xclBOSyncDirection", "xrt_info_device"):
            assert hasattr(real, name)


class TestWatch:
    """The canary, with results that a test gives."""

    @pytest.fixture
    def kernels(self, tmp_path: Path) -> dict[str, object]:
        from npubuild.registry import read_registry

        entry = build.KERNELS.partition("  first:\n")[2]
        text = build.KERNELS + "".join(f"  {name}:\n{entry}" for name in ("second", "canary"))
        (tmp_path / "kernels.yaml").write_text(text)
        for name, content in (("double.cc", build.DOUBLE), ("helper.cc", build.HELPER), ("double.py", build.REFERENCE)):
            (tmp_path / name).write_text(content)
        return dict(read_registry(tmp_path / "kernels.yaml").kernels)

    def watch(
        self, tmp_path: Path, kernels: dict, script: dict[str, list[Status]], *, canary: bool = True
    ) -> tuple[Watch, list[str]]:
        """Each kernel's verdicts, in order; what was run is noted."""
        ran: list[str] = []

        def run(kernel, registry, toolchain, device):
            ran.append(kernel.name)
            status = script.get(kernel.name, []).pop(0) if script.get(kernel.name) else Status.PASS
            return Result(kernel.name, status, "npu", () if status is Status.PASS else ("it went wrong",))

        return Watch(tmp_path / "kernels.yaml", "npu", "npu", kernels["canary"] if canary else None, run), ran

    def test_the_canary_runs_once_before_the_first_kernel(self, tmp_path: Path, kernels: dict) -> None:
        watch, ran = self.watch(tmp_path, kernels, {})
        assert [watch.test(kernels[name]).status for name in ("first", "second", "canary")] == [Status.PASS] * 3
        assert ran == ["canary", "first", "second", "canary"]

    def test_a_kernel_that_only_fails_leaves_the_others_to_run(self, tmp_path: Path, kernels: dict) -> None:
        watch, ran = self.watch(tmp_path, kernels, {"first": [Status.FAIL]})
        assert watch.test(kernels["first"]).problems == ("it went wrong",)
        assert watch.test(kernels["second"]).status is Status.PASS
        assert ran == ["canary", "first", "canary", "second"]

    def test_a_wedged_npu_is_reported_and_the_rest_is_not_run(self, tmp_path: Path, kernels: dict) -> None:
        watch, ran = self.watch(tmp_path, kernels, {"first": [Status.TIMEOUT], "canary": [Status.PASS, Status.TIMEOUT]})
        first = watch.test(kernels["first"])
        assert first.status is Status.TIMEOUT
        assert "the NPU is wedged: after kernel first ended as TIMEOUT, the canary ended as TIMEOUT" in first.problems[-1]
        second = watch.test(kernels["second"])
        assert second.status is Status.SKIP
        assert second.problems[0].startswith("not run: the NPU is wedged: after kernel first ended as TIMEOUT")
        assert "modprobe -r amdxdna" in second.problems[0]
        assert ran == ["canary", "first", "canary"]

    def test_an_npu_that_is_wedged_from_the_start_runs_nothing(self, tmp_path: Path, kernels: dict) -> None:
        watch, ran = self.watch(tmp_path, kernels, {"canary": [Status.FAIL]})
        assert watch.test(kernels["first"]).status is Status.SKIP
        assert ran == ["canary"]

    def test_the_canary_as_a_test_of_its_own(self, tmp_path: Path, kernels: dict) -> None:
        watch, ran = self.watch(tmp_path, kernels, {"canary": [Status.TIMEOUT]})
        assert watch.test(kernels["canary"]).status is Status.TIMEOUT
        assert watch.test(kernels["first"]).status is Status.SKIP
        assert ran == ["canary"]

    def test_no_npu_is_no_wedge(self, tmp_path: Path, kernels: dict) -> None:
        watch, ran = self.watch(tmp_path, kernels, {"canary": [Status.UNSUPPORTED], "first": [Status.UNSUPPORTED]})
        assert watch.test(kernels["first"]).status is Status.UNSUPPORTED
        assert ran == ["canary", "first"]

    def test_without_a_canary_everything_is_run(self, tmp_path: Path, kernels: dict) -> None:
        watch, ran = self.watch(tmp_path, kernels, {"first": [Status.FAIL]}, canary=False)
        assert [watch.test(kernels[name]).status for name in ("first", "second")] == [Status.FAIL, Status.PASS]
        assert ran == ["first", "second"]


def test_the_first_differing_byte_of_each_output() -> None:
    buffers = tuple(HostBuffer(name, "memref<4xi8>", 4, way) for name, way in (("x", "in"), ("y", "out")))
    zeros = np.zeros(4, np.uint8)
    other = np.array([0, 0, 7, 9], np.uint8)
    signature = Signature("main", "sequence", buffers, 1)
    found = list(differences({"run 1": (zeros, zeros), "run 2": (zeros, zeros)}, {"run 1": (other, other)}, signature))
    assert found == ["run 1, argument 1 (y): byte 2 is 0x00 on the emulator, 0x07 on the NPU; 2 of 4 bytes differ"]


def run(root: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    paths = f"{standins.TOOLS / 'npu'}{os.pathsep}{standins.PROJECT}"
    return build.doit(root, *words, PYTHONPATH=paths, STANDIN_NPU_ROOT=str(root.parent / "machine"), **more)


def table(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Verdicts by kernel."""
    rows = [
        line.split() for line in done.stdout.splitlines() if len(line.split()) > 4 and line.split()[2] in {"(npu)", "(both)"}
    ]
    return {row[0]: f"{row[1]} {row[2]}" for row in rows}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("npu")
    root = base / "project"
    root.mkdir()
    shutil.copy(standins.PROJECT / "dodo.py", root)
    entry = build.KERNELS.partition("  first:\n")[2]
    text = build.KERNELS + "".join(f"  {name}:\n{entry}" for name in ("second", "canary"))
    for name, content in (
        ("kernels.yaml", text), ("double.cc", build.DOUBLE), ("helper.cc", build.HELPER), ("double.py", build.REFERENCE),
    ):  # fmt: skip
        (root / name).write_text(content)
    standins.aiecc(base / "tools", "mar26", "=")
    standins.script(base / "tools" / "xclbinutil", "-c", "pass")
    standins.peano(base / "peano")
    npu = base / "machine"
    for name, content in (
        ("dev/accel/accel0", ""),
        ("sys/class/accel/accel0/device/fw_version", "1.5.5.391\n"),
        ("sys/module/amdxdna/version", "2.20.0\n"),
        ("opt/xilinx/xrt/python/pyxrt.so", ""),
    ):
        (npu / name).parent.mkdir(parents=True, exist_ok=True)
        (npu / name).write_text(content)
    assert run(root, "build").returncode == 0
    return root


class TestWholePipeline:
    """`doit test toolchain=npu` with stand-ins for all tools, and the emulator where pyxrt would be."""

    def test_pass_with_hardware_driver_and_firmware(self, built: Path) -> None:
        done = run(built, "test")
        assert done.returncode == 0, done.stdout + done.stderr
        assert table(done) == dict.fromkeys(("first", "second", "canary"), "PASS (npu)")
        assert "npu: NPU Phoenix (emulated), amdxdna 2.20.0, firmware 1.5.5.391" in done.stdout
        case = ET.parse(built / "build/npu/junit.xml").getroot()[0][0]  # noqa: S314 (our own)
        known = {item.get("name"): item.get("value") for item in case.iter("property")}
        assert known["hardware"] == "NPU Phoenix (emulated), amdxdna 2.20.0, firmware 1.5.5.391"

    def test_both_devices_agree(self, built: Path) -> None:
        done = run(built, "test:first", "device=both")
        assert done.returncode == 0, done.stdout + done.stderr
        assert table(done) == {"first": "PASS (both)"}

    def test_both_devices_differ(self, built: Path) -> None:
        done = run(built, "test:first", "device=both", STANDIN_FAULT="first:flip")
        assert done.returncode == 1
        assert table(done) == {"first": "FAIL (both)"}
        text = " ".join(done.stdout.split())
        assert "case small, seed 1, run 1, argument 1 (arg1): byte 0 is 0x" in text
        assert "1 of 64 bytes differ" in text

    @pytest.mark.parametrize(
        ("fault", "verdict", "words"),
        [
            ("TIMEOUT", "TIMEOUT (npu)", "the driver's watchdog ended it"),
            ("ERROR", "FAIL (npu)", "ended in state ERROR"),
            ("die", "FAIL (npu)", "smoke test failed with exit code 77"),
        ],
    )
    def test_a_kernel_that_fails_alone(self, built: Path, fault: str, verdict: str, words: str) -> None:
        done = run(built, "test", STANDIN_FAULT=f"first:{fault}")
        assert done.returncode == 1
        assert table(done) == {"first": verdict, "second": "PASS (npu)", "canary": "PASS (npu)"}
        assert words in " ".join(done.stdout.split())

    def test_a_kernel_that_wedges_the_npu(self, built: Path, tmp_path: Path) -> None:
        wedge = tmp_path / "wedged"
        done = run(built, "test:first", "test:second", STANDIN_FAULT="first:TIMEOUT", STANDIN_WEDGE=str(wedge))
        assert done.returncode == 1
        verdicts = table(done)
        assert verdicts["first"] == "TIMEOUT (npu)"
        assert verdicts["second"] == "SKIP (npu)"
        assert "not run: the NPU is wedged: after kernel first ended as TIMEOUT" in " ".join(done.stdout.split())

    def test_no_device_is_unsupported_and_says_why(self, built: Path) -> None:
        machine = built.parent / "bare"
        (machine / "dev").mkdir(parents=True, exist_ok=True)
        paths = f"{standins.TOOLS / 'npu'}{os.pathsep}{standins.PROJECT}"
        done = build.doit(built, "test:first", PYTHONPATH=paths, STANDIN_NPU_ROOT=str(machine))
        assert done.returncode == 2
        assert "1 UNSUPPORTED (npu)" in done.stdout
        assert "device=npu needs an NPU, which was not found" in " ".join(done.stdout.split())

    def test_a_child_that_never_comes_back(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from npubuild.registry import read_registry
        from npubuild.smoke.child import run_smoke_test

        environment = {
            "PYTHONPATH": f"{standins.TOOLS / 'npu'}{os.pathsep}{standins.PROJECT}",
            "STANDIN_NPU_ROOT": str(built.parent / "machine"),
            "STANDIN_FAULT": "first:hang",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        kernel = read_registry(built / "kernels.yaml").kernels["first"]
        result = run_smoke_test(kernel, built / "kernels.yaml", "npu", "npu", time_limit=6)
        assert result.status is Status.TIMEOUT
        assert "was still running after 6 s and was killed" in result.problems[0]


def test_a_child_that_not_even_a_kill_ends_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is with a process that waits inside a driver."""

    class Unkillable:
        pid = 2**30  # no such process: the signals go nowhere

        def wait(self, timeout: float | None = None) -> int:
            assert timeout is not None, "this would never return"
            raise subprocess.TimeoutExpired("tool", timeout)

    process._kill(Unkillable())  # type: ignore[arg-type]


def test_this_file_s_stand_in_needs_no_machine() -> None:
    """The faked machine is chosen by a variable alone: without it Python is as always."""
    code = "from npubuild.toolchain.machine import Machine; print(Machine.this().root)"
    environment = {**os.environ, "PYTHONPATH": f"{standins.TOOLS / 'npu'}{os.pathsep}{standins.PROJECT}"}
    environment.pop("STANDIN_NPU_ROOT", None)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "/\n"
