"""How close a variant comes to a reference: soon, over its first rows, or surely, over all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnstep.check import Comparison, Expected
from rnnstep.check.comparison import CHUNK, errors
from rnnstep.diagnosis.variant import Slowly, Variant
from rnnstep.equations import Array
from rnnstep.trace import Trace

_SCREENED = 4
"""Rows that a variant is first judged by."""
_LEAST, _MOST = 1e-9, 1e9
"""Errors that are told apart: what is less or more counts as this."""
_NOTHING = 1e-3
"""Numbers as small as this are as good as zero where errors are a share of them."""

_Place = tuple[Expected, int, int]
"""A value that is expected, and from which to before which of its rows."""


@dataclass(frozen=True)
class Score:
    """How close a variant comes to the reference's first rows.

    Attributes:
        right: whether all of them are close enough.
        error: the mean logarithm of their errors, over those that it has values for.
        share: the mean of their errors as a share of what is expected, of at most 1: what is
            right counts here, however wrong the rest is.
    """

    right: bool
    error: float
    share: float


class Judge:
    """Compares variants with what is expected, and with the run itself.

    Args:
        comparison: the run and the reference.
        base: the run, with nothing done otherwise.
    """

    def __init__(self, comparison: Comparison, base: Variant) -> None:
        self._values = comparison.reference.values
        self._tolerance = comparison.tolerance
        self._base = base
        self._runs: dict[Expected, Trace] = {}
        self._ours: dict[tuple[Expected, int, int], Array] = {}

    def score(self, variant: Variant) -> Slowly[Score]:
        """How close a variant comes to the first rows of the reference."""
        right, logs, shares = True, [], []
        for expected in self._values:
            first = yield from self._first_rows(variant, expected)
            got, wanted, known = self._both(first, expected, 0, len(first))
            right = right and self._within(got, wanted)
            apart = np.clip(errors(got, wanted)[known], _LEAST, _MOST)
            logs.append(float(np.log10(apart).mean()) if apart.size else np.log10(_MOST))
            shares.append(float(_relative(apart, wanted[known]).mean()) if apart.size else 1.0)
        return Score(right, float(np.mean(logs)), float(np.mean(shares)))

    def verified(self, variant: Variant) -> Slowly[float | None]:
        """The largest error over the whole reference; ``None`` if it is not as the variant."""
        worst = 0.0
        for expected in self._values:
            compared = False
            trace = yield from self._reached(variant, expected)
            for block, place in self._blocks(variant, trace, expected):
                got, wanted, known = self._both(block, *place)
                if not self._within(got, wanted):
                    return None
                compared = compared or bool(known.any())
                worst = max(worst, float(errors(got, wanted).max(initial=0.0)))
                yield
            # what has nothing to compare explains nothing
            if not compared:
                return None
        return worst

    def same_as_base(self, variant: Variant) -> Slowly[bool]:
        """Whether a variant gives the same as the run itself, wherever something is expected."""
        for expected in self._values:
            # most differ soon, and need not be run to the end
            first = yield from self._first_rows(variant, expected)
            if not self._within(first, self._base_has(expected, 0, len(first))):
                return False
        for expected in self._values:
            trace = yield from self._reached(variant, expected)
            for block, place in self._blocks(variant, trace, expected):
                if not self._within(block, self._base_has(*place)):
                    return False
                yield
        return True

    def _first_rows(self, variant: Variant, expected: Expected) -> Slowly[Array]:
        """What a variant has where something is expected first."""
        rows = min(_SCREENED, len(expected.times))
        trace = variant.run_for(expected, rows)
        yield from variant.reach(trace, expected, 0, rows)
        return variant.read(trace, expected, 0, rows)

    def _reached(self, variant: Variant, expected: Expected) -> Slowly[Trace]:
        """A variant's run, as far as the first block of what is expected needs it."""
        trace = variant.run_for(expected, len(expected.times))
        yield from variant.reach(trace, expected, 0, CHUNK)
        return trace

    def _blocks(
        self, variant: Variant, trace: Trace, expected: Expected
    ) -> Iterator[tuple[Array, _Place]]:
        """All that a variant has, in blocks of rows, and which rows they are."""
        rows = len(expected.times)
        # of a batch, which is run anew each time, all at once
        size = CHUNK if variant.sequences is None else max(rows, 1)
        for start in range(0, rows, size):
            place = expected, start, min(start + size, rows)
            yield variant.read(trace, *place), place

    def _base_has(self, expected: Expected, start: int, stop: int) -> Array:
        """What the run itself has, computed once."""
        place = expected, start, stop
        if expected not in self._runs:
            self._runs[expected] = self._base.run_for(expected, len(expected.times))
        if place not in self._ours:
            self._ours[place] = self._base.read(self._runs[expected], *place)
        return self._ours[place]

    def _both(
        self, got: Array, expected: Expected, start: int, stop: int
    ) -> tuple[Array, Array, Array]:
        """What a variant gives, what is expected, and which rows it has anything for.

        A row that it has nothing for, as a state before the first, tells nothing.
        """
        wanted = np.asarray(expected.rows(start, stop), np.float64).reshape(stop - start, -1)
        known = np.asarray(~np.isnan(got).all(axis=1) | np.isnan(wanted).all(axis=1))
        return np.where(known[:, np.newaxis], got, wanted), wanted, known

    def _within(self, got: Array, wanted: Array) -> bool:
        """Whether no number is farther away than is tolerated."""
        apart = errors(got, wanted)
        with np.errstate(all="ignore"):
            share = np.where(apart == 0, 0.0, apart / self._tolerance.of(wanted))
        return bool((share <= 1).all())


def _relative(apart: Array, wanted: Array) -> Array:
    """Errors as a share of what is expected, at most 1; of almost nothing it would say nothing."""
    return np.asarray(np.minimum(apart / (_NOTHING + np.abs(wanted)), 1.0))
