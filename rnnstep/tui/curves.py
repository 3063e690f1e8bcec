"""What a line plot of a value shows: its curves, its axes, and what is no finite number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.history import History

LONGEST = 2000
"""Timesteps that are plotted at the most, the cursor's in the middle."""


@dataclass(frozen=True)
class Axis:
    """From where to where an axis goes, and where it has ticks, if that matters."""

    low: float
    high: float
    ticks: Sequence[float] | None = None

    @classmethod
    def of_times(cls, times: Array) -> Axis:
        """Half a timestep more at both ends; ticks at whole ones, ten at the most."""
        first, last = int(times[0]), int(times[-1])
        every = next(
            size * 10**power
            for power in range(9)
            for size in (1, 2, 5)
            if (last - first) // (size * 10**power) < 10
        )
        ticks = [float(t) for t in range(-(-first // every) * every, last + 1, every)]
        return cls(first - 0.5, last + 0.5, ticks)

    @classmethod
    def of_values(cls, values: Array) -> Axis:
        """All finite values, and a little more; a constant stands in the middle."""
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        more = (high - low) / 20 if low < high else abs(low) / 2 or 1.0
        return cls(low - more, high + more)


@dataclass(frozen=True, eq=False)
class Curves:
    """Some units of a value over a stretch of time.

    Attributes:
        times: the timesteps.
        values: (timesteps, units).
    """

    times: Array
    values: Array

    @classmethod
    def around(
        cls,
        frame: Frame,
        layer: int,
        name: str,
        units: Sequence[int],
        history: History | None = None,
    ) -> Curves:
        """The stretch around the cursor, as long as may be; of another run if one is given."""
        start = max(min(frame.cursor.t - LONGEST // 2, len(frame.trace) - LONGEST), 0)
        stop = min(start + LONGEST, len(frame.trace))
        window = (history or frame.history).window(layer, name, start, stop)
        return cls(np.arange(start, stop), window[:, list(units)].astype(np.float64))

    def lines(self, unit: int) -> Iterator[tuple[Array, Array]]:
        """Its times and values, in pieces between which there is no finite number."""
        return (piece for piece in self._pieces(unit) if len(piece[0]) > 1)

    def points(self, unit: int) -> tuple[Array, Array]:
        """The times and values that stand alone: no line goes through them."""
        alone = [(times[0], values[0]) for times, values in self._pieces(unit) if len(times) == 1]
        return np.array([t for t, _ in alone]), np.array([value for _, value in alone])

    def _pieces(self, unit: int) -> Iterator[tuple[Array, Array]]:
        finite = np.flatnonzero(np.isfinite(self.values[:, unit]))
        for piece in np.split(finite, np.flatnonzero(np.diff(finite) > 1) + 1):
            if piece.size:
                yield self.times[piece], self.values[piece, unit]

    def marks(self) -> dict[str, tuple[Array, Array]]:
        """For each mark the times and heights at which it stands: NaN and −∞ below, +∞ above."""
        axis = Axis.of_values(self.values)
        kinds = [
            ("?", np.isnan(self.values), axis.low),
            ("∞", np.isposinf(self.values), axis.high),
            ("-", np.isneginf(self.values), axis.low),
        ]
        found = {}
        for mark, where, height in kinds:
            times = self.times[where.any(axis=1)]
            if times.size:
                found[mark] = times, np.full(times.shape, height)
        return found

    def told(self) -> list[str]:
        """What the marks mean, if there are any."""
        words = {"?": "NaN", "∞": "+∞", "-": "−∞"}
        marks = self.marks()
        return [
            f"{words[mark]} at {len(times)} timestep{'s' * (len(times) != 1)}: {mark}"
            for mark, (times, _) in marks.items()
        ]
