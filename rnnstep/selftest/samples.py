"""A sequence alone beside the same sequence as one of a batch."""

from __future__ import annotations

import numpy as np

from rnnstep.batch import Batch
from rnnstep.selftest.outcome import Outcome, Whole

_SAMPLES = 3


def side_by_side(whole: Whole) -> Outcome:
    """Run the sequence as the middle one of three; its neighbours are the turned sequence."""
    short = whole.start()
    model, xs = short.trace.model, np.asarray(short.trace.xs)
    states = {name: np.stack([state] * _SAMPLES) for name, state in short.states.items()}
    batch = Batch(model, np.stack([xs[::-1], xs, xs[::-1]]), states)
    found = {place: batch.series(model.qualified(*place))[1] for place in short.places()}
    return short.outcome("batch", "as the middle one of three sequences", found, short.rounding)
