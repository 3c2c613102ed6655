"""Which cases prove something: a kernel that gives one number for everything must not pass."""

import numpy as np
import pytest

from npubuild.registry import Buffer, Tolerance
from npubuild.smoke.judgement import Expectation
from npubuild.smoke.proof import ProvenCase, proves_nothing

NOTHING = "the cases prove nothing, since a kernel that ignores its input could pass: "


def case(what: str, ideal: list[float], tolerance: Tolerance, dtype: str = "i8") -> ProvenCase:
    buffer = Buffer("out", (len(ideal),), dtype)
    return ProvenCase(what, [Expectation(buffer, 0, 0, None, np.array(ideal, np.float64))], tolerance)


SILENT = case("silent", [0, 0, 0], Tolerance(0, None))


@pytest.mark.parametrize(
    ("cases", "reason"),
    [
        ([SILENT, SILENT], "silent expects nothing but 0, silent expects nothing but 0"),
        (
            [case("ramp", [-96, 0, 95], Tolerance(255, None))],
            "in ramp, a tolerance of 255 accepts outputs that are all 0 (their error is 96)",
        ),
        (
            [case("ramp", [-96, 0, 95], Tolerance(255, None)), SILENT],
            "in ramp, a tolerance of 255 accepts outputs that are all 0 (their error is 96), silent expects nothing but 0",
        ),
        (
            [case("ramp", [100.2, 104, 107.9], Tolerance(4, None))],
            "in ramp, a tolerance of 4 accepts outputs that are all 104 (their error is 3.9)",
        ),
        (
            [case("ramp", [1.0, 1.5], Tolerance(np.inf, None, 64), "bf16")],
            "in ramp, a tolerance of 64 ulp accepts outputs that are all 1.25 (their error is 32 ulp)",
        ),
    ],
)
def test_outputs_that_are_all_equal_pass(cases: list[ProvenCase], reason: str) -> None:
    assert list(proves_nothing(cases)) == [NOTHING + reason]


@pytest.mark.parametrize(
    "cases",
    [
        [case("ramp", [-96, 0, 95], Tolerance(255, 0.9))],
        [case("ramp", [-96, 0, 95], Tolerance(95, None)), SILENT],
        [case("ramp", [1.0, 1.5], Tolerance(np.inf, None, 16), "bf16")],
        [case("between", [100.2, 108.4], Tolerance(4.2, None))],
        [case("wide", [-9, 9], Tolerance(9, None)), case("high", [20, 30], Tolerance(6, None))],
        [case("sum of one", [1], Tolerance(0, None)), case("sum of another", [2], Tolerance(0, None))],
    ],
    ids=["correlation", "another case", "ulp", "no whole number", "no number fits both", "one output, two values"],
)
def test_something_is_proven(cases: list[ProvenCase]) -> None:
    assert list(proves_nothing(cases)) == []
