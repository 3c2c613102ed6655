from dataclasses import replace

import numpy as np
import pytest

from npubuild.registry import Buffer, Tolerance
from npubuild.smoke.elements import Bytes, Floats, as_floats, ulp
from npubuild.smoke.judgement import Expectation, Tally, agree, correlation

OUT = Buffer("out", (4,), "i8")
EXACT = Tolerance(0.5, 0.99)


def expect(ideal: list[float], exact: list[int] | None, offset: int = 0) -> Expectation:
    data = None if exact is None else np.array(exact, np.int8).view(np.uint8)
    return Expectation(OUT, 0, offset, data, np.array(ideal, np.float64))


def found(*values: int) -> list[Bytes]:
    return [np.array(values, np.int8).view(np.uint8)]


def test_a_good_run() -> None:
    tally = Tally()
    tally.add("run 1", [expect([1, 2, 3.25, -4], [1, 2, 3, -4])], found(1, 2, 3, -4), EXACT)
    tally.seconds += [0.5, 0.1, 0.2]
    measures = tally.measures()
    assert tally.problems == []
    assert measures is not None
    assert (measures.exact, measures.max_error, measures.nonzero, measures.runs) == (True, 0.25, 1.0, 3)
    assert (measures.low, measures.high, measures.seconds) == (-4, 3, 0.2)
    assert measures.correlation == pytest.approx(0.9997, abs=1e-3)


def test_a_difference_from_the_host_s_call_is_shown_by_index() -> None:
    tally = Tally()
    tally.add("run 1", [expect([1, 2, 3, 4], [1, 2, 3, 4])], found(1, -2, 3, 0), Tolerance(100, None))
    assert tally.problems == [
        "run 1: `out` differs from the host's call in 2 of 4 elements: [1] expected 2, got -2, [3] expected 4, got 0"
    ]
    assert tally.exact is False


def test_one_good_run_does_not_mend_a_bad_one() -> None:
    tally = Tally()
    for value in (3, 4):
        tally.add("run", [expect([1, 2, 3, 4], [1, 2, 3, 4])], found(1, 2, 3, value), Tolerance(100, None))
    assert tally.exact is False


def test_exactness_is_no_excuse_for_a_wrong_kernel() -> None:
    """All zeros, just as the host computes them: the float reference finds out."""
    tally = Tally()
    tally.add("run 1", [expect([1, -2, 3, -4], [0, 0, 0, 0])], found(0, 0, 0, 0), EXACT)
    assert tally.exact is True
    assert tally.problems == [
        "run 1: error 4 exceeds 0.5 (element 3: got 0, reference -4); 4 of 4 elements do, from 0 on",
        "run 1: the correlation is not defined, as all outputs are equal; at least 0.99 is needed",
    ]


def test_a_design_without_c_has_no_exactness() -> None:
    tally = Tally()
    tally.add("run 1", [expect([1, 2, 3, 4], None)], found(1, 2, 3, 4), EXACT)
    assert tally.exact is None
    assert tally.problems == []


@pytest.mark.parametrize("tolerance", [Tolerance(1e9, 0.9), Tolerance(np.inf, None, 1e9)])
def test_no_tolerance_allows_nan(tolerance: Tolerance) -> None:
    """It is said as such, and the range is that of the numbers among the outputs."""
    buffer = Buffer("out", (4,), "f32")
    data = np.array([1, np.nan, -np.inf, np.nan], np.float32).view(np.uint8)
    tally = Tally()
    tally.add("run 1", [Expectation(buffer, 0, 0, data, np.array([1.0, 2, 3, 4]))], [data], tolerance)
    assert tally.problems == [
        "run 1: 2 of 4 outputs of `out` are nan, the first at 1",
        "run 1: 1 of 4 outputs of `out` is inf, the first at 2",
    ]
    measures = tally.measures()
    assert measures is not None
    assert (measures.exact, measures.correlation, measures.low, measures.high) == (True, None, 1, 1)
    assert np.inf in {measures.max_error, measures.max_ulp}


def test_numbers_beside_nan_are_judged() -> None:
    data = np.array([np.nan, 5], np.float32).view(np.uint8)
    tally = Tally()
    expectation = Expectation(Buffer("out", (2,), "f32"), 0, 0, data, np.array([1.0, 2.0]))
    tally.add("run 1", [expectation], [data], Tolerance(1, None))
    assert tally.problems[1:] == ["run 1: error 3 exceeds 1 (element 1: got 5, reference 2)"]


