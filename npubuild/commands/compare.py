"""`npubuild compare WORKING.mlir BROKEN.mlir`: what differs between two designs, and what of it matters."""

from __future__ import annotations

import argparse
import sys

from npubuild.compare import compare_designs
from npubuild.mlir.source import read_design


def run(arguments: argparse.Namespace) -> int:
    sys.stdout.write(compare_designs(read_design(arguments.working), read_design(arguments.broken)))
    return 0
