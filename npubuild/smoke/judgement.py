"""Holding the outputs of runs against the truth: the verdict, and the measures that stand beside it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from npubuild.registry import Buffer, Tolerance
from npubuild.smoke.cause import BLAME, cause
from npubuild.smoke.elements import Bytes, Floats, as_floats, ulp
from npubuild.smoke.host import Mask
from npubuild.smoke.result import Measures
from npubuild.smoke.sample import LARGEST, Sample, SampleOutput

SHOWN = 4  # differing elements that a message names


@dataclass(frozen=True)
class Expectation:
    """One output of one call: where it lies in which host buffer, and what it must be."""

    buffer: Buffer
    number: int
    offset: int
    exact: Bytes | None
    ideal: Floats
    written: Mask | None = None
    """The bytes that the C++ writes, if that is known: what it leaves unwritten is compared with nothing."""

    def same(self, one: Bytes, other: Bytes) -> bool:
        """Whether two outputs agree in all bytes that are compared."""
        equal = one == other
        return bool(np.all(equal if self.written is None else equal | ~self.written))

    @property
    def judged(self) -> Mask:
        """The elements that are compared."""
        if self.written is None:
            return np.ones(self.ideal.size, np.bool_)
        return np.asarray(self.written.reshape(self.ideal.size, -1).all(axis=1), np.bool_)

    def taken_from(self, buffers: Sequence[Bytes]) -> Bytes:
        return buffers[self.number][self.offset : self.offset + self.buffer.nbytes]


PoisonedRun = tuple[int, Sequence[Bytes]]
"""The byte that outputs were filled with before a run, and all host buffers after it."""


Seen = dict[str, Sequence[Bytes]]
"""All host buffers after each run, by the run's name."""


