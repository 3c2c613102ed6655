"""The doctor on machines of every kind: a folder stands for the machine, and nothing of the real one is looked at."""

import dataclasses
import json
import os
from pathlib import Path

import pytest

from npubuild.cli import main
from npubuild.report.doctor import describe
from npubuild.toolchain import diagnosis
from npubuild.toolchain.diagnosis import Diagnosis, diagnose
from npubuild.toolchain.machine import Machine
from npubuild.toolchain.tool import missing
from tests import standins

SUFFIX = ".cpython-311-x86_64-linux-gnu.so"
NODE = "dev/accel/accel0"
XRT = "opt/xilinx/xrt"


class Faked:
    """A machine under construction: files below `root`, stand-ins on PATH, and a user without rights."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.bin = folder / "bin"
        self.packages = folder / "site-packages"
        for path in (self.root, self.bin, self.packages, folder / "home"):
            path.mkdir()
        standins.script(self.bin / "g++", "-c", "print('g++ 12.2.0')")
        self.machine = Machine(
            environment={"PATH": str(self.bin)},
            root=self.root,
            home=folder / "home",
            packages=(self.packages,),
            module_path=(self.packages,),
            python=(3, 11),
            extension_suffix=SUFFIX,
            memlock=None,
            user=os.geteuid() + 1,
            groups=frozenset({os.getegid()}),
        )

    def write(self, path: str, text: str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def change(self, **fields: object) -> None:
        self.machine = dataclasses.replace(self.machine, **fields)

    def add_npu(self) -> None:
        """Device, driver and pyxrt, all usable."""
        self.write(NODE).chmod(0o660)
        self.write("sys/module/amdxdna/version", "2.20.0\n")
        self.write("sys/class/accel/accel0/device/fw_version", "1.5.5.391\n")
        self.write("sys/class/accel/accel0/device/vbnv", "NPU Phoenix\n")
        self.write(f"{XRT}/python/pyxrt{SUFFIX}")
        self.write(f"{XRT}/version.json", '{"BUILD_VERSION": "2.20.0"}')

    def add_toolchain(self, generation: str = "mar26") -> None:
        standins.aiecc(self.bin, generation)
        standins.peano(self.packages / "llvm-aie")
        standins.script(self.root / XRT / "bin" / "xclbinutil", "-c", "pass")

    def diagnose(self) -> Diagnosis:
        return diagnose(self.machine)

    def problems(self, key: str) -> list[tuple[str, str]]:
        (finding,) = [one for one in self.diagnose().findings if one.tool.key == key]
        return [(problem.message, problem.cure) for problem in finding.problems]

    def text(self) -> str:
        return " ".join(describe(self.diagnose()).split())


@pytest.fixture
def faked(tmp_path: Path) -> Faked:
    return Faked(tmp_path)


def test_a_bare_machine(faked: Faked) -> None:
    found = faked.diagnose()
    assert found.exit_code == 2
    text = faked.text()
    assert "toolchain=emulated: ready device=emulator: ready" in text
    assert "toolchain=npu: lacks Peano (clang++ for AIE), aiecc (mlir-aie), xclbinutil (XRT)" in text
    assert "device=npu: lacks pyxrt for Python 3.11, an NPU" in text
    assert f"{faked.packages}/llvm-aie/bin/clang++" in text
    assert "install: python -m pip install llvm-aie -f https://github.com/Xilinx/llvm-aie/" in text
    assert "looked at: /dev/accel/accel*" in text


def test_a_complete_machine(faked: Faked) -> None:
    faked.add_npu()
    faked.add_toolchain()
    found = faked.diagnose()
    assert (found.exit_code, found.lacking()["device=npu"]) == (0, ())
    text = faked.text()
    assert f"ok aiecc (mlir-aie): {faked.bin}/aiecc (by aiecc on PATH) version: LLVM version 23.0.0git" in text
    assert "generation: mar26 (March 2026)" in text
    assert "version: clang version 20.0.0 (https://github.com/Xilinx/llvm-aie 1234567)" in text
    assert "version: NPU Phoenix, amdxdna 2.20.0, firmware 1.5.5.391" in text
    assert "version: XRT 2.20.0" in text


def test_a_machine_that_builds_but_does_not_run(faked: Faked) -> None:
    faked.add_toolchain("aug26")
    found = faked.diagnose()
    assert (found.exit_code, found.lacking()["toolchain=npu"]) == (1, ())
    assert "generation: aug26 (August 2026 and later)" in faked.text()


def test_the_wheels_name_their_versions(faked: Faked) -> None:
    faked.add_toolchain()
    (faked.packages / "llvm_aie-20.0.0.2026030501.dist-info").mkdir()
    (faked.packages / "mlir_aie" / "bin").mkdir(parents=True)
    (faked.bin / "aiecc").rename(faked.packages / "mlir_aie" / "bin" / "aiecc")
    (faked.packages / "mlir_aie-0.0.1.2026030504.dist-info").mkdir()
    text = faked.text()
    assert "version: 20.0.0.2026030501" in text
    assert "version: 0.0.1.2026030504" in text


def test_an_aiecc_of_no_known_generation_is_a_problem(faked: Faked) -> None:
    faked.add_toolchain()
    standins.script(faked.bin / "aiecc", "-c", "print('OVERVIEW: AIE Compiler Driver of 2027')")
    found = faked.diagnose()
    assert found.exit_code == 2
    assert "is an aiecc of no known generation" in faked.problems("aiecc")[0][0]
    assert "!! aiecc (mlir-aie)" in faked.text()


class TestNpu:
    def test_a_container_without_the_device(self, faked: Faked) -> None:
        faked.add_npu()
        (faked.root / NODE).unlink()
        faked.write(".dockerenv")
        ((message, cure),) = faked.problems("npu")
        assert message == "this machine has an NPU, but the container was started without its device"
        assert cure.startswith("start it with --device=/dev/accel/accel0 --ulimit memlock=-1:-1 --group-add ")

    def test_a_container_on_a_host_without_an_npu(self, faked: Faked) -> None:
        faked.change(environment={"PATH": str(faked.bin), "container": "podman"})
        ((message, _),) = faked.problems("npu")
        assert message == "this container sees no NPU"

    def test_memlock_too_low(self, faked: Faked) -> None:
        faked.add_npu()
        faked.change(memlock=8 << 20)
        ((message, cure),) = faked.problems("npu")
        assert message == "only 8 MiB of memory may be locked; the NPU's buffers need `ulimit -l unlimited`"
        assert "/etc/security/limits.d/" in cure
        faked.write(".dockerenv")
        assert faked.problems("npu")[0][1] == "start the container with --ulimit memlock=-1:-1"
        faked.change(memlock=64 << 10)
        assert "only 64 KiB" in faked.problems("npu")[0][0]

    def test_a_user_outside_the_group(self, faked: Faked) -> None:
        faked.add_npu()
        faked.change(groups=frozenset({os.getegid() + 1}))
        ((message, cure),) = faked.problems("npu")
        assert message == f"this user may not open {faked.root}/{NODE}"
        assert cure == "sudo usermod -aG render $USER, then log in again"
        faked.write(".dockerenv")
        assert f"--group-add {os.getegid()} " in faked.problems("npu")[0][1]

    def test_a_device_without_a_driver(self, faked: Faked) -> None:
        faked.write("sys/bus/pci/devices/0000:c5:00.1/vendor", "0x1022\n")
        faked.write("sys/bus/pci/devices/0000:c5:00.1/device", "0x1502\n")
        ((message, cure),) = faked.problems("npu")
        assert message == "there is an npu1 (Phoenix, Hawk Point), but no driver for it"
        assert cure.startswith("sudo modprobe amdxdna")

    def test_a_driver_without_a_device(self, faked: Faked) -> None:
        faked.write("sys/module/amdxdna/version", "2.20.0")
        assert faked.problems("npu")[0][0] == "the driver amdxdna is loaded, but drives no NPU"

    def test_an_accelerator_of_another_maker(self, faked: Faked) -> None:
        faked.write(NODE)
        driver = faked.root / "sys/bus/pci/drivers/intel_vpu"
        driver.mkdir(parents=True)
        link = faked.root / "sys/class/accel/accel0/device/driver"
        link.parent.mkdir(parents=True)
        link.symlink_to(driver)
        found = next(one for one in faked.diagnose().findings if one.tool.key == "npu")
        assert not found.tool.found
        assert "accel0 (driven by intel_vpu)" in found.tool.search.places[0]

    def test_nothing_at_all_is_no_problem_but_a_missing_device(self, faked: Faked) -> None:
        assert faked.problems("npu") == []

    def test_problems_are_what_stops_a_run(self, faked: Faked) -> None:
        faked.add_npu()
        faked.change(memlock=1 << 20)
        error = missing(
            tuple(one.tool for one in faked.diagnose().findings if one.tool.needed_for == "device=npu"), "device=npu"
        )
        assert error is not None
        assert [found.message for found in error.diagnostics] == [
            "only 1 MiB of memory may be locked; the NPU's buffers need `ulimit -l unlimited`"
        ]


class TestPyxrt:
    def test_one_for_another_python(self, faked: Faked) -> None:
        other = faked.write(f"{XRT}/python/pyxrt.cpython-312-x86_64-linux-gnu.so")
        ((message, cure),) = faked.problems("pyxrt")
        assert message == f"{other} is for Python 3.12, and this is Python 3.11"
        assert cure == "run npubuild with that Python: PYTHON=python3.12 scripts/bootstrap"

    def test_one_for_another_processor(self, faked: Faked) -> None:
        faked.write(f"{XRT}/python/pyxrt.cpython-311-aarch64-linux-gnu.so")
        ((message, _),) = faked.problems("pyxrt")
        assert message.endswith(f"does not fit this Python, whose extension modules end in {SUFFIX}")

    @pytest.mark.parametrize("name", [f"pyxrt{SUFFIX}", "pyxrt.so"])
    def test_one_that_fits(self, faked: Faked, name: str) -> None:
        file = faked.write(f"usr/lib/python3/dist-packages/{name}")
        found = next(one for one in faked.diagnose().findings if one.tool.key == "pyxrt")
        assert (found.tool.search.path, found.problems) == (file, ())

    def test_xilinx_xrt_comes_before_the_default_folder(self, faked: Faked, tmp_path: Path) -> None:
        faked.add_npu()
        (tmp_path / "mine" / "python").mkdir(parents=True)
        (tmp_path / "mine" / "python" / "pyxrt.so").touch()
        faked.change(environment={"PATH": str(faked.bin), "XILINX_XRT": str(tmp_path / "mine")})
        found = next(one for one in faked.diagnose().findings if one.tool.key == "pyxrt")
        assert found.tool.search.path == tmp_path / "mine" / "python" / "pyxrt.so"


class TestPeano:
    def test_a_clang_of_the_host_is_not_taken(self, faked: Faked) -> None:
        standins.script(faked.bin / "clang++", "-c", "print('  x86-64 - 64-bit X86')")
        found = next(one for one in faked.diagnose().findings if one.tool.key == "peano")
        assert not found.tool.found
        assert f"clang++ on PATH ({faked.bin}/clang++: has no target aie2)" in found.tool.search.places

    def test_peano_s_on_path_is(self, faked: Faked) -> None:
        standins.script(faked.bin / "clang++", standins.TOOLS / "peano_standin.py")
        found = next(one for one in faked.diagnose().findings if one.tool.key == "peano")
        assert found.tool.search.found_by == "clang++ on PATH"

    @pytest.mark.parametrize("place", ["env/lib/python3.12/site-packages/llvm-aie", "env"])
    def test_beside_aiecc(self, faked: Faked, tmp_path: Path, place: str) -> None:
        standins.aiecc(tmp_path / "env" / "bin", "mar26")
        peano = standins.peano(tmp_path / place)
        faked.change(environment={"PATH": f"{tmp_path}/env/bin"})
        found = next(one for one in faked.diagnose().findings if one.tool.key == "peano")
        assert found.tool.search.path == peano / "bin" / "clang++"

    def test_in_a_source_build(self, faked: Faked) -> None:
        peano = standins.peano(faked.machine.home / "mlir-aie-2026" / "llvm-aie")
        found = next(one for one in faked.diagnose().findings if one.tool.key == "peano")
        assert found.tool.search.path == peano / "bin" / "clang++"


def test_json_and_exit_code(faked: Faked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    faked.add_toolchain()
    faked.write(".dockerenv")
    monkeypatch.setattr(diagnosis.Machine, "this", staticmethod(lambda environment=None: faked.machine))
    assert main(["doctor", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["ready"] == {
        "toolchain=emulated": True,
        "device=emulator": True,
        "toolchain=npu": True,
        "device=npu": False,
    }
    assert found["exit_code"] == 1
    aiecc = found["tools"]["aiecc"]
    assert (aiecc["found"], aiecc["usable"], aiecc["generation"]) == (True, True, "mar26 (March 2026)")
    assert aiecc["path"] == f"{faked.bin}/aiecc"
    npu = found["tools"]["npu"]
    assert (npu["path"], npu["problems"][0]["message"]) == (None, "this container sees no NPU")
    assert npu["looked_at"] == ["/dev/accel/accel*"]
    assert main(["doctor"]) == 1
    assert "toolchain=npu: ready" in capsys.readouterr().out
