"""A run beside what is expected of it: where they part, by how much, and in which units."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnnstep.check.expected import Expected, Reference
from rnnstep.check.tolerance import Tolerance
from rnnstep.equations import Array
from rnnstep.progress import Progress, last_of
from rnnstep.trace import Trace

CHUNK = 1024
"""Timesteps that are compared together."""


@dataclass(frozen=True)
class Divergence:
    """One number that is not what is expected of it.

    Attributes:
        t: the timestep.
        layer: the layer, from 0.
        name: the value, as the layer calls it.
        unit: its entry: of those of this value at ``t`` the one with the largest error.
        got: what the run gives.
        expected: what is expected.
    """

    t: int
    layer: int
    name: str
    unit: int
    got: float
    expected: float

    @property
    def error(self) -> float:
        """How far apart they are; infinite if one of them alone is NaN."""
        return float(errors(np.array(self.got), np.array(self.expected)))


@dataclass(frozen=True, eq=False)
class Compared:
    """One value beside what is expected of it.

    Attributes:
        expected: the value.
        error: the largest error of each row of what is expected, (rows,).
        excess: the largest error as a share of what is tolerated, (rows,): over 1 is too far.
        units: the largest error of each entry over all rows, (entries,).
    """

    expected: Expected
    error: Array
    excess: Array
    units: Array

    @property
    def wrong(self) -> Array:
        """The timesteps at which it is too far away."""
        return np.asarray(self.expected.times[self.excess > 1])


@dataclass(frozen=True, eq=False)
class Comparison:
    """A run beside a reference.

    Attributes:
        trace: the run.
        reference: what is expected.
        tolerance: how far numbers may be apart.
    """

    trace: Trace
    reference: Reference
    tolerance: Tolerance

    @cached_property
    def values(self) -> tuple[Compared, ...]:
        """Every value of the reference, in the order in which the run makes them."""
        found = last_of(self.comparing())
        assert found is not None
        return found

    def comparing(self) -> Generator[Progress | tuple[Compared, ...], None, None]:
        """The same in parts: how far it is, and then all of them, which are kept."""
        known: tuple[Compared, ...] = vars(self).get("values", ())
        if not known:
            found = []
            for expected in self.reference.values:
                found.append((yield from self._compare(expected)))
            known = vars(self)["values"] = tuple(found)
        yield known

    def _compare(self, expected: Expected) -> Generator[Progress, None, Compared]:
        rows = len(expected.times)
        error, excess = np.zeros(rows), np.zeros(rows)
        units: Array | None = None
        for start in range(0, rows, CHUNK):
            stop = min(start + CHUNK, rows)
            got, wanted = self.rows(expected, start, stop)
            apart = errors(got, wanted)
            with np.errstate(all="ignore"):
                share = np.where(apart == 0, 0.0, apart / self.tolerance.of(wanted))
            error[start:stop], excess[start:stop] = apart.max(axis=1), share.max(axis=1)
            most = apart.max(axis=0)
            units = most if units is None else np.maximum(units, most)
            yield Progress(int(expected.times[stop - 1]))
        return Compared(expected, error, excess, np.zeros(0) if units is None else units)

    def rows(self, expected: Expected, start: int, stop: int) -> tuple[Array, Array]:
        """Some rows of a value: what the run gives, and what is expected, (rows, entries)."""
        times = expected.times[start:stop]
        first, last = int(times[0]), int(times[-1])
        name = self.trace.model.qualified(expected.layer, expected.name)
        if last - first + 1 == len(times):
            got = self.trace.series(name, first, last + 1)
        else:
            got = np.concatenate([self.trace.series(name, int(t), int(t) + 1) for t in times])
        wanted = np.asarray(expected.rows(start, stop))
        return (
            got.reshape(len(times), -1).astype(np.float64),
            wanted.reshape(len(times), -1).astype(np.float64),
        )

    @property
    def passed(self) -> bool:
        """Whether every number is close enough."""
        return all(not len(one.wrong) for one in self.values)

    @property
    def worst(self) -> float:
        """The largest error of all."""
        return max((float(one.error.max()) for one in self.values if len(one.error)), default=0.0)

    @cached_property
    def first(self) -> Divergence | None:
        """The first number that is too far away: of the earliest timestep the first line."""
        return self.after(-1)

    def after(self, t: int) -> Divergence | None:
        """The first divergence after timestep ``t``, if there is one."""
        later = [(int(w[w > t][0]), one) for one in self.values if ((w := one.wrong) > t).any()]
        return self._at(*min(later, key=lambda found: found[0])) if later else None

    def before(self, t: int) -> Divergence | None:
        """The last divergence before timestep ``t``, if there is one."""
        found = [(int(w[w < t][-1]), one) for one in self.values if ((w := one.wrong) < t).any()]
        return self._at(*max(found, key=lambda one: one[0])) if found else None

    def _at(self, t: int, one: Compared) -> Divergence:
        row = int(np.searchsorted(one.expected.times, t))
        got, wanted = self.rows(one.expected, row, row + 1)
        with np.errstate(all="ignore"):
            apart = errors(got[0], wanted[0])
            share = np.where(apart == 0, 0.0, apart / self.tolerance.of(wanted[0]))
        unit = int(np.argmax(share))
        place = one.expected.layer, one.expected.name
        return Divergence(t, *place, unit, float(got[0, unit]), float(wanted[0, unit]))

    def over_time(self) -> tuple[Array, Array]:
        """The timesteps at which anything is compared, and the largest error at each."""
        times, error, _ = self._over_time
        return times, error

    def excess_over_time(self) -> Array:
        """At the same timesteps the largest error as a share of what is tolerated."""
        return self._over_time[2]

    @cached_property
    def _over_time(self) -> tuple[Array, Array, Array]:
        error, excess = (np.full(len(self.trace), -1.0) for _ in range(2))
        for one in self.values:
            np.maximum.at(error, one.expected.times, one.error)
            np.maximum.at(excess, one.expected.times, one.excess)
        times = np.flatnonzero(error >= 0)
        return times, error[times], excess[times]

    def of(self, layer: int, name: str) -> Compared | None:
        """A value beside what is expected of it, if anything is."""
        found = (c for c in self.values if (c.expected.layer, c.expected.name) == (layer, name))
        return next(found, None)

    def expected_at(self, t: int, layer: int, name: str) -> Array | None:
        """What a value is expected to be at a timestep, (entries,), if anything is."""
        one = self.of(layer, name)
        if one is None:
            return None
        row = int(np.searchsorted(one.expected.times, t))
        if row == len(one.expected.times) or one.expected.times[row] != t:
            return None
        return np.asarray(one.expected.rows(row, row + 1)).reshape(-1)

    def worst_units(self, count: int = 5) -> Iterator[tuple[Expected, int, float]]:
        """The entries with the largest errors: value, entry, error."""
        found = [
            (one.expected, int(unit), float(one.units[unit]))
            for one in self.values
            for unit in np.argsort(-one.units, kind="stable")[:count]
            if one.units[unit] > 0
        ]
        yield from sorted(found, key=lambda each: -each[2])[:count]


def errors(got: Array, expected: Array) -> Array:
    """How far apart numbers are: 0 if both are NaN or the same infinity, infinite if one is."""
    with np.errstate(all="ignore"):
        apart = np.abs(got - expected)
    same = (got == expected) | (np.isnan(got) & np.isnan(expected))
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
