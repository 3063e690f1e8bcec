"""The search for what the other side does otherwise: one thing, or two or three together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnnstep.check import Comparison, Expected, Tolerance
from rnnstep.check.comparison import errors
from rnnstep.diagnosis.axes import Batched, axis_changes
from rnnstep.diagnosis.functions import cell_changes
from rnnstep.diagnosis.kernels import weight_changes
from rnnstep.diagnosis.peepholes import peephole_changes
from rnnstep.diagnosis.readings import ORDER, Read, reading_changes
from rnnstep.diagnosis.running import run_changes
from rnnstep.diagnosis.stack import stack_changes
from rnnstep.diagnosis.variant import Change, Variant
from rnnstep.equations import Array
from rnnstep.errors import RnnstepError
from rnnstep.trace import Trace

SCREENED = 4
"""Rows that a variant is first judged by."""
_BEAM = 16
"""Pairs, the best ones by either measure, that a third change is tried with."""
_LEAST, _MOST = 1e-9, 1e9
"""Errors that are told apart: what is less or more counts as this."""
_NOTHING = 1e-3
"""Numbers as small as this are as good as zero where errors are a share of them."""


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
        right: whether all of them are close enough.
        error: the mean logarithm of their errors, over those that it has values for.
        share: the mean of their errors as a share of what is expected, of at most 1: what is
            right counts here, however wrong the rest is.
    """

    right: bool
    error: float
    share: float


class Solver:
    """Tries what the other side may do otherwise.

    Args:
        comparison: the run and the reference, which differ.
        read: reads the weight file with its gates in another order, if there is a file.
        batch: what the sequence is one of, if it is one of several.
    """

    def __init__(
        self, comparison: Comparison, read: Read | None = None, batch: Batched | None = None
    ) -> None:
        self.comparison = comparison
        trace = comparison.trace
        self.base = Variant(trace.model, np.asarray(trace.xs), started_from(trace))
        compared = max((one.layer for one in comparison.reference.values), default=0)
        reread = tuple(reading_changes(trace.model, read)) if read is not None else ()
        others = all_changes(self.base, compared)
        # what the file itself says of an order is more than what its layers do
        kept = (c for c in others if not (reread and c.kind.startswith(ORDER)))
        of_batch = () if batch is None else self._axes(batch)
        self.changes = (*reread, *kept, *of_batch)
        self.tried = 0
        self._ours: dict[Expected, Array] = {}
        self.unseen: list[Change] = []
        """Changes that make no difference on this data: it cannot tell of them."""

    def _axes(self, batch: Batched) -> Iterator[Change]:
        values = self.comparison.reference.values
        rows = max((int(one.times[-1]) + 1 for one in values), default=0)
        if len(batch.xs) > 1 and rows:
            yield from (replace(c, run=True) for c in axis_changes(self.base, batch, rows))

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
                    finding = self._verified(variant) if score.right else None
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
            scored.sort(key=lambda one: one[1].error)
            level = scored if depth == 1 else _best(scored)

    def _next(self, level: list[tuple[Variant, Score]]) -> Iterator[Variant]:
        """Each variant of a level with one change more, in an order of the changes."""
        tried: set[frozenset[Change]] = set()
        places = {change: place for place, change in enumerate(self.changes)}
        for variant, _ in level:
            kinds = {change.kind for change in variant.changes}
            last = max((places[change] for change in variant.changes), default=-1)
            pairs = len(variant.changes) == 1
            done = frozenset(variant.changes)
            for place, change in enumerate(self.changes):
                if change.kind in kinds or (pairs and place < last) or change in self.unseen:
                    continue
                together = done | {change}
                changed = None if together in tried else change.of(variant)
                if changed is not None:
                    tried.add(together)
                    yield changed

    def score(self, variant: Variant, rows: int) -> Score:
        """How close a variant comes to the first rows of the reference."""
        right, logs, shares = True, [], []
        for expected in self.comparison.reference.values:
            got, wanted, known = self._both(variant, expected, min(rows, len(expected.times)))
            right = right and bool((_share(self.comparison.tolerance, got, wanted) <= 1).all())
            apart = np.clip(errors(got, wanted)[known], _LEAST, _MOST)
            logs.append(float(np.log10(apart).mean()) if apart.size else np.log10(_MOST))
            shares.append(float(_relative(apart, wanted[known]).mean()) if apart.size else 1.0)
        return Score(right, float(np.mean(logs)), float(np.mean(shares)))

    def _both(self, variant: Variant, expected: Expected, rows: int) -> tuple[Array, Array, Array]:
        """What a variant gives, what is expected, and which rows it has anything for.

        A row that it has nothing for, as a state before the first, tells nothing.
        """
        wanted = np.asarray(expected.rows(0, rows), np.float64).reshape(rows, -1)
        got = variant.outputs(expected, rows)
        known = np.asarray(~np.isnan(got).all(axis=1) | np.isnan(wanted).all(axis=1))
        return np.where(known[:, np.newaxis], got, wanted), wanted, known

    def _verified(self, variant: Variant) -> Finding | None:
        """The variant, if all of the reference is as it has it."""
        worst = 0.0
        for expected in self.comparison.reference.values:
            got, wanted, known = self._both(variant, expected, len(expected.times))
            # what has nothing to compare explains nothing
            if not known.any() or (_share(self.comparison.tolerance, got, wanted) > 1).any():
                return None
            worst = max(worst, float(errors(got, wanted).max(initial=0.0)))
        return Finding(variant, worst)

    def _same_as_base(self, variant: Variant) -> bool:
        """Whether a variant gives the same as the run itself, wherever something is expected."""
        values = self.comparison.reference.values
        # most differ soon, and need not be run to the end
        return all(self._alike(variant, expected, SCREENED) for expected in values) and all(
            self._alike(variant, expected, len(expected.times)) for expected in values
        )

    def _alike(self, variant: Variant, expected: Expected, rows: int) -> bool:
        rows = min(rows, len(expected.times))
        ours = self._base_outputs(expected)[:rows]
        got = variant.outputs(expected, rows)
        return bool((_share(self.comparison.tolerance, got, ours) <= 1).all())

    def _base_outputs(self, expected: Expected) -> Array:
        """What the run itself has, computed once."""
        if expected not in self._ours:
            self._ours[expected] = self.base.outputs(expected, len(expected.times))
        return self._ours[expected]


