"""The search for what the other side does otherwise: one thing, or two or three together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from rnnstep.check import Comparison, Expected, Tolerance
from rnnstep.check.comparison import errors
from rnnstep.diagnosis.functions import cell_changes
from rnnstep.diagnosis.kernels import weight_changes
from rnnstep.diagnosis.running import run_changes
from rnnstep.diagnosis.variant import Change, Variant
from rnnstep.equations import Array
from rnnstep.errors import RnnstepError

SCREENED = 4
"""Rows that a variant is first judged by."""
_BEAM = 16
"""Pairs, the best ones, that a third change is tried with."""


@dataclass(frozen=True, eq=False)
class Finding:
    """A variant that gives what is expected.

    Attributes:
        variant: what is done otherwise.
        error: its largest error over the whole reference.
    """

    variant: Variant
    error: float

    @property
    def words(self) -> str:
        """What is done otherwise."""
        return "; ".join(change.words for change in self.variant.changes)


@dataclass(frozen=True)
class Tried:
    """How far the search is: so many variants were tried, of ``depth`` changes each."""

    variants: int
    depth: int


@dataclass(frozen=True, eq=False)
class Score:
    """How close a variant comes to the reference's first rows.

    Attributes:
        right: how many rows of each value are right before the first that is not, together.
        excess: the mean logarithm of the error as a share of what is tolerated.
    """

    right: int
    excess: float

    @property
    def rank(self) -> tuple[int, float]:
        """Better ones first."""
        return -self.right, self.excess


class Solver:
    """Tries what the other side may do otherwise.

    Args:
        comparison: the run and the reference, which differ.
        state: the states that the run was started from, by the model's names.
    """

    def __init__(self, comparison: Comparison, state: Mapping[str, Array] | None = None) -> None:
        self.comparison = comparison
        trace = comparison.trace
        self.base = Variant(trace.model, np.asarray(trace.xs), state or {})
        compared = max((one.layer for one in comparison.reference.values), default=0)
        self.changes = tuple(all_changes(self.base, compared))
        self.tried = 0
        self.unseen: list[Change] = []
        """Changes that make no difference on this data: it cannot tell of them."""

    def search(self, most: int = 3) -> Iterator[Tried | Finding]:
        """Try single changes, then pairs, then triples, until some give what is expected.

        Args:
            most: changes together at the most.

        Yields:
            how far it is, and every variant of the fewest changes that gives what is expected.
        """
        level = [(self.base, self.score(self.base, SCREENED))]
        for depth in range(1, most + 1):
            found = False
            scored: list[tuple[Variant, Score]] = []
            for variant in self._next(level):
                self.tried += 1
                if self.tried % 16 == 0:
                    yield Tried(self.tried, depth)
                try:
                    score = self.score(variant, SCREENED)
                    finding = self._verified(variant) if score.excess <= 0 else None
                except RnnstepError:
                    continue
                if depth == 1 and self._same_as_base(variant):
                    self.unseen.append(variant.changes[0])
                    continue
                if finding is not None:
                    found = True
                    yield finding
                scored.append((variant, score))
            if found:
                return
            scored.sort(key=lambda one: one[1].rank)
            level = scored if depth == 1 else scored[:_BEAM]

    def _next(self, level: list[tuple[Variant, Score]]) -> Iterator[Variant]:
        """Each variant of a level with one change more, in an order of the changes."""
        places = {change: place for place, change in enumerate(self.changes)}
        for variant, _ in level:
            kinds = {change.kind for change in variant.changes}
            last = max((places[change] for change in variant.changes), default=-1)
            pairs = len(variant.changes) == 1
            for place, change in enumerate(self.changes):
                if change.kind in kinds or (pairs and place < last) or change in self.unseen:
                    continue
                changed = change.of(variant)
                if changed is not None:
                    yield changed

    def score(self, variant: Variant, rows: int | None = None) -> Score:
        """How close a variant comes to the reference, or to its first rows."""
        right, logs = 0, []
        for expected in self.comparison.reference.values:
            count = len(expected.times) if rows is None else min(rows, len(expected.times))
            share = _share(self.comparison.tolerance, *self._both(variant, expected, count))
            wrong = np.flatnonzero(share > 1)
            right += int(wrong[0]) if len(wrong) else count
            logs.append(float(np.log10(np.clip(share, 1e-12, 1e12)).max()))
        return Score(right, float(np.mean(logs)) if max(logs) > 0 else max(logs))

    def _both(self, variant: Variant, expected: Expected, rows: int) -> tuple[Array, Array]:
        wanted = np.asarray(expected.rows(0, rows), np.float64).reshape(rows, -1)
        got = variant.outputs(expected, rows)
        # a row that the variant has nothing for, as a state before the first, tells nothing
        got = np.where(np.isnan(got).all(axis=1, keepdims=True) & ~np.isnan(wanted), wanted, got)
        return got, wanted

    def _verified(self, variant: Variant) -> Finding | None:
        """The variant, if all of the reference is as it has it."""
        worst = 0.0
        for expected in self.comparison.reference.values:
            got, wanted = self._both(variant, expected, len(expected.times))
            if (_share(self.comparison.tolerance, got, wanted) > 1).any():
                return None
            worst = max(worst, float(errors(got, wanted).max(initial=0.0)))
        return Finding(variant, worst)

    def _same_as_base(self, variant: Variant) -> bool:
        """Whether a variant gives the same as the run itself, wherever something is expected."""
        for expected in self.comparison.reference.values:
            rows = len(expected.times)
            got, ours = variant.outputs(expected, rows), self.base.outputs(expected, rows)
            if (_share(self.comparison.tolerance, got, ours) > 1).any():
                return False
        return True


def all_changes(base: Variant, last: int) -> Iterator[Change]:
    """Everything that the other side may do otherwise, layer by layer up to the ``last``."""
    several = len(base.model.layers) > 1
    for index, layer in enumerate(base.model.layers[: last + 1]):
        where = f" of {layer.name}" if several else ""
        yield from weight_changes(index, layer, where)
        yield from cell_changes(index, layer, where)
    yield from (replace(change, run=True) for change in run_changes(base))


def _share(tolerance: Tolerance, got: Array, wanted: Array) -> Array:
    """The largest error of each row, as a share of what is tolerated."""
    apart = errors(got, wanted)
    with np.errstate(all="ignore"):
        share = np.where(apart == 0, 0.0, apart / tolerance.of(wanted))
    return np.asarray(share.max(axis=1, initial=0.0))
