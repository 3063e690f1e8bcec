"""Live layers and models of Keras beside what they give."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from rnnstep.live import open_live
from tests.parity.torch_models import D, H, T, close, random

os.environ.setdefault("KERAS_BACKEND", "torch")

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore")


def keras_layer(kind: str, **settings: Any) -> Any:
    layer = getattr(keras.layers, kind)(H, return_sequences=True, **settings)
    layer.build((None, T, D))
    weights = [random(*w.shape, dtype="float32", seed=n) for n, w in enumerate(layer.weights)]
    layer.set_weights(weights)
    return layer


KERAS: dict[str, dict[str, Any]] = {
    "SimpleRNN": {"activation": "relu", "recurrent_initializer": "zeros"},
    "GRU": {},
    "LSTM": {"recurrent_activation": "hard_sigmoid"},
}


@pytest.mark.parametrize("kind", KERAS)
def test_a_layer_of_keras_with_its_states(kind: str) -> None:
    layer = keras_layer(kind, **KERAS[kind])
    xs = random(2, T, D, dtype="float32", seed=1)
    states = [random(2, H, dtype="float32", seed=n) for n in range(1 + (kind == "LSTM"))]
    made = layer(xs, initial_state=[keras.ops.convert_to_tensor(s) for s in states])
    session = open_live(layer, keras.ops.convert_to_tensor(xs), states, sample=1)
    expected = keras.ops.convert_to_numpy(made)[1]
    scale = max(float(np.abs(expected).max()), 1)
    close(session.trace.series("h_t") / scale, expected / scale)


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
def test_a_bidirectional_layer_of_keras(merge: str) -> None:
    half = keras.layers.LSTM(H, return_sequences=True)
    layer = keras.layers.Bidirectional(half, merge_mode=merge)
    layer.build((None, T, D))
    xs = random(T, D, dtype="float32", seed=1)
    expected = keras.ops.convert_to_numpy(layer(xs[None]))[0]
    session = open_live(layer, xs)
    name = session.trace.model.layers[-1].name
    close(session.trace.series(f"{name}/y_t"), expected)


def keras_model(functional: bool) -> Any:
    layers = [
        keras.layers.Embedding(9, D),
        keras.layers.GRU(H, return_sequences=True),
        keras.layers.Dropout(0.5),
        keras.layers.LSTM(4, return_sequences=True),
        keras.layers.Dense(2, activation="softmax"),
    ]
    if not functional:
        return keras.Sequential([keras.Input((None,)), *layers])
    first = made = keras.Input((None,))
    for layer in layers:
        made = layer(made)
    return keras.Model(first, made)


@pytest.mark.parametrize("functional", [False, True], ids=["sequential", "functional"])
def test_a_whole_model_of_keras(functional: bool) -> None:
    model = keras_model(functional)
    numbers = np.array([[1, 8, 0, 3], [5, 5, 2, 7]])
    expected = keras.ops.convert_to_numpy(model(numbers))[1]
    session = open_live(model, numbers, sample=1)
    found = np.stack([step.output for step in session.trace.frames()])
    close(found, expected)


def test_a_model_of_a_class_of_its_own_runs_its_layers_in_turn() -> None:
    class Own(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.rnn = keras.layers.GRU(H, return_sequences=True)
            self.head = keras.layers.Dense(2)

        def call(self, xs: Any) -> Any:
            return self.head(self.rnn(xs))

    model = Own()
    xs = random(1, T, D, dtype="float32", seed=1)
    expected = keras.ops.convert_to_numpy(model(xs))[0]
    session = open_live(model, xs)
    found = np.stack([step.output for step in session.trace.frames()])
    close(found, expected)
