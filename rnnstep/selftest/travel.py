"""Straight through time beside going back, and beside jumping, with hardly a state kept."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rnnstep.equations import Array
from rnnstep.selftest.outcome import Outcome, Place, Whole
from rnnstep.trace import Trace

_SEED = 0
_BUDGET = 1
"""Bytes of states: so few that only what the run starts from is kept."""


def backwards(whole: Whole) -> Outcome:
    """Read every timestep from the last to the first."""
    order = range(len(whole.trace) - 1, -1, -1)
    return whole.outcome("going back", "every timestep, the last one first", _read(whole, order))


def jumping(whole: Whole) -> Outcome:
    """Read every timestep in a random order."""
    order = np.random.default_rng(_SEED).permutation(len(whole.trace)).tolist()
    return whole.outcome("jumping", "every timestep, in a random order", _read(whole, order))


def _read(whole: Whole, order: Iterable[int]) -> dict[Place, Array]:
    trace = Trace(whole.trace.model, whole.trace.xs, whole.states, _BUDGET)
    found = {place: np.array(whole.series(place)) for place in whole.places()}
    for array in found.values():
        array[...] = np.nan
    for t in order:
        layers = trace.frame(t).layers
        for (layer, name), array in found.items():
            array[t] = layers[layer][name]
    return found