def test_bytes_that_no_run_wrote() -> None:
    tally = Tally()
    first = np.array([0xA5, 0xA5, 1, 0xA5], np.uint8)
    second = np.array([0xA5, 0x5A, 1, 0x5A], np.uint8)  # byte 0 really is 0xA5; bytes 1 and 3 are the poison
    tally.add_untouched("case", [expect([0] * 4, None)], [(0xA5, [first]), (0x5A, [second])])
    assert tally.untouched == 2
    assert tally.problems == ["case: 2 of 4 bytes of `out` were never written, from byte 1 on"]


def test_what_the_c_plus_plus_leaves_unwritten_is_compared_with_nothing() -> None:
    expectation = replace(expect([1, 2, 3, 4], [1, 2, 3, 0]), written=np.array([True, True, True, False]))
    tally = Tally()
    tally.add("run 1", [expectation], found(1, 2, 3, -91), EXACT)
    assert (tally.problems, tally.exact, tally.max_error) == ([], True, 0)
    assert agree([expectation], found(1, 2, 3, 0), found(1, 2, 3, 9))
    tally.add("run 2", [expectation], found(1, 2, 0, -91), Tolerance(9, None))
    assert tally.problems == ["run 2: `out` differs from the host's call in 1 of 4 elements: [2] expected 3, got 0"]
    nothing = replace(expectation, written=np.zeros(4, np.bool_))
    tally.add("run 3", [nothing], found(1, 2, 0, -91), EXACT)
    assert len(tally.problems) == 1


def test_agreement_looks_at_outputs_only() -> None:
    item = expect([0] * 4, None, offset=4)
    assert agree([item], found(0, 0, 0, 0, 1, 2, 3, 4), found(9, 9, 9, 9, 1, 2, 3, 4))
    assert not agree([item], found(0, 0, 0, 0, 1, 2, 3, 4), found(0, 0, 0, 0, 1, 2, 3, 5))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 1, 1], [1, 2, 3], None),
        ([1, np.inf, 3], [1, 2, 3], None),
        ([1e300, 2e300, 3e300], [1e-300, 2e-300, 3e-300], 1.0),
    ],
)
def test_correlation(a: list[float], b: list[float], expected: float | None) -> None:
    values: Floats = np.array(a, np.float64)
    assert correlation(values, np.array(b, np.float64)) == expected


def test_numbers_of_every_type() -> None:
    assert as_floats(np.array([255], np.uint8), "i8").tolist() == [-1]
    assert as_floats(np.array([255], np.uint8), "ui8").tolist() == [255]
    assert as_floats(np.array([0x80, 0x3F], np.uint8), "bf16").tolist() == [1.0]
    assert as_floats(np.array([1.5], np.float32).view(np.uint8), "f32").tolist() == [1.5]


def test_ulps_are_those_of_the_reference_s_magnitude() -> None:
    numbers: Floats = np.array([1.0, 1.99, -2.0, 3e-39, 0.0], np.float64)
    assert ulp(numbers, "bf16").tolist() == [2.0**-7, 2.0**-7, 2.0**-6, 2.0**-133, 2.0**-133]
    assert ulp(numbers, "f32").tolist() == [2.0**-23, 2.0**-23, 2.0**-22, 2.0**-149, 2.0**-149]
    assert ulp(numbers, "i8").tolist() == [1] * 5


@pytest.mark.parametrize(("bits", "good"), [(0x3F80, True), (0x3F82, True), (0x3F83, False), (0x7FC0, False)])
def test_floats_are_judged_in_ulps(bits: int, good: bool) -> None:
    tally = Tally()
    buffer = Buffer("out", (2,), "bf16")
    data = np.array([bits, 0], np.uint16).view(np.uint8)
    tally.add("run 1", [Expectation(buffer, 0, 0, None, np.array([1.0, 0.0]))], [data], Tolerance(np.inf, None, 2))
    assert (not tally.problems) is good
    if bits == 0x3F83:
        assert tally.problems == [
            "run 1: error of 3 ulp exceeds 2 (element 0 of `out`: got 1.02344, reference 1)",
        ]
    measures = tally.measures()
    assert measures is not None
    assert measures.max_ulp == {0x3F80: 0, 0x3F82: 2, 0x3F83: 3, 0x7FC0: np.inf}[bits]
