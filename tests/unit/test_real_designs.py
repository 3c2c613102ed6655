"""Designs in the manner of real projects: read, printed, checked, lowered, run."""

from __future__ import annotations

import numpy as np
import pytest

from npubuild.emulator.kernels import Kernels
from npubuild.emulator.load import LoadedDesign
from npubuild.errors import UserError
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import decode, encode
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import parse_design, read_design, structurally_equal, verify_design
from npubuild.mlir.spelling import Spelling
from tests.corruption import prepare
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
    assert verify_design(design) == []
    device = design.device(case.device)
    types = [argument.type for argument in design.sequence(device, case.runs[0]).block.args]
    arguments = case.draw(types)
    wanted = [argument.copy() for argument in arguments]
    for position, contents in case.expected(*wanted).items():
        wanted[position] = np.asarray(contents).astype(wanted[position].dtype).reshape(wanted[position].shape)
    loaded = LoadedDesign(design, device, Kernels(dict(case.kernels)))
    for sequence in case.runs:
        stream = lower(design, case.device, sequence)
        binary = encode(stream)
        assert decode(binary, "insts.bin") == stream
        outcome = loaded.run(binary, [argument.reshape(-1).view(np.uint8) for argument in arguments])
        assert (outcome.status, outcome.explanation()) == ("completed", "")
    for found, expected in zip(arguments, wanted, strict=True):
        np.testing.assert_array_equal(found, expected)


OUTSIDE = {
    "cascade": ("memref.copy", "aie.put_cascade(%9 : vector<16xi32>)\nmemref.copy", "`aie.put_cascade` is not an operation"),
    "trace": ("aie.runtime_sequence", "aie.trace.config @t\naie.runtime_sequence", "`aie.trace.config` is not an operation"),
    "control-packet": ("aiex.npu.dma_wait", "aiex.control_packet {}\naiex.npu.dma_wait", "`aiex.control_packet` is not an"),
    "event": ("memref.copy", "aie.event(0)\nmemref.copy", "`aie.event` is not an operation"),
    "uncertain-arithmetic": (
        "memref.copy",
        "%9 = arith.constant 1.0 : f32\n%10 = math.exp %9 : f32\nmemref.copy",
        "`math.exp` has no result that is the same on every machine",
    ),
}


@pytest.mark.parametrize(("before", "after", "message"), OUTSIDE.values(), ids=OUTSIDE)
def test_what_is_not_modelled_is_refused_by_name_and_place(before: str, after: str, message: str):
    text = (FOLDER / "patterns_at_both_ends.mlir").read_text().replace(before, after)
    line = text[: text.index(after.splitlines()[-2].strip()[:12])].count("\n") + 1
    with pytest.raises(UserError) as refused:
        prepare(text)
    (found,) = refused.value.diagnostics
    assert message in found.message
    assert found.place is not None
    assert found.place.line == line
