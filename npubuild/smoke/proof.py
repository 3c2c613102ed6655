"""Whether the cases of a smoke test prove anything: a kernel that ignores its input must not pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from npubuild.mlir.elements import NUMPY_DTYPES
from npubuild.registry import Tolerance
from npubuild.smoke.elements import Floats, ulp
from npubuild.smoke.judgement import Expectation

SHOWN = 4  # cases that the message names


@dataclass(frozen=True)
class ProvenCase:
    """One case with one seed, named `what`, and the outputs that it expects within `tolerance`."""

    what: str
    expectations: Sequence[Expectation]
    tolerance: Tolerance

    @property
    def ideal(self) -> Floats:
        return np.concatenate([expectation.ideal for expectation in self.expectations])

    def constants(self) -> tuple[float, float] | None:
        """The least and the greatest number that all outputs may be equal to; None when there is no such number."""
        if self.tolerance.correlation is not None and np.ptp(self.ideal) > 0:  # outputs that are all equal have none
            return None
        low, high = -np.inf, np.inf
        for expectation in self.expectations:
            allowed = self._allowed(expectation)
            low, high = max(low, np.max(expectation.ideal - allowed)), min(high, np.min(expectation.ideal + allowed))
            if (numbers := _whole_numbers(expectation.buffer.dtype)) is not None:
                low, high = max(numbers.min, np.ceil(low)), min(numbers.max, np.floor(high))
        return (float(low), float(high)) if low <= high else None

    def _allowed(self, expectation: Expectation) -> Floats:
        if self.tolerance.max_ulp is None:
            return np.full_like(expectation.ideal, self.tolerance.max_error)
        return self.tolerance.max_ulp * ulp(expectation.ideal, expectation.buffer.dtype)

    def reason(self, constant: float) -> str:
        """Why outputs that are all equal to `constant` pass."""
        ideal = self.ideal
        if np.ptp(ideal) == 0:
            return f"{self.what} expects nothing but {ideal[0]:g}"
        if self.tolerance.max_ulp is None:
            allowed, error = f"{self.tolerance.max_error:g}", f"{np.abs(ideal - constant).max():.4g}"
        else:
            units = np.concatenate([ulp(item.ideal, item.buffer.dtype) for item in self.expectations])
            allowed, error = f"{self.tolerance.max_ulp:g} ulp", f"{(np.abs(ideal - constant) / units).max():.4g} ulp"
        return f"in {self.what}, a tolerance of {allowed} accepts outputs that are all {constant:g} (their error is {error})"


def proves_nothing(cases: Sequence[ProvenCase]) -> Iterator[str]:
    """What is wrong when outputs that are all equal to one number pass every case."""
    found = []
    for case in cases:
        constants = case.constants()
        if constants is None:
            return
        found.append(constants)
    low, high = max(low for low, _ in found), min(high for _, high in found)
    if low <= high:
        constant = 0.0 if low <= 0 <= high else (low + high) / 2
        if low.is_integer() and high.is_integer():
            constant = float(np.floor(constant))
        reasons = [case.reason(constant) for case in cases]
        more = f", and {len(reasons) - SHOWN} more" if len(reasons) > SHOWN else ""
        seen = ", ".join(reasons[:SHOWN]) + more
        yield f"the cases prove nothing, since a kernel that ignores its input could pass: {seen}"


def _whole_numbers(dtype: str) -> np.iinfo[Any] | None:
    """The range of an integer type; None for floating point."""
    found = np.dtype(NUMPY_DTYPES[dtype])
    return np.iinfo(found) if dtype != "bf16" and found.kind in "iu" else None
