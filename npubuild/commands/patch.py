"""`npubuild patch DESIGN.mlir --pass NAME ... -o OUT.mlir`: the proof on standard output, the design in the file."""

from __future__ import annotations

import argparse

from npubuild.files import write_atomically
from npubuild.lowering.patching import apply
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import read_design
from npubuild.mlir.spelling import Spelling


def run(arguments: argparse.Namespace) -> int:
    design, steps = apply(read_design(arguments.design), arguments.passes)
    write_atomically(arguments.output, print_design(design, Spelling(arguments.spelling)))
    for step in steps:
        print(step)
    return 0
