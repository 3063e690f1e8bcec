"""How far two runs differ over time: the curve, its peak, and how long the difference lasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstep.changes import in_one_pass
from rnnstep.equations import Array
from rnnstep.history import History
from rnnstep.trace import Trace

CHUNK = 256
"""Timesteps that are compared together."""


@dataclass(frozen=True)
class Difference:
    """A difference over a stretch of time in short.

    Attributes:
        start: the first timestep where there is any; ``None`` if there is none.
        peak: how large it gets.
        at: the timestep where it is largest, the first of several.
        half_life: how many timesteps after the peak, in the direction of the layer, it stays
            below half of it; ``None`` if it does not in the stretch.
        stop: where the stretch ends.
    """

    start: int | None
    peak: float
    at: int
    half_life: int | None
    stop: int


class Effect:
    """The difference between a run and another one that it shares its past with.

    It is the Euclidean length of the difference of a value at each timestep; infinite where one
    of them is not finite and the other has another number there. What was compared is kept.

    Args:
        trace: the run.
        other: the other run, of the same model.

    Attributes:
        history: the other run's values over time.
    """

    def __init__(self, trace: Trace, other: Trace) -> None:
        self.trace, self.other = trace, other
        self.history = History(other)
        self._kept: dict[tuple[int, str, int], Array] = {}

    @property
    def origin(self) -> int:
        """The first timestep that may differ; 0 where some layer runs backwards."""
        return self.trace.origin if in_one_pass(self.trace.model) else 0

    def curve(self, layer: int, name: str, start: int, stop: int) -> Array:
        """The difference of a value at timesteps ``start`` to before ``stop``, float64."""
        numbers = range(start // CHUNK, -(-stop // CHUNK))
        parts = [self._chunk(layer, name, number) for number in numbers]
        first = numbers.start * CHUNK
        joined = np.concatenate(parts) if parts else np.empty(0)
        return joined[start - first : stop - first]

    def measure(self, layer: int, name: str, stop: int | None = None) -> Difference:
        """The peak and half-life of a value's difference, from its start to before ``stop``."""
        length = len(self.trace)
        stop = length if stop is None else min(stop, length)
        curve = self.curve(layer, name, self.origin, stop)
        if not curve.size or not curve.any():
            return Difference(None, 0.0, self.origin, None, stop)
        at = int(np.argmax(curve))
        after = curve[at::-1] if self.trace.model.layers[layer].reverse else curve[at:]
        lasts = int(np.flatnonzero(after >= curve[at] / 2)[-1]) + 1
        ended = lasts < after.size
        start = self.origin + int(np.flatnonzero(curve)[0])
        return Difference(start, float(curve[at]), self.origin + at, lasts if ended else None, stop)

    def _chunk(self, layer: int, name: str, number: int) -> Array:
        key = layer, name, number
        if key not in self._kept:
            start = number * CHUNK
            stop = min(start + CHUNK, len(self.trace))
            if stop <= self.origin:
                return np.zeros(stop - start)
            qualified = self.trace.model.qualified(layer, name)
            mine, theirs = (
                trace.series(qualified, start, stop).reshape(stop - start, -1).astype(np.float64)
                for trace in (self.trace, self.other)
            )
            self._kept[key] = _distance(mine, theirs)
        return self._kept[key]


def _distance(mine: Array, theirs: Array) -> Array:
    with np.errstate(all="ignore"):
        difference = mine - theirs
    same = (mine == theirs) | (np.isnan(mine) & np.isnan(theirs))
    difference = np.where(same, 0.0, difference)
    with np.errstate(all="ignore"):
        lengths = np.linalg.norm(difference, axis=1)
    return np.where(np.isnan(lengths), np.inf, lengths)
