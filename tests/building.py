"""A small project with three kernels, and doit on it as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]

KERNELS = """\
objects:
  double.o:
    sources: [double.cc]
  copy.o:
    sources: [copy.cc]
kernels:
"""
KERNEL = """\
  {name}:
    summary: a test
    device: npu1
    object: {object}.o
    entry:
      function: {function}
      inputs: [{{name: x, shape: [64], dtype: i8}}]
      outputs: [{{name: y, shape: [64], dtype: i8}}]
    design: {{template: single_core}}
    smoke:
      reference: {object}_reference.py
      cases: [{{case: {case}, seeds: [1], tolerance: {{max_error: 0}}}}]
"""
DOUBLE = """\
#include "size.h"
extern "C" void twice(const signed char *x, signed char *y) {
  for (int i = 0; i < SIZE; i++) y[i] = x[i] * 2;
}
"""
COPY = 'extern "C" void copy(const char *x, char *y) { for (int i = 0; i < 64; i++) y[i] = x[i]; }\n'
REFERENCE = """\
import numpy as np
CASES = ("small", "same")
def draw(case, seed):
    drawn = np.random.default_rng(seed).integers(-60, 60, 64) if case == "small" else np.arange(64)
    return (drawn.astype(np.int8),)
def reference(x):
    return (x * 2.0,)
"""


def make_project(root: Path) -> None:
    """Three kernels and two objects, nothing built."""
    root.mkdir(exist_ok=True)
    shutil.copy(PROJECT / "dodo.py", root)
    # A copy, since an edit of npubuild while the tests run is a reason to build again.
    shutil.copytree(PROJECT / "npubuild", root / "npubuild", ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in (("double.cc", DOUBLE), ("size.h", "#define SIZE 64\n"), ("copy.cc", COPY)):
        (root / name).write_text(text)
    (root / "double_reference.py").write_text(REFERENCE)
    (root / "copy_reference.py").write_text(REFERENCE.replace("x * 2.0", "x * 1.0"))
    entries = (
        ("first", "double", "twice", "small"),
        ("second", "double", "twice", "same"),
        ("third", "copy", "copy", "same"),
    )
    (root / "kernels.yaml").write_text(
        KERNELS + "".join(KERNEL.format(name=n, object=o, function=f, case=c) for n, o, f, c in entries)
    )


def doit(root: Path, *words: str, python: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "PEANO_INSTALL_DIR": "/nowhere",
        "NPUBUILD_CACHE": "off",
        **variables,
    }
    argv = [sys.executable, *python, "-m", "doit", *words]
    return subprocess.run(argv, capture_output=True, text=True, cwd=root, env=environment, check=False)


def loaded(done: subprocess.CompletedProcess[str]) -> set[str]:
    """Top-level modules that a run with `-X importtime` imported."""
    return {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}


def executed(done: subprocess.CompletedProcess[str]) -> set[str]:
    """Tasks that ran: doit chooses the order among siblings."""
    return {line.split()[1] for line in done.stdout.splitlines() if line.startswith(".  ")}


def replace(file: Path, old: str, new: str, count: int = -1) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, count))
