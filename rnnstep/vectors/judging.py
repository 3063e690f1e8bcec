"""What another runtime gave beside what it should have: case by case, where they first part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnnstep.check.comparison import errors
from rnnstep.check.tolerance import Tolerance, tolerance_for
from rnnstep.equations import Array
from rnnstep.vectors.results import Results
from rnnstep.vectors.vector import Vector, Vectors

_HALF = tolerance_for(np.dtype(np.float16))
_AMPLIFIED = ("large", "long")
"""The cases in which small errors may become large ones."""
_PRECISION = "precision: every error is small: computed in fewer digits, quantised or approximate"
_FINAL = "states after the last timestep: their order, or those of another timestep"


@dataclass(frozen=True)
class Difference:
    """A number that is too far away.

    Attributes:
        t: its timestep; the last one of the case for a state after it.
        name: the value.
        unit: its entry, of those of this value at ``t`` the one that is worst.
        got: what the runtime gave.
        expected: what it should have given.
        final: whether it is a state after the last timestep.
    """

    t: int
    name: str
    unit: int
    got: float
    expected: float
    final: bool = False

    @property
    def error(self) -> float:
        """How far apart they are; infinite if one of them alone is NaN."""
        return float(errors(np.array(self.got), np.array(self.expected)))


@dataclass(frozen=True, eq=False)
class Verdict:
    """One case.

    Attributes:
        vector: the case.
        missing: what the runtime did not give of it, in words; empty if it gave all.
        error: the largest error.
        first: the first number that is too far away, if there is one.
        tolerance: how far it might have been away.
        rough: whether all that was given is as close as half precision comes.
    """

    vector: Vector
    missing: str
    error: float
    first: Difference | None
    tolerance: str
    rough: bool

    @property
    def means(self) -> str:
        """What its failure means, if those of the cases before it do not explain it."""
        if self.first is None:
            return self.missing
        if self.first.final:
            return _FINAL
        return self.vector.later if self.first.t else self.vector.tells

    @property
    def passed(self) -> bool:
        """Whether all is there and close enough."""
        return not self.missing and self.first is None


@dataclass(frozen=True, eq=False)
class Judgement:
    """All cases, from the simplest on.

    Attributes:
        vectors: what was asked.
        verdicts: one for each case.
        source: the file with what the runtime gave.
        finals: whether it gave states after the last timestep at all.
        tolerance: the user's own for every case, if there is one.
    """

    vectors: Vectors
    verdicts: tuple[Verdict, ...]
    source: str
    finals: bool
    tolerance: Tolerance | None = None

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return all(verdict.passed for verdict in self.verdicts)

    @property
    def simplest(self) -> Verdict | None:
        """The failed case that says most: the simplest one that has a wrong number."""
        failed = [verdict for verdict in self.verdicts if not verdict.passed]
        return min(failed, key=_says_less, default=None)

    @property
    def means(self) -> str:
        """What the failures mean together; empty if there are none."""
        if self.simplest is None:
            return ""
        close = all(one.rough for one in self.verdicts if one.vector.name not in _AMPLIFIED)
        several = sum(one.first is not None for one in self.verdicts) > 1
        return _PRECISION if close and several else self.simplest.means


def _says_less(verdict: Verdict) -> tuple[bool, bool, bool]:
    """An output at t = 0 says most, then a later one, a state at the end, and what is missing."""
    first = verdict.first
    return first is None, first is not None and first.final, first is not None and first.t > 0


def judge(
    vectors: Vectors, results: Results, source: str, tolerance: Tolerance | None = None
) -> Judgement:
    """Compare what a runtime gave with what it should have given.

    Args:
        vectors: what was asked.
        results: what the runtime gave.
        source: the file that it is from.
        tolerance: the user's own for every case, instead of each case's.
    """
    verdicts = tuple(
        _verdict(vectors, vector, results, tolerance or _allowed(vectors, vector, results))
        for vector in vectors.vectors
    )
    return Judgement(vectors, verdicts, source, bool(results.finals), tolerance)


def _allowed(vectors: Vectors, vector: Vector, results: Results) -> Tolerance:
    """The tolerance of a case; what the digits of a text cut off is no error."""
    if results.decimals is None:
        return vector.tolerance
    cut = tolerance_for(vectors.dtype, results.decimals).absolute
    return replace(vector.tolerance, absolute=max(vector.tolerance.absolute, cut))


@dataclass(frozen=True, eq=False)
class _Part:
    """A value at some timesteps: what was given, and what is expected, (rows, entries)."""

    name: str
    times: Array
    got: Array
    expected: Array
    final: bool = False


def _verdict(vectors: Vectors, vector: Vector, results: Results, tolerance: Tolerance) -> Verdict:
    found: list[Difference] = []
    worst, rough = 0.0, True
    for part in _parts(vectors, vector, results):
        apart = errors(part.got, part.expected)
        with np.errstate(all="ignore"):
            share = np.where(apart == 0, 0.0, apart / tolerance.of(part.expected))
        worst = max(worst, float(apart.max(initial=0.0)))
        rough = rough and bool((apart <= _HALF.of(part.expected)).all())
        wrong = np.flatnonzero((share > 1).any(axis=1))
        if len(wrong):
            row = int(wrong[0])
            unit = int(np.argmax(share[row]))
            numbers = float(part.got[row, unit]), float(part.expected[row, unit])
            found.append(Difference(int(part.times[row]), part.name, unit, *numbers, part.final))
    first = min(found, key=lambda one: (one.final, one.t), default=None)
    missing = _missing(vector, results)
    return Verdict(vector, missing, worst, first, str(tolerance), rough)


def _parts(vectors: Vectors, vector: Vector, results: Results) -> Iterator[_Part]:
    """What was given, in the order in which a run makes it: values, output, final states."""
    last = len(vector.expected) - 1
    given = results.values.get(vector.name, {})
    for name, expected in vector.values.items():
        if name in given:
            rows = (len(expected), -1)
            yield _part(name, np.arange(rows[0]), given[name].reshape(rows), expected.reshape(rows))
    outputs = results.outputs.get(vector.name, {})
    if outputs:
        times = np.array(sorted(outputs))
        got = np.stack([outputs[t] for t in times])
        yield _part(vectors.output, times, got, vector.expected[times])
    if vector.name in results.finals:
        final = results.finals[vector.name]
        for one in vectors.carried:
            got, wanted = (row[np.newaxis, one.start : one.stop] for row in (final, vector.final))
            yield _part(one.name, np.array([last]), got, wanted, True)


def _part(name: str, times: Array, got: Array, expected: Array, final: bool = False) -> _Part:
    return _Part(name, times, got.astype(np.float64), expected.astype(np.float64), final)


def _missing(vector: Vector, results: Results) -> str:
    outputs, steps = results.outputs.get(vector.name, {}), len(vector.expected)
    absent = [t for t in range(steps) if t not in outputs]
    if len(absent) == steps:
        return "not given"
    told = f"{len(absent)} of {steps} timesteps not given, first t = {absent[0]}" if absent else ""
    if results.finals and vector.name not in results.finals and len(vector.final):
        return f"{told}; final states not given" if told else "final states not given"
    return told
