"""Which version a tool is, by its wheel, by what its installation says of itself, or by asking it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from npubuild.process import query
from npubuild.toolchain.machine import Machine
from npubuild.toolchain.tool import Tool

WHEELS = {"peano": ("llvm-aie", "llvm_aie"), "aiecc": ("mlir_aie", "mlir_aie")}


def version_of(tool: Tool, machine: Machine) -> str:
    """A line of text; "" for a tool that was not found, or that does not say."""
    path = tool.search.path
    if path is None:
        return ""
    if tool.key in WHEELS and (wheel := _wheel_version(path, *WHEELS[tool.key])):
        return wheel
    if tool.key in {"xclbinutil", "pyxrt"} and (xrt := _xrt_version(path)):
        return xrt
    if tool.key == "npu":
        return ", ".join(f"{key} {text}" if key == "firmware" else text for key, text in tool.details.items())
    return "" if tool.key == "pyxrt" else _answer(path, machine)


def _wheel_version(path: Path, folder: str, distribution: str) -> str:
    """The version of the wheel that a file belongs to, from the name of its `.dist-info`."""
    for parent in path.parents:
        if parent.name == folder:
            found = sorted(parent.parent.glob(f"{distribution}-*.dist-info"))
            return found[-1].name[len(distribution) + 1 : -len(".dist-info")] if found else ""
    return ""


def _xrt_version(path: Path) -> str:
    """XRT leaves a `version.json` in its folder."""
    for parent in list(path.parents)[:2]:
        try:
            content = json.loads((parent / "version.json").read_text())
            return f"XRT {content['BUILD_VERSION']}"
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return ""


def _answer(path: Path, machine: Machine) -> str:
    """What the tool says to --version: the first line with a number of the form 1.2."""
    path_variable = machine.environment.get("PATH", "")
    answer = query([path, "--version"], environment={"PATH": f"{path.parent}:{path_variable}"})
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    return next((line for line in lines if re.search(r"\d+\.\d+", line)), lines[0] if lines else "")
