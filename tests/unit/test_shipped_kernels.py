"""The kernels of kernels.yaml, built and tested with doit in a fresh copy of the project, as README says."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from npubuild.registry import read_registry
from npubuild.report.accuracy import accuracy_page

PROJECT = Path(__file__).parents[2]
WALKTHROUGH = (PROJECT / "docs" / "writing-a-kernel.md").read_text()
COMPILER = "g++ (Debian 12.2.0"  # whose figures the documentation gives
KERNELS = read_registry(PROJECT / "kernels.yaml").kernels


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name in ("c_kernels", "mlir", "npubuild"):
        shutil.copytree(PROJECT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dodo.py", "kernels.yaml"):
        shutil.copy(PROJECT / name, root)
    return root


@pytest.fixture(scope="module")
def tested(project: Path) -> Path:
    done = doit(project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(KERNELS)} PASS (emulated)" in done.stdout
    return project


def doit(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    argv = [sys.executable, "-m", "doit", *words]
    return subprocess.run(argv, capture_output=True, text=True, cwd=root, env=environment, check=False)


@pytest.mark.parametrize("name", KERNELS)
def test_it_passes(tested: Path, name: str) -> None:
    result = json.loads((tested / "build" / "emulated" / name / "smoke.json").read_text())
    assert (result["status"], result["problems"], result["notes"]) == ("PASS", [], [])
    assert result["measures"]["exact"] is (True if KERNELS[name].object_file else None)
    assert result["measures"]["untouched"] == 0


def test_the_page_on_accuracy_is_current(tested: Path) -> None:
    page = accuracy_page(read_registry(tested / "kernels.yaml"))
    assert page == (PROJECT / "docs" / "kernels.md").read_text(), "python -m npubuild.report.accuracy > docs/kernels.md"


def _without_result(project: Path) -> None:
    (project / "build" / "emulated" / "canary" / "smoke.json").unlink()


def _failed(project: Path) -> None:
    file = project / "build" / "emulated" / "canary" / "smoke.json"
    file.write_text(file.read_text().replace("PASS", "FAIL"))


def _of_another_build(project: Path) -> None:
    file = project / "build" / "emulated" / "canary" / "smoke.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "manifest": "0" * 64}))


def _edited(project: Path) -> None:
    file = project / "kernels.yaml"
    file.write_text(
        file.read_text().replace("seeds: [1, 2], tolerance: {max_error: 0,", "seeds: [1], tolerance: {max_error: 9,")
    )


def _with_another_artefact(project: Path) -> None:
    (project / "build" / "emulated" / "canary" / "insts.bin").write_bytes(bytes(16))


def _with_another_reference(project: Path) -> None:
    with (project / "c_kernels" / "canary.py").open("a") as file:
        file.write("# other\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_without_result, "build/emulated/canary/smoke.json: there is no result of a smoke test of kernel `canary`"),
        (_failed, "build/emulated/canary/smoke.json: kernel `canary` is FAIL (emulated), not PASS"),
        (_of_another_build, "build/emulated/canary/smoke.json: is the result of another build of kernel `canary`"),
        (_edited, "kernels.yaml:38:3: kernel `canary` was tested before this: kernels.yaml: smoke: cases changed"),
        (_with_another_artefact, "build/emulated/canary/insts.bin: is not the one that this kernel's build made"),
        (
            _with_another_reference,
            "kernels.yaml:38:3: kernel `canary` was tested before this: program c_kernels/canary.py changed",
        ),
    ],
)
def test_the_page_tells_of_nothing_but_what_passed_as_it_is(
    tested: Path, tmp_path: Path, change: Callable[[Path], None], message: str
) -> None:
    project = tmp_path / "project"
    shutil.copytree(tested, project)
    change(project)
    argv = [sys.executable, "-m", "npubuild.report.accuracy"]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=project, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.count("error: ") == 1


@pytest.mark.parametrize("name", ["attention", "attention_4col", "attention_iron"])
def test_attention_is_within_two_steps_of_float64(tested: Path, name: str) -> None:
    measures = json.loads((tested / "build" / "emulated" / name / "smoke.json").read_text())["measures"]
    assert measures["correlation"] >= 0.999
    assert measures["max_error"] <= 2


def test_the_iron_design_unpatched_is_refused_before_it_runs(project: Path) -> None:
    """Eight arguments, where the metadata of an XCLBIN declare five buffers."""
    text = (project / "kernels.yaml").read_text()
    (project / "kernels.yaml").write_text(text.replace("pack-arguments, ", ""))
    done = doit(project, "test:attention_iron")
    (project / "kernels.yaml").write_text(text)
    assert done.returncode == 1
    assert "8 runtime-sequence arguments" in done.stdout
    assert "5 buffers [too-many-arguments]" in done.stdout
    assert "the patch `pack-arguments`" in done.stdout
    assert "1 SKIP (emulated)" in done.stdout


def copy_of(tested: Path, root: Path, file: str, old: str, new: str) -> Path:
    """A copy of the project, with one change of `attention`."""
    shutil.copytree(tested, root)
    text = (root / file).read_text()
    start = text.index("\n  attention:\n") if file == "kernels.yaml" else 0
    assert old in text[start:]
    (root / file).write_text(text[:start] + text[start:].replace(old, new, 1))
    return root


def documented(*starts: str) -> list[str]:
    """Lines of the walk-through that begin so, without what is left out behind `...`."""
    lines = WALKTHROUGH.splitlines()
    return [next(line for line in lines if line.startswith(start)).removesuffix(" ...") for start in starts]


def test_the_walk_through_shows_what_a_wrong_constant_gives(tested: Path, tmp_path: Path) -> None:
    done = doit(copy_of(tested, tmp_path / "p", "kernels.yaml", "value: 3,", "value: 4,"), "build:attention")
    [error] = documented("error: kernels.yaml")
    assert error in done.stdout + done.stderr


def test_the_walk_through_shows_what_a_small_stack_gives(tested: Path, tmp_path: Path) -> None:
    done = doit(copy_of(tested, tmp_path / "p", "kernels.yaml", "stack_size: 4096", "stack_size: 512"), "build:attention")
    said = done.stdout + done.stderr
    if COMPILER not in said:
        pytest.skip(f"the figures are those of {COMPILER})")
    for line in documented("error: c_kernels/attention_int8_64x64_tiled.cc:86", "hint: set `stack_size"):
        assert line in said


def test_the_walk_through_shows_what_a_write_past_the_end_gives(tested: Path, tmp_path: Path) -> None:
    source = "c_kernels/attention_int8_64x64_tiled.cc"
    root = copy_of(tested, tmp_path / "p", source, "out[row * kSize + i] =", "out[row * kSize + i + 1] =")
    doit(root, "test:attention", "sanitize=1")
    problems = json.loads((root / "build" / "emulated" / "attention" / "smoke.json").read_text())["problems"]
    [error] = documented("error: c_kernels/attention_int8_64x64_tiled.cc:99")
    assert any(error in problem for problem in problems), problems


def test_the_walk_through_composes_as_the_chain_does() -> None:
    block = WALKTHROUGH[WALKTHROUGH.index("def compose(") :]
    body = block[block.index("\n") : block.index("```")]
    assert body in (PROJECT / "c_kernels" / "encoder_chain.py").read_text()


def test_the_stacks_in_the_documentation_are_those_of_a_build(tested: Path) -> None:
    readme = " ".join((PROJECT / "c_kernels" / "README.md").read_text().split())
    listed = re.search(r"with what is called: (.*); all others below (\d+)", readme)
    assert listed is not None
    stated = {name: int(size) for name, size in re.findall(r"(\w+) (\d+)", listed[1])}
    for name in KERNELS:
        text = (tested / "build" / "emulated" / name / "logs" / "resources.txt").read_text()
        if COMPILER not in text and KERNELS[name].object_file:
            pytest.skip(f"the figures are those of {COMPILER})")
        needs = [int(size) - 64 for size in re.findall(r"^stack: (\d+) bytes", text, re.MULTILINE)]  # 64: the core's own
        if name in stated:
            assert needs == [stated[name]], name
        elif not any(name.startswith(f"{other}_") for other in stated) and name != "encoder_chain":
            assert max(needs) < int(listed[2]), name
    assert f"above the {stated['attention']} that the function was measured to need" in " ".join(WALKTHROUGH.split())
