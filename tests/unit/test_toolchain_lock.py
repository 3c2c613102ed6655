"""`npubuild toolchain lock|verify`: what a checkout was proven with, and what has changed since."""

import json
from pathlib import Path

import pytest

from npubuild.cli import main
from npubuild.toolchain import diagnosis
from tests import standins
from tests.unit.test_doctor import Faked


@pytest.fixture
def faked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faked:
    """A machine with all tools, which the commands see as theirs; the current folder is a checkout."""
    made = Faked(tmp_path)
    made.add_toolchain()
    made.add_npu()
    (tmp_path / "checkout").mkdir()
    monkeypatch.chdir(tmp_path / "checkout")
    monkeypatch.setattr(diagnosis.Machine, "this", staticmethod(lambda environment=None: made.machine))
    return made


def warnings(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]


def test_lock_names_versions_and_digests_and_no_path(faked: Faked, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["toolchain", "lock"]) == 0
    assert "locked aiecc LLVM version 23.0.0git" in capsys.readouterr().out
    text = Path("toolchain.lock").read_text()
    tools = json.loads(text)["tools"]
    assert tools.keys() == {"peano", "aiecc", "xclbinutil", "pyxrt"}
    assert tools["aiecc"]["generation"] == "mar26 (March 2026)"
    assert {len(tool["sha256"]) for tool in tools.values()} == {64}
    assert str(faked.root.parent) not in text


def test_the_same_tools_verify(faked: Faked, capsys: pytest.CaptureFixture[str]) -> None:
    main(["toolchain", "lock"])
    assert main(["toolchain", "verify", "--strict"]) == 0
    captured = capsys.readouterr()
    assert captured.out.endswith("4 tools are those of toolchain.lock\n")
    assert captured.err == ""


def test_a_mismatch_warns_and_strict_fails(faked: Faked, capsys: pytest.CaptureFixture[str]) -> None:
    main(["toolchain", "lock"])
    standins.aiecc(faked.bin, "aug26")
    assert main(["toolchain", "verify"]) == 0
    expected = "is of generation aug26 (August 2026 and later), locked is mar26 (March 2026) [toolchain-lock]"
    assert warnings(capsys) == [f"warning: toolchain.lock: aiecc {expected}"]
    assert main(["toolchain", "verify", "--strict"]) == 1


def test_other_contents_of_the_same_version(faked: Faked, capsys: pytest.CaptureFixture[str]) -> None:
    main(["toolchain", "lock"])
    tool = faked.bin / "aiecc"
    tool.write_text(tool.read_text() + "# patched\n")
    main(["toolchain", "verify"])
    (line,) = warnings(capsys)
    assert f"aiecc LLVM version 23.0.0git has other contents than the locked one ({tool})" in line


def test_another_version(faked: Faked, capsys: pytest.CaptureFixture[str]) -> None:
    main(["toolchain", "lock"])
    faked.write("opt/xilinx/xrt/version.json", '{"BUILD_VERSION": "2.26.0"}')
    main(["toolchain", "verify"])
    assert warnings(capsys) == [
        "warning: toolchain.lock: pyxrt is XRT 2.26.0, locked is XRT 2.20.0 [toolchain-lock]",
        "warning: toolchain.lock: xclbinutil is XRT 2.26.0, locked is XRT 2.20.0 [toolchain-lock]",
    ]


def test_a_tool_that_is_gone_and_one_that_is_new(faked: Faked, capsys: pytest.CaptureFixture[str]) -> None:
    (faked.root / "opt/xilinx/xrt/bin/xclbinutil").unlink()
    main(["toolchain", "lock"])
    standins.script(faked.root / "opt/xilinx/xrt/bin/xclbinutil", "-c", "pass")
    (faked.bin / "aiecc").unlink()
    main(["toolchain", "verify"])
    first, second = warnings(capsys)
    assert "aiecc LLVM version 23.0.0git is locked, and none was found" in first
    assert "xclbinutil is installed, but not locked" in second


def test_nothing_to_lock(faked: Faked, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bare").mkdir()
    bare = Faked(tmp_path / "bare")
    faked.machine = bare.machine
    assert main(["toolchain", "lock"]) == 2
    assert "nothing to lock: none of Peano, mlir-aie and XRT was found" in capsys.readouterr().err
    assert not Path("toolchain.lock").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: no such file or directory"),
        ("", "is no toolchain lock"),
        ("[]", "is no toolchain lock"),
        ('{"format": 1, "tools": {"aiecc": 3}}', "is no toolchain lock"),
        ('{"format": 9, "tools": {}}', "was written by another version of npubuild"),
    ],
)
def test_a_file_that_is_no_lock(faked: Faked, capsys: pytest.CaptureFixture[str], content: str | None, message: str) -> None:
    if content is not None:
        Path("toolchain.lock").write_text(content)
    assert main(["toolchain", "verify"]) == 2
    assert f"error: toolchain.lock: {message}" in capsys.readouterr().err
