"""Runs the `// RUN:` lines of tests/filecheck: input, command and expectation stand in one file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "filecheck"
FILES = sorted(path.name for path in FOLDER.glob("*.mlir"))


@pytest.mark.parametrize("name", FILES)
def test_filecheck(name, tmp_path):
    text = (FOLDER / name).read_text()
    commands = re.findall(r"^// RUN: (.+)$", text, re.MULTILINE)
    assert commands, "no RUN line"
    assert "CHECK" in text
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in commands:
        line = command.replace("%s", str(FOLDER / name)).replace("%t", str(tmp_path / "out"))
        argv = ["bash", "-o", "pipefail", "-c", line]
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_every_patch_has_a_filecheck_test():
    patches = Path(__file__).parents[2] / "npubuild" / "mlir" / "patch"
    names = {path.name.replace(".py", ".mlir") for path in patches.glob("[!_]*.py")}
    assert names <= set(FILES)