def _best(scored: list[tuple[Variant, Score]]) -> list[tuple[Variant, Score]]:
    """Of variants, the best by the logarithm of their errors first, the best by either measure."""
    by_share = sorted(scored, key=lambda one: one[1].share)[:_BEAM]
    return list(dict.fromkeys([*scored[:_BEAM], *by_share]))


def started_from(trace: Trace) -> dict[str, Array]:
    """The states before the first timestep of each layer's run, by the model's names."""
    ends = trace.carried_into(0), trace.carried_into(len(trace) - 1)
    return {
        trace.model.qualified(index, name): array
        for index, layer in enumerate(trace.model.layers)
        for name, array in ends[layer.reverse][index].items()
    }


def all_changes(base: Variant, last: int) -> Iterator[Change]:
    """Everything that the other side may do otherwise, layer by layer up to the ``last``."""
    several = len(base.model.layers) > 1
    for index, layer in enumerate(base.model.layers[: last + 1]):
        where = f" of {layer.name}" if several else ""
        yield from weight_changes(index, layer, where)
        yield from cell_changes(index, layer, where)
        yield from peephole_changes(index, layer, where)
    yield from stack_changes(base.model, last)
    yield from (replace(change, run=True) for change in run_changes(base))


def _relative(apart: Array, wanted: Array) -> Array:
    """Errors as a share of what is expected, at most 1; of almost nothing it would say nothing."""
    return np.asarray(np.minimum(apart / (_NOTHING + np.abs(wanted)), 1.0))


def _share(tolerance: Tolerance, got: Array, wanted: Array) -> Array:
    """The largest error of each row, as a share of what is tolerated."""
    apart = errors(got, wanted)
    with np.errstate(all="ignore"):
        share = np.where(apart == 0, 0.0, apart / tolerance.of(wanted))
    return np.asarray(share.max(axis=1, initial=0.0))
