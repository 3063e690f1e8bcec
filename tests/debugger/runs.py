"""Small runs to debug: D is not H, and no bias and no state is zero."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rnnstep import Layer, Model, Session, Trace, build_layer, load_cell

D, H = 3, 4


def layer_of(cell: str, name: str, inputs: int, seed: int) -> Layer:
    random = np.random.default_rng(seed)
    listing = load_cell(cell)
    sizes = {
        "input": inputs,
        "hidden": H,
        "output": 2,
        "projection": 2,
        "vocabulary": 6,
        "features": 3,
    }
    weights = {
        w.name: random.normal(size=[sizes[str(a)] for a in w.shape]).astype(np.float32)
        for w in listing.weights
    }
    return build_layer(name, listing, weights)


def lstm(seed: int = 0) -> Model:
    return Model((layer_of("LSTM", "lstm", D, seed),))


def stack(seed: int = 0) -> Model:
    return Model((layer_of("LSTM", "lstm", D, seed), layer_of("GRU", "gru", H, seed + 1)))


def inputs(timesteps: int = 40, seed: int = 1) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(timesteps, D)).astype(np.float32)


def session_of(model: Model | None = None, timesteps: int = 40) -> Session:
    return Session(Trace(model or lstm(), inputs(timesteps)))
