"""`npubuild lower DESIGN.mlir -o insts.bin`, and `npubuild lower --with aiecc DESIGN.mlir` to compare."""

from __future__ import annotations

import argparse

from npubuild.errors import UserError
from npubuild.files import write_atomically
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import Design, read_design


def run(arguments: argparse.Namespace) -> int:
    if arguments.tool == "aiecc":
        return _hold_against_aiecc(read_design(arguments.design), arguments)
    if arguments.output is None:
        raise UserError.at(None, "no output file is named", hint="npubuild lower DESIGN.mlir -o insts.bin")
    design = read_design(arguments.design)
    write_atomically(arguments.output, encode(lower(design, arguments.device, arguments.sequence)))
    return 0


def _hold_against_aiecc(design: Design, arguments: argparse.Namespace) -> int:
    """Exit code 1 when the streams differ. An output file gets the stream of aiecc."""
    from npubuild.crosscheck import lower_with_aiecc
    from npubuild.toolchain.aiecc import open_aiecc
    from npubuild.toolchain.probe import missing, probe

    tool = probe().aiecc
    if tool.search.path is None:
        raise missing((tool,), "lower --with aiecc") or AssertionError
    aiecc = open_aiecc(tool.search.path)
    device = design.device(arguments.device)
    checked = lower_with_aiecc(design, device, design.sequence(device, arguments.sequence), aiecc)
    if arguments.output is not None:
        write_atomically(arguments.output, checked.theirs)
    name = f"{aiecc.path} ({aiecc.generation.title})"
    if checked.agrees:
        print(f"identical: {len(checked.ours)} bytes, as {name} makes them")
        return 0
    print(f"different: {len(checked.ours)} bytes here, {len(checked.theirs)} bytes from {name}\n\n{checked.difference}")
    return 1
