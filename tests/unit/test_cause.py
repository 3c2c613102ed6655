"""What outputs that equal the C++, but not the reference, tell of what is wrong with the C++."""

import numpy as np
import numpy.typing as npt
import pytest

from npubuild.registry import Buffer, Tolerance
from npubuild.smoke.cause import BLAME, cause
from npubuild.smoke.elements import Floats
from npubuild.smoke.judgement import Expectation, Tally

RAMP: Floats = np.linspace(-60, 59.5, 240)
NOISE: Floats = np.random.default_rng(1).normal(0, 30, 240)

OFFSET = (
    "the outputs of `y` are 6 below the reference throughout:"
    " a constant that is added, or in a logarithm a factor or shift?"
)  # fmt: skip


def told(found: npt.NDArray[np.generic], dtype: str, ideal: Floats, shape: tuple[int, ...] = (240,)) -> str:
    return cause(Buffer("y", shape, dtype), found.view(np.uint8).reshape(-1), ideal, Tolerance(1, 0.99))


def i8(values: Floats) -> npt.NDArray[np.int8]:
    return np.clip(np.rint(values), -128, 127).astype(np.int8)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (0 * RAMP, "all 240 outputs of `y` are 0, the reference spans -60..59.5: the scaling loses everything"),
        (0 * RAMP + 7, "all 240 outputs of `y` are 7, the reference spans -60..59.5"),
        (RAMP / 2, "the outputs of `y` are 0.50 times the reference: a shift that is one too large?"),
        (np.floor(RAMP / 4), "the outputs of `y` are 0.25 times the reference: a shift that is two too large?"),
        (RAMP * 4, "the outputs of `y` are 4.00 times the reference: a shift that is two too small?"),
        (RAMP / 2 + 36, "the outputs of `y` are 0.50 times the reference plus 36: a shift that is one too large?"),
        (RAMP - 6, OFFSET),
    ],
)
def test_it_is_evident(found: Floats, said: str) -> None:
    assert told(i8(found), "i8", RAMP) == said


@pytest.mark.parametrize("found", [RAMP, NOISE, RAMP + NOISE, -RAMP, RAMP * 0.75, RAMP * 1.1, np.where(RAMP > 50, 0, RAMP)])
def test_it_is_not(found: Floats) -> None:
    """Right within the tolerance, noise, a sign, a factor that is no shift, some wrong elements."""
    assert told(i8(found), "i8", RAMP) == ""


def test_orders_of_bytes_rows_and_columns() -> None:
    swapped = np.rint(NOISE * 100).astype(np.int16).byteswap()
    assert told(swapped, "i16", NOISE * 100) == (
        "the outputs of `y` are the reference's with the bytes of each element in the opposite order"
    )
    turned = i8(NOISE.reshape(12, 20).T.reshape(-1))
    assert told(turned, "i8", NOISE, (12, 20)) == "the outputs of `y` are the reference's with rows and columns exchanged"


def test_floating_point_and_what_is_no_number() -> None:
    half = (NOISE / 2).astype(np.float32)
    assert told(half, "f32", NOISE) == "the outputs of `y` are 0.50 times the reference: a shift that is one too large?"
    half[3] = np.nan
    assert told(half, "f32", NOISE) == ""


def judge(tally: Tally, what: str, found: Floats, exact: Floats) -> None:
    expectation = Expectation(Buffer("y", (240,), "i8"), 0, 0, i8(exact).view(np.uint8), RAMP)
    tally.add(what, [expectation], [i8(found).view(np.uint8)], Tolerance(1, None))


def test_the_line_stands_once_in_front_of_the_errors() -> None:
    tally = Tally()
    judge(tally, "run 1", -RAMP, -RAMP)
    assert tally.reasons[0] == BLAME
    judge(tally, "run 2", RAMP / 2, RAMP / 2)
    judge(tally, "run 3", RAMP / 4, RAMP / 4)
    shift = "the outputs of `y` are 0.50 times the reference: a shift that is one too large?"
    assert tally.reasons[0] == f"run 2: {BLAME}: {shift}"
    assert [reason.split(":")[0] for reason in tally.reasons[1:]] == ["run 1", "run 2", "run 3"]


def test_the_c_plus_plus_is_not_blamed_for_what_the_array_did() -> None:
    tally = Tally()
    judge(tally, "run 1", RAMP / 2, RAMP)
    assert [reason.split(" ")[2] for reason in tally.reasons] == ["`y`", "error"]