@dataclass
class Tally:
    """Measures gathered over all runs of a kernel, and what is wrong. `seen`, if it is wanted, collects all results."""

    exact: bool | None = None
    correlation: float | None = None
    max_error: float = 0.0
    max_ulp: float | None = None
    elements: int = 0
    nonzero: int = 0
    low: float = np.inf
    high: float = -np.inf
    untouched: int = 0
    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    seen: Seen | None = None
    sample: Sample | None = None
    _blamed: tuple[int, str] | None = None
    """Where in `problems` the line belongs that says what is wrong with the C++, and that line."""

    def add(self, what: str, expectations: Sequence[Expectation], buffers: Sequence[Bytes], tolerance: Tolerance) -> None:
        """Judge the outputs of one run; `what` names it in messages."""
        found, ideal = [], []
        known = len(self.problems)
        for expectation in expectations:
            data = expectation.taken_from(buffers)
            values = as_floats(data, expectation.buffer.dtype)
            found.append(values)
            ideal.append(expectation.ideal)
            self._refuse_infinite(what, expectation, values)
            self._measure_ulps(what, expectation, values, tolerance)
            if expectation.exact is not None:
                same = expectation.same(data, expectation.exact)
                self.exact = same and self.exact is not False
                if not same:
                    wanted = as_floats(expectation.exact, expectation.buffer.dtype)
                    self.problems.append(f"{what}: {_differences(expectation, values, wanted)}")
        judged = np.concatenate([expectation.judged for expectation in expectations])
        self._measure(what, np.concatenate(found), np.concatenate(ideal), judged, tolerance)
        good = len(self.problems) == known
        if not good:
            self._blame(what, known, expectations, buffers, tolerance)
        if sum(map(len, found)) <= LARGEST and (self.sample is None or (self.sample.good and not good)):
            names = [(expectation.buffer.name, expectation.buffer.shape) for expectation in expectations]
            outputs = [SampleOutput(*name, *values) for name, *values in zip(names, found, ideal, strict=True)]
            self.sample = Sample(what, good, tuple(outputs))

    def _blame(
        self,
        what: str,
        place: int,
        expectations: Sequence[Expectation],
        buffers: Sequence[Bytes],
        tolerance: Tolerance,
    ) -> None:
        """Say once that the C++ is at fault, if the array did what it says: of the first run whose numbers tell more."""
        taken = [(expectation, expectation.taken_from(buffers)) for expectation in expectations]
        if not all(
            expectation.exact is not None and expectation.same(data, expectation.exact) for expectation, data in taken
        ):
            return
        if self._blamed and self._blamed[1] != BLAME:
            return
        whole = ((expectation, data) for expectation, data in taken if expectation.judged.all())
        causes = (cause(item.buffer, data, item.ideal, tolerance) for item, data in whole)
        evident = next(filter(None, causes), "")
        first = self._blamed[0] if self._blamed else place
        self._blamed = (first, f"{what}: {BLAME}: {evident}" if evident else BLAME)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The problems, with what the numbers tell of their cause in front of those that are about numbers."""
        if self._blamed is None:
            return tuple(self.problems)
        place, line = self._blamed
        return (*self.problems[:place], line, *self.problems[place:])

    def _refuse_infinite(self, what: str, expectation: Expectation, values: Floats) -> None:
        """No tolerance allows what is no number, since all numbers of a reference are finite."""
        buffer, judged = expectation.buffer, expectation.judged
        for name, wrong in (("nan", np.isnan(values)), ("inf", np.isinf(values))):
            places = np.flatnonzero(wrong & judged)
            if places.size:
                verb = "is" if places.size == 1 else "are"
                outputs = f"{places.size} of {values.size} outputs of `{buffer.name}`"
                self.problems.append(f"{what}: {outputs} {verb} {name}, the first at {places[0]}")

    def _measure_ulps(self, what: str, expectation: Expectation, found: Floats, tolerance: Tolerance) -> None:
        if tolerance.max_ulp is None:
            return
        errors = np.abs(found - expectation.ideal) / ulp(expectation.ideal, expectation.buffer.dtype)
        judged, finite = expectation.judged, np.isfinite(found)
        errors[~(judged & finite)] = 0  # they are named already
        self.max_ulp = max(self.max_ulp or 0.0, float(errors.max()) if finite[judged].all() else np.inf)
        worst = int(np.argmax(errors))
        if (error := float(errors[worst])) > tolerance.max_ulp:
            where = f"element {worst} of `{expectation.buffer.name}`: got {found[worst]:g}"
            where = f"{where}, reference {expectation.ideal[worst]:.6g}"
            self.problems.append(f"{what}: error of {error:.4g} ulp exceeds {tolerance.max_ulp:g} ({where})")

    def _measure(self, what: str, found: Floats, ideal: Floats, judged: Mask, tolerance: Tolerance) -> None:
        self.elements += found.size
        self.nonzero += int(np.count_nonzero(found))
        finite = np.isfinite(found)
        all_finite = bool(finite[judged].all())
        self.low = min(self.low, float(found.min(where=finite, initial=np.inf)))
        self.high = max(self.high, float(found.max(where=finite, initial=-np.inf)))
        errors = np.abs(found - ideal)
        errors[~(judged & finite)] = 0  # they are named already
        self.max_error = max(self.max_error, float(errors.max()) if all_finite else np.inf)
        worst = int(np.argmax(errors))
        if (error := float(errors[worst])) > tolerance.max_error:
            where = f"element {worst}: got {found[worst]:g}, reference {ideal[worst]:.6g}"
            beyond = np.flatnonzero(errors > tolerance.max_error)
            count = f"; {beyond.size} of {found.size} elements do, from {beyond[0]} on" if beyond.size > 1 else ""
            self.problems.append(f"{what}: error {error:.4g} exceeds {tolerance.max_error:g} ({where}){count}")
        if all_finite and judged.any():
            self._measure_correlation(what, found[judged], ideal[judged], tolerance)

    def _measure_correlation(self, what: str, found: Floats, ideal: Floats, tolerance: Tolerance) -> None:
        value = correlation(found, ideal)
        if value is not None:
            self.correlation = value if self.correlation is None else min(self.correlation, value)
        if tolerance.correlation is not None and (value is None or value < tolerance.correlation):
            seen = "is not defined, as all outputs are equal" if value is None else f"is {value:.9f}"
            self.problems.append(f"{what}: the correlation {seen}; at least {tolerance.correlation:g} is needed")

    def add_untouched(self, what: str, expectations: Sequence[Expectation], runs: Sequence[PoisonedRun]) -> None:
        """Count the output bytes that still held the poison after every one of `runs`."""
        for expectation in expectations:
            kept = np.logical_and.reduce([expectation.taken_from(buffers) == poison for poison, buffers in runs])
            count = int(np.count_nonzero(kept))
            self.untouched += count
            if count:
                first = int(np.argmax(kept))
                name, size = expectation.buffer.name, expectation.buffer.nbytes
                self.problems.append(f"{what}: {count} of {size} bytes of `{name}` were never written, from byte {first} on")

    def measures(self) -> Measures | None:
        """The summary; None when no run completed."""
        if not self.elements:
            return None
        return Measures(
            exact=self.exact,
            correlation=self.correlation,
            max_error=self.max_error,
            nonzero=self.nonzero / self.elements,
            low=self.low,
            high=self.high,
            untouched=self.untouched,
            seconds=statistics.median(self.seconds) if self.seconds else 0.0,
            runs=len(self.seconds),
            max_ulp=self.max_ulp,
        )


def correlation(found: Floats, ideal: Floats) -> float | None:
    """Pearson's correlation; None where one side is constant or not finite, so that it is not defined."""
    if not np.isfinite(found).all() or np.ptp(found) == 0 or np.ptp(ideal) == 0:
        return None
    a, b = (_centred(values) for values in (found, ideal))
    # Rounding may exceed 1 by an ulp, which a tolerance of exactly 1 should not see.
    return float(np.clip(np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b)), -1.0, 1.0))


def _centred(values: Floats) -> Floats:
    """The distances from the mean, by a power of two near 1: squares of the largest and least float64 are none."""
    scaled = np.ldexp(values, -int(np.frexp(np.abs(values).max())[1]))
    distances: Floats = scaled - scaled.mean()
    return np.ldexp(distances, -int(np.frexp(np.abs(distances).max())[1]))


def _differences(expectation: Expectation, found: Floats, wanted: Floats) -> str:
    """How many elements differ from the host's call, and the first of them."""
    equal = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    places = np.flatnonzero(~equal & expectation.judged)
    # Equal as numbers, yet not as bytes: zeros of both signs, or different NaNs.
    if not places.size:
        return f"`{expectation.buffer.name}` differs from the host's call in the bits of zeros or NaNs"
    shown = ", ".join(f"[{place}] expected {wanted[place]:g}, got {found[place]:g}" for place in places[:SHOWN])
    more = ", ..." if places.size > SHOWN else ""
    count = f"{places.size} of {found.size} elements"
    return f"`{expectation.buffer.name}` differs from the host's call in {count}: {shown}{more}"


def agree(expectations: Sequence[Expectation], first: Sequence[Bytes], other: Sequence[Bytes]) -> bool:
    """Whether two runs with the same inputs gave the same outputs, byte for byte."""
    return all(item.same(item.taken_from(first), item.taken_from(other)) for item in expectations)
