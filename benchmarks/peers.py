"""The same layer in other libraries; each gives a function that runs it over a whole sequence."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.layers import FEATURES, TORCH, Array, Run, stacked, torch_layer
from rnnstep import Model


def torch_run(model: Model, xs: Array) -> Run:
    """``torch.nn``: h over time."""
    import torch

    module, tensor = torch_layer(model, batch=xs.ndim == 3), torch.from_numpy(xs)

    def run() -> Any:
        with torch.inference_mode():
            return module(tensor)[0]

    return run


_ONNX_ORDER = {"SimpleRNN": [0], "GRU": [1, 0, 2], "LSTM": [0, 3, 1, 2]}
"""ONNX' order of gates, by their places in the listing: zrh and iofc."""


def onnx_run(model: Model, xs: Array) -> Run:
    """The operators RNN, GRU and LSTM of onnxruntime."""
    from onnx import TensorProto, helper, numpy_helper

    # by name, for its stubs leave out what it has
    runtime: Any = import_module("onnxruntime")
    cell, hidden = model.layers[0].cell.name, model.layers[0].sizes["hidden"]
    order = _ONNX_ORDER[cell]
    Wx, Wh, bx, bh = (
        np.concatenate([w.reshape(len(order), hidden, -1)[gate] for gate in order])
        for w in stacked(model)
    )
    tensors = {"W": Wx, "R": Wh, "B": np.concatenate([bx, bh])[:, 0]}
    extra: dict[str, Any] = {"linear_before_reset": 1} if cell == "GRU" else {}
    node = helper.make_node(TORCH[cell], ["X", *tensors], ["Y"], hidden_size=hidden, **extra)
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 1, FEATURES])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, 1, 1, hidden])],
        [numpy_helper.from_array(w[np.newaxis], name) for name, w in tensors.items()],
    )
    opset = [helper.make_opsetid("", 14)]
    made = helper.make_model(graph, opset_imports=opset, ir_version=8)
    session = runtime.InferenceSession(made.SerializeToString())
    feed = {"X": xs[:, np.newaxis]}
    return lambda: session.run(None, feed)[0][:, 0, 0]


def keras_predict(model: Model, xs: Array) -> Run:
    """``predict`` of a Keras model that gives h over time, with PyTorch below it.

    Its weights are its own: what they are does not change the time.
    """
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    layer = model.layers[0]
    kind = getattr(keras.layers, layer.cell.name)
    made = keras.Sequential(
        [keras.Input(xs.shape), kind(layer.sizes["hidden"], return_sequences=True)]
    )
    return lambda: made.predict(xs[np.newaxis], verbose=0)[0]


def numpy_loop(model: Model, xs: Array) -> Run:
    """The loop that one writes by hand: the gates stacked, one product of each kind a step."""
    name, hidden = model.layers[0].cell.name, model.layers[0].sizes["hidden"]
    Wx, Wh, bx, bh = stacked(model)

    def sigmoid(x: Array) -> Array:
        return 1 / (1 + np.exp(-x))

    def simple(x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        return np.tanh(Wx @ x + Wh @ h + bx), c

    def gru(x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        from_x, from_h = Wx @ x + bx, Wh @ h + bh
        r, z = np.split(sigmoid(from_x[: 2 * hidden] + from_h[: 2 * hidden]), 2)
        n = np.tanh(from_x[2 * hidden :] + r * from_h[2 * hidden :])
        return (1 - z) * n + z * h, c

    def lstm(x: Array, h: Array, c: Array) -> tuple[Array, Array]:
        i, f, g, o = np.split(Wx @ x + Wh @ h + bx, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c

    step = {"SimpleRNN": simple, "GRU": gru, "LSTM": lstm}[name]

    def run() -> Array:
        h = c = np.zeros(hidden, np.float32)
        found = np.empty((len(xs), hidden), np.float32)
        for t, x in enumerate(xs):
            h, c = step(x, h, c)
            found[t] = h
        return found

    return run
