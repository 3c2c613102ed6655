"""`npubuild compare WORKING.mlir BROKEN.mlir`: what differs between two designs, and what of it matters."""

from __future__ import annotations

import argparse

from npubuild.compare import compare_designs
from npubuild.mlir.source import read_design
from npubuild.terminal import say


def run(arguments: argparse.Namespace) -> int:
    say(compare_designs(read_design(arguments.working), read_design(arguments.broken)).rstrip("\n"))
    return 0
