"""The dev containers and the workflow: well-formed, the NPU's flags in one of them only, and no path of any one machine."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from npubuild.toolchain.runtime import CONTAINER_FLAGS

PROJECT = Path(__file__).parents[2]
CONTAINERS = PROJECT / ".devcontainer"
FILES = ("devcontainer.json", "npu/devcontainer.json", "Dockerfile")
WORKFLOW = PROJECT / ".github" / "workflows" / "build.yml"


def container(name: str) -> dict[str, Any]:
    """A devcontainer.json, which may have comments."""
    text = (CONTAINERS / name).read_text()
    content: dict[str, Any] = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    return content


@pytest.mark.parametrize("name", FILES[:2])
def test_each_is_built_from_files_that_are_there(name: str) -> None:
    found = container(name)
    folder = (CONTAINERS / name).parent
    assert (folder / found["build"]["dockerfile"]).resolve() == CONTAINERS / "Dockerfile"
    assert (folder / found["build"]["context"]).resolve() == CONTAINERS
    assert "scripts/bootstrap" in found["postCreateCommand"]
    assert (PROJECT / "scripts" / "bootstrap").is_file()


@pytest.mark.parametrize("name", FILES[:2])
def test_cache_and_environment_outlive_the_container(name: str) -> None:
    """What the Dockerfile's variables name is a volume."""
    dockerfile = (CONTAINERS / "Dockerfile").read_text().replace("${USER}", "dev")
    folders = re.findall(r"NPUBUILD_(?:VENV|CACHE)=(\S+)", dockerfile)
    volumes = [mount for mount in container(name)["mounts"] if "type=volume" in mount]
    targets = [found for mount in volumes for found in re.findall(r"target=([^,]+)", mount)]
    assert len(folders) == 2
    assert all(any(folder.startswith(target) for target in targets) for folder in folders)


def test_the_default_asks_for_nothing_that_a_host_may_lack() -> None:
    found = container("devcontainer.json")
    assert not found.get("runArgs")
    assert all("type=volume" in mount for mount in found["mounts"])
    assert "accel" not in json.dumps(found)


def test_the_npu_s_has_what_the_doctor_asks_for() -> None:
    found = container("npu/devcontainer.json")
    arguments = found["runArgs"]
    assert {"--device=/dev/accel/accel0", "--ulimit=memlock=-1:-1"} <= set(arguments)
    assert any(argument.startswith("--group-add=") for argument in arguments)
    assert "source=/opt/xilinx/xrt,target=/opt/xilinx/xrt,type=bind,readonly" in found["mounts"]
    for flag in ("--device", "--ulimit", "--group-add"):
        assert flag in CONTAINER_FLAGS


def test_the_workflow_runs_the_emulated_toolchain_and_keeps_the_cache() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    commands = [step.get("run", "") for step in jobs["kernels"]["steps"]]
    assert "scripts/bootstrap doit build toolchain=emulated" in commands
    assert "scripts/bootstrap doit test toolchain=emulated device=emulator" in commands
    cached = [step["with"]["path"] for step in jobs["kernels"]["steps"] if step.get("uses", "").startswith("actions/cache@")]
    assert jobs["kernels"]["env"]["NPUBUILD_CACHE"].endswith(cached[0])
    assert jobs["tests"]["strategy"]["matrix"]["python"] == ["3.10", "3.11", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("path", [*(CONTAINERS / name for name in FILES), WORKFLOW], ids=lambda path: path.name)
def test_no_path_of_one_machine(path: Path) -> None:
    absolute = set(re.findall(r"(?<![\w.$}~])/(?:home|root|Users|work|tmp|mnt)/\w+", path.read_text()))
    assert absolute <= {"/home/dev"}
