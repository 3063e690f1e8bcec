"""Cases of the parity matrix that Keras builds."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from tests.parity.matrix import Array, Case, D, H, Saved, T, random

FORMATS = ("keras", "h5")
MERGES = ("concat", "sum", "mul", "ave")

SIMPLE = [("SimpleRNN", activation) for activation in ("tanh", "relu", "sigmoid", "linear")]
GATED = [
    *(("GRU", activation) for activation in ("tanh", "softsign")),
    *(("GRU before", activation) for activation in ("tanh", "elu")),
    *(("LSTM", activation) for activation in ("tanh", "softsign")),
    ("LSTM hard", "tanh"),
]


def cases() -> Iterator[Case]:
    """The three recurrent layers with their activations, every merge, one and two layers.

    Only GRU and LSTM have float64: the others go through Keras' generic loop, which is no more
    exact than float32 on this backend.
    """
    directions = ("forward", "backward", *MERGES)
    for kind, (layer, activation), direction in product(FORMATS, SIMPLE + GATED, directions):
        for depth in (1,) if direction == "backward" else (1, 2):
            yield Case("Keras", kind, layer, activation, direction, depth, "float32", build)
            if layer in ("GRU", "LSTM") and activation == "tanh":
                yield Case("Keras", kind, layer, activation, direction, depth, "float64", build)


def build(case: Case, folder: Path) -> Saved:
    """Make the model, save it, and run its layers one after another with initial states."""
    import keras

    layers = [_layer(case, index) for index in range(case.depth)]
    model = keras.Sequential([keras.Input((T, D), dtype=case.dtype), *layers])
    weights = model.get_weights()
    seeds = range(10, 10 + len(weights))
    drawn = [
        random(*w.shape, dtype=case.dtype, seed=s) for w, s in zip(weights, seeds, strict=True)
    ]
    model.set_weights(drawn)
    path = folder / f"model.{case.format}"
    logging.getLogger("absl").setLevel(logging.ERROR)  # it advises against h5 each time
    model.save(path)
    xs = random(T, D, dtype=case.dtype, seed=1)
    halves = 2 if case.direction in MERGES else 1
    each = halves * (2 if case.layer.startswith("LSTM") else 1)
    states = [random(H, dtype=case.dtype, seed=50 + i) for i in range(case.depth * each)]
    signal: Any = keras.ops.convert_to_tensor(xs[np.newaxis])
    for index, layer in enumerate(layers):
        own = states[index * each : (index + 1) * each]
        given = [keras.ops.convert_to_tensor(state[np.newaxis]) for state in own]
        signal = layer(signal, initial_state=given if len(given) > 1 else given[0])
    expected: Array = keras.ops.convert_to_numpy(signal)[0]
    if case.direction == "backward":
        expected = expected[::-1]
    return Saved(path, xs, states, expected)


def _layer(case: Case, index: int) -> Any:
    import keras

    kind, _, form = case.layer.partition(" ")
    settings: dict[str, Any] = {
        "units": H,
        "activation": case.activation,
        "return_sequences": True,
        "dtype": case.dtype,
    }
    if kind == "GRU":
        settings["reset_after"] = form != "before"
    if form == "hard":
        settings["recurrent_activation"] = "hard_sigmoid"
    if case.direction == "backward":
        settings["go_backwards"] = True
    layer = getattr(keras.layers, kind)(name=f"rnn_{index}", **settings)
    if case.direction not in MERGES:
        return layer
    name = f"both_{index}"
    return keras.layers.Bidirectional(layer, merge_mode=case.direction, name=name, dtype=case.dtype)
