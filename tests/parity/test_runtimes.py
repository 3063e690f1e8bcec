"""Every step beside the original runtimes: Keras, PyTorch and ONNX Runtime.

D ≠ H, T > 1, non-zero biases and initial states, for square matrices hide a transpose, zero
biases a bias and zero states the recurrence. The tolerance is for states of size 1 after 13
steps whose sums are taken in another order: 13 roundings of 2⁻²⁴ in float32, with a factor of
ten for exp and tanh, which differ between the libraries in their last bits; likewise float64.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnnstep

os.environ.setdefault("KERAS_BACKEND", "torch")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")

T, D, H = 13, 3, 5
TOLERANCE = {"float32": 13 * 2.0**-24 * 10, "float64": 13 * 2.0**-53 * 10}


def random(*shape: int, dtype: str, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=shape) * 0.7).astype(dtype)


def compare(model: rnnstep.Model, xs: np.ndarray, state: dict[str, Any], expected: Any) -> None:
    h = rnnstep.Trace(model, xs, state).series("h_t")
    assert h.dtype == xs.dtype
    np.testing.assert_allclose(h, expected, rtol=0, atol=TOLERANCE[str(xs.dtype)])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", ["tanh", "relu", "GRU", "LSTM"])
def test_pytorch(tmp_path: Path, kind: str, dtype: str) -> None:
    torch.manual_seed(0)
    if kind in ("tanh", "relu"):
        layer = torch.nn.RNN(D, H, nonlinearity=kind, dtype=getattr(torch, dtype))
    else:
        layer = getattr(torch.nn, kind)(D, H, dtype=getattr(torch, dtype))
    path = tmp_path / "layer.npz"
    np.savez(path, **{k: v.detach().numpy() for k, v in layer.named_parameters()})
    activation = kind if kind in ("tanh", "relu") else ""
    xs = random(T, D, dtype=dtype, seed=1)
    h0, c0 = (random(H, dtype=dtype, seed=seed) for seed in (2, 3))
    state = {"h_prev": h0} | ({"c_prev": c0} if kind == "LSTM" else {})
    first = torch.from_numpy(h0)[None]
    given = (first, torch.from_numpy(c0)[None]) if kind == "LSTM" else first
    with torch.no_grad():
        expected = layer(torch.from_numpy(xs), given)[0].numpy()
    compare(rnnstep.load_model(path, activation=activation), xs, state, expected)


KERAS = ["tanh", "relu", "sigmoid", "linear", "GRU", "GRUResetBefore", "LSTM"]
FLOAT64 = ["GRU", "LSTM"]
"""The others go through Keras' generic loop, no more exact than float32 on this backend."""


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [*((kind, "float32") for kind in KERAS), *((kind, "float64") for kind in FLOAT64)],
)
def test_keras(tmp_path: Path, kind: str, dtype: str) -> None:
    keras = pytest.importorskip("keras")
    settings: dict[str, Any] = {"units": H, "return_sequences": True, "dtype": dtype}
    activation = ""
    if kind == "LSTM":
        layer = keras.layers.LSTM(**settings)
    elif kind.startswith("GRU"):
        layer = keras.layers.GRU(reset_after=kind == "GRU", **settings)
    else:
        activation = kind
        layer = keras.layers.SimpleRNN(activation=kind, **settings)
    layer.build((1, T, D))
    layer.set_weights(
        [random(*w.shape, dtype=dtype, seed=n) * 0.5 for n, w in enumerate(layer.weights)]
    )
    path = tmp_path / "layer.npz"
    tensors: dict[str, Any] = {w.name: np.asarray(w) for w in layer.weights}
    np.savez(path, **tensors)
    xs = random(T, D, dtype=dtype, seed=9)
    state = {"h_prev": random(H, dtype=dtype, seed=7)}
    if kind == "LSTM":
        state["c_prev"] = random(H, dtype=dtype, seed=8)
    initial = [keras.ops.convert_to_tensor(value[None], dtype) for value in state.values()]
    made = layer(keras.ops.convert_to_tensor(xs[None], dtype), initial_state=initial)
    expected = keras.ops.convert_to_numpy(made)[0]
    compare(rnnstep.load_model(path, activation=activation), xs, state, expected)


ONNX_GATES = {"RNN": [""], "GRU": ["_z", "_r", "_n"], "LSTM": ["_i", "_o", "_f", "_g"]}


@pytest.mark.parametrize("cell", ["SimpleRNN", "GRU", "GRUResetBefore", "LSTM", "LSTMPeephole"])
def test_onnx_runtime(cell: str) -> None:
    """float32 alone: the runtime has no float64 kernels for GRU and LSTM on every platform."""
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper

    operator = {"SimpleRNN": "RNN"}.get(cell, cell[:3] if cell.startswith("GRU") else "LSTM")
    gates = ONNX_GATES[operator]
    stacked = len(gates) * H
    feeds = {
        "X": random(T, 1, D, dtype="float32", seed=1),
        "W": random(1, stacked, D, dtype="float32", seed=2),
        "R": random(1, stacked, H, dtype="float32", seed=3),
        "B": random(1, 2 * stacked, dtype="float32", seed=4),
        "h": random(1, 1, H, dtype="float32", seed=5),
    }
    names = ["X", "W", "R", "B", "", "h"]
    if operator == "LSTM":
        feeds["c"] = random(1, 1, H, dtype="float32", seed=6)
        names.append("c")
    if cell == "LSTMPeephole":
        feeds["P"] = random(1, 3 * H, dtype="float32", seed=7)
        names.append("P")
    options: dict[str, Any] = (
        {"linear_before_reset": int(cell == "GRU")} if operator == "GRU" else {}
    )
    node = helper.make_node(operator, names, ["Y"], hidden_size=H, **options)
    values = {
        k: helper.make_tensor_value_info(k, TensorProto.FLOAT, v.shape) for k, v in feeds.items()
    }
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, (T, 1, 1, H))
    graph = helper.make_graph([node], "one", list(values.values()), [output])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    session = runtime.InferenceSession(made.SerializeToString())
    expected = session.run(None, feeds)[0][:, 0, 0]

    weights: dict[str, np.ndarray] = {}
    for gate, Wx, Wh, bx, bh in zip(
        gates,
        np.split(feeds["W"][0], len(gates)),
        np.split(feeds["R"][0], len(gates)),
        np.split(feeds["B"][0, :stacked], len(gates)),
        np.split(feeds["B"][0, stacked:], len(gates)),
        strict=True,
    ):
        weights |= {f"Wx{gate}": Wx, f"Wh{gate}": Wh}
        apart = cell == "GRU" and gate == "_n"
        weights |= {f"bx{gate}": bx, f"bh{gate}": bh} if apart else {f"b{gate}": bx + bh}
    if "P" in feeds:
        for gate, p in zip("iof", np.split(feeds["P"][0], 3), strict=True):
            weights[f"p_{gate}"] = p
    layer = rnnstep.build_layer("layer", rnnstep.load_cell(cell), weights)
    state = {"h_prev": feeds["h"][0, 0]}
    if operator == "LSTM":
        state["c_prev"] = feeds["c"][0, 0]
    compare(rnnstep.Model((layer,)), feeds["X"][:, 0], state, expected)
