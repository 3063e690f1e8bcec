"""The search for what the other side does otherwise: one thing, or two or three together."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from rnnstep.check import Comparison
from rnnstep.diagnosis.axes import Batched, axis_changes
from rnnstep.diagnosis.closeness import Judge, Score
from rnnstep.diagnosis.functions import cell_changes
from rnnstep.diagnosis.kernels import weight_changes
from rnnstep.diagnosis.peepholes import peephole_changes
from rnnstep.diagnosis.readings import ORDER, Read, reading_changes
from rnnstep.diagnosis.running import run_changes
from rnnstep.diagnosis.stack import stack_changes
from rnnstep.diagnosis.variant import Change, Slowly, Variant
from rnnstep.equations import Array
from rnnstep.errors import RnnstepError
from rnnstep.trace import Trace

_BEAM = 16
"""Pairs, the best ones by either measure, that a third change is tried with."""
_Result = TypeVar("_Result")


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
        return self.variant.words


@dataclass(frozen=True)
class Tried:
    """How far the search is.

    Attributes:
        ways: how many ways of doing ``depth`` things otherwise are behind it, together.
        of: how many of them there are.
        depth: so many changes at once.
        closest: what comes closest to the reference so far; empty if nothing comes closer than
            the run itself.
        share: how large its errors are beside the run's own, over the first rows.
        found: whether it gives what is expected.
    """

    ways: int
    of: int
    depth: int
    closest: str = ""
    share: float = 1.0
    found: bool = False


_Way = tuple[Variant, Change]
"""A variant, and what is done otherwise as well."""


class Solver:
    """Tries what the other side may do otherwise.

    Args:
        comparison: the run and the reference, which differ.
        read: reads the weight file with its gates in another order, if there is a file.
        batch: what the sequence is one of, if it is one of several.

    Attributes:
        tried: how many variants were tried.
        unseen: changes that make no difference on this data: it cannot tell of them.
    """

    def __init__(
        self, comparison: Comparison, read: Read | None = None, batch: Batched | None = None
    ) -> None:
        trace = comparison.trace
        self.base = Variant(trace.model, np.asarray(trace.xs), started_from(trace))
        compared = max((one.layer for one in comparison.reference.values), default=0)
        reread = tuple(reading_changes(trace.model, read)) if read is not None else ()
        others = all_changes(self.base, compared)
        kept = _fitting(others, read is not None, bool(reread))
        of_batch = () if batch is None else self._axes(comparison, batch)
        self.changes = (*reread, *kept, *of_batch)
        self.tried = 0
        self.unseen: list[Change] = []
        self._judge = Judge(comparison, self.base)
        self._first = self._least = Score(False, 0.0, 1.0)
        self._closest, self._found = "", False

    def _axes(self, comparison: Comparison, batch: Batched) -> Iterator[Change]:
        values = comparison.reference.values
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
        yield from self._look_at_base()
        level = [(self.base, self._first)]
        for depth in range(1, most + 1):
            scored: list[tuple[Variant, Score]] = []
            yield from self._try(depth, self._ways(level), scored)
            if self._found:
                return
            scored.sort(key=lambda one: one[1].error)
            level = scored if depth == 1 else _best(scored)

    def _look_at_base(self) -> Iterator[Tried]:
        score = yield from _meanwhile(Tried(0, len(self.changes), 1), self._judge.score(self.base))
        self._first = self._least = score

    def _try(
        self, depth: int, ways: Sequence[_Way], scored: list[tuple[Variant, Score]]
    ) -> Iterator[Tried | Finding]:
        """Try ways of doing things otherwise, each once, and score those that can be run."""
        seen: set[frozenset[Change]] = set()
        for place, (before, change) in enumerate(ways):
            together = frozenset({*before.changes, change})
            variant = None if together in seen else change.of(before)
            if variant is None:
                continue
            seen.add(together)
            self.tried += 1
            progress = self._progress(place, len(ways), depth)
            yield progress
            try:
                score, error, alike = yield from _meanwhile(
                    progress, self._judged(variant, depth == 1)
                )
            except RnnstepError:
                continue
            if alike:
                self.unseen.append(change)
                continue
            if error is not None:
                self._closest, self._least, self._found = variant.words, score, True
                yield Finding(variant, error)
            elif score.error < self._least.error and not self._found:
                self._closest, self._least = variant.words, score
            scored.append((variant, score))

    def _judged(self, variant: Variant, single: bool) -> Slowly[tuple[Score, float | None, bool]]:
        """A variant's score; its error, if it gives what is expected; whether nothing changes."""
        ready = yield from variant.begun()
        score = yield from self._judge.score(ready)
        error = (yield from self._judge.verified(ready)) if score.right else None
        alike = (yield from self._judge.same_as_base(ready)) if single else False
        return score, error, alike

    def _progress(self, place: int, ways: int, depth: int) -> Tried:
        share = 10 ** (self._least.error - self._first.error)
        return Tried(place, ways, depth, self._closest, float(share), self._found)

    def _ways(self, level: Iterable[tuple[Variant, Score]]) -> list[_Way]:
        """Each variant of a level, and each change that may be made as well, in their order."""
        ways: list[_Way] = []
        places = {change: place for place, change in enumerate(self.changes)}
        for variant, _ in level:
            kinds = {change.kind for change in variant.changes}
            last = max((places[change] for change in variant.changes), default=-1)
            pairs = len(variant.changes) == 1
            ways += [
                (variant, change)
                for place, change in enumerate(self.changes)
                if not (change.kind in kinds or (pairs and place < last) or change in self.unseen)
            ]
        return ways


def _meanwhile(progress: Tried, work: Slowly[_Result]) -> Generator[Tried, None, _Result]:
    """Do something that takes long, and say on the way how far the search is."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: _Result = done.value
            return result
        yield progress


def _best(scored: list[tuple[Variant, Score]]) -> list[tuple[Variant, Score]]:
    """Of variants, the best by the logarithm of their errors first, the best by either measure."""
    by_share = sorted(scored, key=lambda one: one[1].share)[:_BEAM]
    return list(dict.fromkeys([*scored[:_BEAM], *by_share]))


def _fitting(changes: Iterable[Change], file: bool, orders: bool) -> Iterator[Change]:
    """The changes, those of the gates' order as the weight file lets it be said.

    Args:
        changes: of the layers.
        file: whether there is a file.
        orders: whether it can be read with its gates in another order.
    """
    for one in changes:
        if not (file and one.kind.startswith(ORDER)):
            yield one
        elif not orders:
            yield replace(one, hint="each gate has tensors of its own: --rename them")
        # else what the file itself says of an order is more than what its layers do


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
