"""Random pipelines of fifos, links and cores: no false alarm, the same after printing, the right data twice in a row."""

from __future__ import annotations

import random

import numpy as np
import pytest

from npubuild.check import check_design
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.load import LoadedDesign
from npubuild.errors import Severity, UserError
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.placement.place import place
from tests.corruption import read_and_print
from tests.pipelines import Pipelines

TOO_MANY_CHANNELS = "channels-exhausted"


@pytest.mark.parametrize("seed", range(60))
def test_random_pipelines_do_what_they_say(seed: int):
    pipelines = Pipelines(random.Random(seed))  # noqa: S311  # nothing secret
    design = read_and_print(pipelines.text)
    try:
        place(design, design.device())
    except UserError as error:
        assert {found.rule for found in error.diagnostics} == {TOO_MANY_CHANNELS}  # noqa: PT017
        return
    found = check_design(design, xclbin_arguments=len(pipelines.arguments))
    assert [str(each) for each in found if each.severity is Severity.ERROR] == []
    loaded = LoadedDesign(design, design.device(), Kernels(), seed=seed)
    buffers = []
    for objects, result in zip(pipelines.inputs, pipelines.outputs, strict=True):
        buffers += [objects.reshape(-1).view(np.uint8).copy(), np.full(result.nbytes, 0xA5, np.uint8)]
    instructions = encode(lower(design))
    for _ in range(2):
        outcome = loaded.run(instructions, buffers)
        assert (outcome.status, outcome.explanation()) == ("completed", "")
        for buffer, result in zip(buffers[1::2], pipelines.outputs, strict=True):
            np.testing.assert_array_equal(buffer, result.reshape(-1).view(np.uint8))
            buffer[:] = 0xA5
