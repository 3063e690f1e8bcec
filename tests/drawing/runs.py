"""Small runs made for one test each: a SimpleRNN of random weights."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnnstep import Model, Session, Trace, build_layer, load_cell
from rnnstep.labels import Labels


def simple_rnn(
    units: int,
    inputs: int = 2,
    timesteps: int = 6,
    labels: Labels | None = None,
    xs: npt.ArrayLike | None = None,
) -> Session:
    """A run of one layer; always the same for the same sizes."""
    random = np.random.default_rng(0)
    weights = {
        "Wx": random.normal(size=(units, inputs)),
        "Wh": random.normal(size=(units, units)) * 0.1,
        "b": np.zeros(units),
    }
    sequence = random.normal(size=(timesteps, inputs)) if xs is None else xs
    model = Model((build_layer("rnn", load_cell("SimpleRNN"), weights),))
    return Session(Trace(model, sequence), labels)
