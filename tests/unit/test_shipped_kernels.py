"""The kernels of kernels.yaml, built and tested with doit in a fresh copy of the project, as README says."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from npubuild.registry import read_registry
from npubuild.report.accuracy import accuracy_page

PROJECT = Path(__file__).parents[2]
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
    page = accuracy_page(read_registry(tested / "kernels.yaml"), tested / "build" / "emulated")
    assert page == (PROJECT / "docs" / "kernels.md").read_text(), "python -m npubuild.report.accuracy > docs/kernels.md"


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
