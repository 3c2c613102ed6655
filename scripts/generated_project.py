"""A project with as many kernels as wanted, each with an object of its own, for scripts that measure and torment builds."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

SOURCE = """\
#include "shared.h"
extern "C" void kernel{number}(const signed char *x, signed char *y) {{
  for (int i = 0; i < SIZE; i++) y[i] = x[i] + {number} % 8;
}}
"""
HEADER = "#define SIZE 64\n"
REFERENCE = """\
import numpy as np
CASES = ("small",)
def draw(case, seed):
    return (np.random.default_rng(seed).integers(-60, 60, 64).astype(np.int8),)
def reference(x):
    return (x * 1.0,)
"""
KERNEL = """\
  k{number}:
    summary: one of many
    device: npu1
    object: k{number}.o
    entry:
      function: kernel{number}
      inputs: [{{name: x, shape: [64], dtype: i8}}]
      outputs: [{{name: y, shape: [64], dtype: i8}}]
    design: {{template: single_core}}
    smoke:
      reference: reference.py
      cases: [{{case: small, seeds: [1], tolerance: {{max_error: 8}}}}]
"""


def generate(folder: Path, count: int) -> Path:
    """Write the project into `folder`, and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "dodo.py", folder)
    (folder / "shared.h").write_text(HEADER)
    (folder / "reference.py").write_text(REFERENCE)
    numbers = range(count)
    for number in numbers:
        (folder / f"k{number}.cc").write_text(SOURCE.format(number=number))
    objects = "".join(f"  k{number}.o: {{sources: [k{number}.cc]}}\n" for number in numbers)
    kernels = "".join(KERNEL.format(number=number) for number in numbers)
    (folder / "kernels.yaml").write_text(f"objects:\n{objects}kernels:\n{kernels}")
    return folder


def environment(cache: Path | None = None, **variables: str) -> dict[str, str]:
    """What a build of such a project is started with."""
    place = str(cache) if cache else "off"
    return {**os.environ, "PYTHONPATH": str(ROOT), "NPUBUILD_CACHE": place, "PYTHONDONTWRITEBYTECODE": "", **variables}


def doit(*words: str) -> list[str]:
    return [sys.executable, "-m", "doit", *words]


def artefacts(folder: Path) -> dict[str, bytes]:
    """Everything that a build is for: manifests and what they name, but neither logs nor what only makes builds fast."""
    found = {}
    for path in sorted((folder / "build").rglob("*")):
        name = path.relative_to(folder).as_posix()
        of_one_step = name.count("/") > 2 and "/logs/" not in name
        if path.is_file() and (of_one_step or path.name.startswith(".npubuild-")):
            found[name] = path.read_bytes()
    return found
