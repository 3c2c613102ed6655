"""`npubuild new`: what it adds, what it leaves alone, and that the kernel passes at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from npubuild.cli import main
from npubuild.errors import UserError
from npubuild.files import write_atomically
from npubuild.registry import read_registry
from npubuild.registry.insertion import insert_entries

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project's own kernels, without the sources that the registry does not look at."""
    for name in ("c_kernels", "mlir"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dodo.py", "kernels.yaml"):
        shutil.copy(PROJECT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("clang++")), reason="neither g++ nor clang++ is installed")
@pytest.mark.parametrize("dtype", ["i8", "i16", "i32", "bf16", "f32"])
def test_a_new_kernel_builds_and_passes_at_once(project: Path, dtype: str) -> None:
    assert main(["new", "scale", "--dtype", dtype]) == 0
    assert read_registry(project / "kernels.yaml").kernels["scale"].entry.function == f"scale_{dtype}"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PEANO_INSTALL_DIR": "/nowhere", "NPUBUILD_CACHE": "off"}
    argv = [sys.executable, "-m", "doit", "test:scale", "sanitize=1"]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=project, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 PASS (emulated)" in done.stdout
    assert "warning" not in done.stdout


def test_the_rest_of_the_file_stays_as_it_is(project: Path) -> None:
    before = (project / "kernels.yaml").read_text().splitlines()
    known = read_registry(project / "kernels.yaml")
    assert main(["new", "scale"]) == 0
    after = (project / "kernels.yaml").read_text().splitlines()
    remaining = iter(after)
    assert all(line in remaining for line in before)
    registry = read_registry(project / "kernels.yaml")
    assert [name for name in registry.kernels if name not in known.kernels] == ["scale"]
    assert registry.kernels["scale"].entry.function == "scale_i8"
    assert list(registry.kernels)[:-1] == list(known.kernels)


def test_a_second_one_is_no_trouble_for_the_first(project: Path) -> None:
    assert main(["new", "scale"]) == 0
    assert main(["new", "double", "--device", "npu2"]) == 0  # a word of C++
    kernels = read_registry(project / "kernels.yaml").kernels
    assert (kernels["scale"].device, kernels["double"].device) == ("npu1", "npu2")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["canary"], "kernel `canary` exists already"),
        (["mel_fixed"], "object `mel_fixed.o` exists already"),
        (["quantise"], "c_kernels/quantise.py: exists already"),
        (["Scale"], "`Scale` is not a name (small letters, digits and `_`)"),
        (["../scale"], "`../scale` is not a name"),
        (["scale", "--device", "npu3"], "unknown device `npu3`"),
        (["scale", "--dtype", "f16"], "unknown dtype `f16`\nhint: did you mean `bf16`?"),
        (["types"], "`types` is a module of Python, which c_kernels/types.py would hide\nhint: take another name, like"),
        (["numpy"], "`numpy` is a module of NumPy, which c_kernels/numpy.py would hide"),
    ],
)
def test_what_is_there_is_not_overwritten(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert main(["new", *words]) == 2
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_outside_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "scale"]) == 2
    assert capsys.readouterr().err == "error: there is no kernels.yaml here: run this in the project's folder\n"
    assert list(tmp_path.iterdir()) == []


def test_in_a_folder_of_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project / "mlir")
    assert main(["new", "scale"]) == 0
    assert (project / "c_kernels" / "scale.cc").is_file()
    assert "made ../c_kernels/scale.cc, ../c_kernels/scale.py and the entry" in capsys.readouterr().out
    assert "scale" in read_registry(project / "kernels.yaml").kernels


def test_bf16_needs_its_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("canary.cc", "canary.py"):
        write_atomically(tmp_path / "c_kernels" / name, (PROJECT / "c_kernels" / name).read_bytes())
    whole = (PROJECT / "kernels.yaml").read_text()
    canary = whole[whole.index("kernels:\n") : whole.index("  mel:\n")]
    (tmp_path / "kernels.yaml").write_text(f"objects:\n  canary.o:\n    sources: [c_kernels/canary.cc]\n\n{canary}")
    assert main(["new", "scale", "--dtype", "bf16"]) == 2
    assert capsys.readouterr().err == (
        "error: c_kernels/bf16.h: is missing, and a kernel of bf16 needs it\n"
        "hint: copy bf16.h and bf16.py from the folder c_kernels of npubuild's repository\n"
    )
    assert main(["new", "scale", "--dtype", "f32"]) == 0


def test_entries_go_to_the_end_of_their_section() -> None:
    objects = "# head\nobjects:\n    a.o: {x: 1}  # one\n    # last\n"
    text = f"{objects}\n# kernels follow\nkernels:\n  b:\n    y: 2\n\n  c: 3\n# end\n"
    added = insert_entries(text.encode(), "k.yaml", {"objects": "n.o:\n  x: 2\n", "kernels": "n:\n  y: 3\n"})
    assert added == (
        f"{objects}    n.o:\n      x: 2\n\n# kernels follow\nkernels:\n  b:\n    y: 2\n\n  c: 3\n\n  n:\n    y: 3\n# end\n"
    )


@pytest.mark.parametrize(
    "text", ["{objects: {a: 1}, kernels: {b: 2}}", "objects: {a: 1}\nkernels: {b: 2}", "objects:\nkernels:\n", "- x"]
)
def test_a_file_without_a_place_for_it_is_left_alone(text: str) -> None:
    with pytest.raises(UserError):
        insert_entries(text.encode(), "k.yaml", {"objects": "n.o: 1\n"})
