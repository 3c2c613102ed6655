"""`npubuild generate KERNEL -o OUT.mlir`: the design of a kernel of kernels.yaml, patches applied."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.files import write_atomically
from npubuild.lowering.patching import apply
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import parse_design
from npubuild.pipeline.design_source import obtain_design
from npubuild.registry import read_registry


def run(arguments: argparse.Namespace) -> int:
    root = Path.cwd()
    registry = read_registry(root / "kernels.yaml")
    kernel = registry.kernels.get(arguments.kernel)
    if kernel is None:
        raise UserError.at(
            Place("kernels.yaml"), f"has no kernel `{arguments.kernel}`", hint=f"there are: {', '.join(registry.kernels)}"
        )
    with tempfile.TemporaryDirectory(prefix="npubuild-") as scratch:
        obtained = obtain_design(kernel, root, Path(scratch) / "design.log")
    design, steps = apply(parse_design(obtained.text, obtained.origin), kernel.patches)
    write_atomically(arguments.output, print_design(design))
    for step in steps:
        print(step)
    return 0
