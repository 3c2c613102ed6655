"""Designs in the manner of real projects: read, printed, checked, lowered, run."""

from __future__ import annotations

import numpy as np
import pytest

from npubuild.emulator.array import Array
from npubuild.emulator.core import compile_core
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.run import run
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import decode, encode
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import parse_design, read_design, structurally_equal
from npubuild.mlir.spelling import Spelling
from npubuild.placement.place import place
from tests.real import basic, cores, matrix, movement, registers, vision  # noqa: F401  # they state the cases
from tests.real.case import CASES, FOLDER, Case

DESIGNS = sorted(path.stem for path in FOLDER.glob("*.mlir"))


def test_every_case_has_a_design():
    assert set(CASES) <= set(DESIGNS)


@pytest.mark.parametrize("spelling", list(Spelling))
@pytest.mark.parametrize("name", DESIGNS)
def test_printed_form_reads_back(name: str, spelling: Spelling):
    design = read_design(FOLDER / f"{name}.mlir")
    printed = print_design(design, spelling)
    again = parse_design(printed, "printed.mlir")
    assert structurally_equal(design, again)
    assert print_design(again, spelling) == printed


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_effect_on_data(case: Case):
    design = read_design(case.path)
    device = design.device(case.device)
    types = [argument.type for argument in design.sequence(device, case.runs[0]).block.args]
    arguments = case.draw(types)
    wanted = [argument.copy() for argument in arguments]
    for position, contents in case.expected(*wanted).items():
        wanted[position] = np.asarray(contents).astype(wanted[position].dtype).reshape(wanted[position].shape)
    placement = place(design, device)
    kernels = Kernels(dict(case.kernels))
    programs = {core.tile: compile_core(core, placement, kernels, design.place) for core in placement.cores}
    array = Array(placement, programs)
    for sequence in case.runs:
        stream = lower(design, case.device, sequence)
        binary = encode(stream)
        assert decode(binary, "insts.bin") == stream
        outcome = run(array, binary, [argument.reshape(-1).view(np.uint8) for argument in arguments])
        assert (outcome.status, outcome.explanation()) == ("completed", "")
    for found, expected in zip(arguments, wanted, strict=True):
        np.testing.assert_array_equal(found, expected)
