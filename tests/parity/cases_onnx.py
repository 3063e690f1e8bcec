"""Cases of the parity matrix that ONNX describes and ONNX Runtime runs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from tests.parity.matrix import Array, Case, D, H, Saved, T, random

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
LAYERS = [
    *(("RNN", activation) for activation in ("Tanh", "Relu", "Sigmoid", "Softsign")),
    *(("GRU", activation) for activation in ("Tanh", "Relu")),
    *(("GRU linear", activation) for activation in ("Tanh", "Relu")),
    *(("LSTM", activation) for activation in ("Tanh", "Softsign")),
    ("LSTM peephole", "Tanh"),
]
OPSET = 14


def cases() -> Iterator[Case]:
    """RNN, both GRUs, LSTM with and without peepholes, every direction, one and two nodes."""
    for (layer, activation), direction, depth in product(
        LAYERS, ("forward", "reverse", "bidirectional"), (1, 2)
    ):
        yield Case("ONNX Runtime", "onnx", layer, activation, direction, depth, "float32", build)


def build(case: Case, folder: Path) -> Saved:
    """Make the graph, save it, and run it."""
    import onnx

    onnxruntime = import_module("onnxruntime")
    halves = 2 if case.direction == "bidirectional" else 1
    carried = "hc" if case.layer.startswith("LSTM") else "h"
    nodes: list[Any] = []
    weights: dict[str, Array] = {}
    states: dict[str, Array] = {}
    signal, width = "x", D
    for index in range(case.depth):
        given = [f"{name}{index}" for name in carried]
        for name in given:
            seed = 60 + len(states)
            states[name] = random(halves, 1, H, dtype=case.dtype, seed=seed)
        own = _weights(case, index, width, halves)
        weights |= own
        nodes += _nodes(case, index, signal, [*own], given)
        signal, width = f"y{index}", halves * H
    path = folder / "model.onnx"
    onnx.save(_model(nodes, weights, states, signal, width), path)
    xs = random(T, D, dtype=case.dtype, seed=1)
    runtime = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (expected,) = runtime.run(None, {"x": xs[:, np.newaxis], **states})
    layers = ([states[f"{name}{index}"] for name in carried] for index in range(case.depth))
    flat = [
        state[half, 0] for own_states in layers for half in range(halves) for state in own_states
    ]
    return Saved(path, xs, flat, np.asarray(expected)[:, 0])


def _model(
    nodes: list[Any], weights: dict[str, Array], states: dict[str, Array], output: str, width: int
) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    def described(name: str, shape: list[int]) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    graph = helper.make_graph(
        nodes,
        "parity",
        [described("x", [T, 1, D]), *(described(n, list(s.shape)) for n, s in states.items())],
        [described(output, [T, 1, width])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _weights(case: Case, index: int, width: int, halves: int) -> dict[str, Array]:
    gates = GATES[case.layer.split()[0]]
    shapes: dict[str, tuple[int, ...]] = {
        "W": (halves, gates * H, width),
        "R": (halves, gates * H, H),
        "B": (halves, 2 * gates * H),
    }
    if case.layer == "LSTM peephole":
        shapes["P"] = (halves, 3 * H)
    return {
        f"{role}{index}": random(*shape, dtype=case.dtype, seed=10 * index + place)
        for place, (role, shape) in enumerate(shapes.items())
    }


def _nodes(case: Case, index: int, signal: str, own: list[str], given: list[str]) -> list[Any]:
    """The operator, and what brings its output to (T, batch, directions × H)."""
    from onnx import helper

    kind, _, form = case.layer.partition(" ")
    halves = 2 if case.direction == "bidirectional" else 1
    gates = ["Sigmoid"] if kind != "RNN" else []
    outer = [case.activation] * (2 if kind == "LSTM" else 1)
    settings: dict[str, Any] = {"activations": [*gates, *outer] * halves}
    if form == "linear":
        settings["linear_before_reset"] = 1
    peephole = [name for name in own if name.startswith("P")]
    inputs = [signal, *own[:3], "", *given, *peephole]
    raw = f"raw{index}"
    operator = helper.make_node(
        kind, inputs, [raw], name=f"rnn{index}", hidden_size=H, direction=case.direction, **settings
    )
    turned = helper.make_node("Transpose", [raw], [f"turned{index}"], perm=[0, 2, 1, 3])
    shape = helper.make_node("Constant", [], [f"shape{index}"], value_ints=[0, 0, -1])
    joined = helper.make_node("Reshape", [f"turned{index}", f"shape{index}"], [f"y{index}"])
    return [operator, turned, shape, joined]
