"""Whole graphs read from ONNX files: what comes out beside ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

import onnx
from onnx import TensorProto, helper

import rnnstep
from tests.parity.by_onnx import random, run, saved
from tests.parity.onnx_graphs import (
    GRAPHS,
    D,
    H,
    T,
    graph_of,
    ints,
    node,
    tf2onnx_forward,
    weights,
)

pytestmark = pytest.mark.filterwarnings("ignore")
ATOL = 1e-5


def close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(actual, expected, rtol=0, atol=ATOL)


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("name", GRAPHS)
def test_graphs_of_other_exporters(tmp_path: Path, name: str, shuffled: bool) -> None:
    nodes, given = GRAPHS[name]()
    taken = {word for made in nodes for word in made.input}
    given = {word: array for word, array in given.items() if word in taken}
    shape = [1, T if name == "turned" else None, D]
    xs = random("float32", T, D, seed=4)
    # the runtime wants the nodes in order; the file may have them in any
    expected = run(graph_of(sorted_nodes(nodes, given), given, ["out"], shape), X=xs[None])
    order = nodes[::-1] if shuffled else nodes
    path = saved(graph_of(order, given, ["out"], shape), tmp_path)
    loaded = rnnstep.load_model(path)
    assert not [note.text for note in loaded.notes if note.warning]
    made = np.array([step.output for step in rnnstep.steps(loaded, xs)])
    close(made, expected[0][0])


def sorted_nodes(nodes: list[Any], given: dict[str, Any]) -> list[Any]:
    known, left, found = {"X", *given}, list(nodes), []
    while left:
        node = next(n for n in left if known >= set(filter(None, n.input)))
        found.append(node)
        known.update(node.output)
        left.remove(node)
    return found


def test_a_convolution_before_the_layer_is_not_run(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["X", "k"], ["c"], name="conv", pads=[1, 1]),
        node("Relu", ["c"], ["r"]),
        node("Transpose", ["r"], ["xt"], perm=[2, 0, 1]),
        node("LSTM", ["xt", "W", "R", "B"], ["y", "h"], hidden_size=H, name="lstm"),
        node("Squeeze", ["h", "zero"], ["hs"]),
        node("ArgMax", ["hs"], ["am"], name="choice", axis=1),
        node("Cast", ["am"], ["out"], to=TensorProto.FLOAT),
    ]
    given = {
        **weights("LSTM", features=4),
        "k": random("float32", 4, D, 3, seed=9),
        "zero": ints(0),
    }
    model = graph_of(nodes, given, ["out", "xt", "y"], [1, D, T])
    xs = random("float32", T, D, seed=4)
    _, before, after = run(model, X=xs.T[None])
    loaded = rnnstep.load_model(saved(model, tmp_path))
    warnings = [note.text for note in loaded.notes if note.warning]
    assert any("read by 'lstm'" in text and "Conv 'conv'" in text for text in warnings)
    assert any("ArgMax 'choice'" in text for text in warnings)
    assert any("not used" in text and "k" in text for text in warnings)
    close(rnnstep.Trace(loaded, before[:, 0]).series("h_t"), after[:, 0, 0])


def test_nodes_in_a_branch(tmp_path: Path) -> None:
    given = {**weights("GRU"), "one": ints(1), "yes": np.array(True)}
    value = helper.make_tensor_value_info
    inside = helper.make_graph(
        [
            node("GRU", ["xt", "W", "R", "B"], ["y"], hidden_size=H, name="gru"),
            node("Squeeze", ["y", "one"], ["ys"]),
        ],
        "then",
        [],
        [value("ys", TensorProto.FLOAT, None)],
    )
    other = helper.make_graph(
        [node("Identity", ["xt"], ["i"])], "else", [], [value("i", TensorProto.FLOAT, None)]
    )
    nodes = [
        node("Transpose", ["X"], ["xt"], perm=[1, 0, 2]),
        node("If", ["yes"], ["m"], name="choose", then_branch=inside, else_branch=other),
        node("Transpose", ["m"], ["out"], perm=[1, 0, 2]),
    ]
    model = graph_of(nodes, given, ["out"], [1, None, D])
    xs = random("float32", T, D, seed=4)
    expected = run(model, X=xs[None])[0][0]
    loaded = rnnstep.load_model(saved(model, tmp_path))
    assert any("If 'choose': read from its then_branch" in note.text for note in loaded.notes)
    close(rnnstep.Trace(loaded, xs).series("h_t"), expected)


def test_external_data_beside_the_file(tmp_path: Path) -> None:
    nodes, given = tf2onnx_forward()
    model = graph_of(nodes, given, ["out"], [1, None, D])
    xs = random("float32", T, D, seed=4)
    expected = run(model, X=xs[None])[0][0]
    onnx.save(
        model, tmp_path / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0
    )
    assert (tmp_path / "m.data").stat().st_size > 500
    loaded = rnnstep.load_model(tmp_path / "m.onnx")
    close(np.array([step.output for step in rnnstep.steps(loaded, xs)]), expected)


@pytest.mark.parametrize("both", [False, True])
def test_repeated_last_state(tmp_path: Path, both: bool) -> None:
    """Keras' RepeatVector: what the encoder ends with, at every timestep of the decoder."""
    ways = 1 + both
    given = {**weights("LSTM", ways), **weights("GRU", features=ways * H, name="2")}
    given |= {"zero": ints(0), "one": ints(1), "times": ints(1, T, 1), "flat": ints(1, -1)}
    way = {"direction": "bidirectional"} if both else {}
    nodes = [
        node("Transpose", ["X"], ["xt"], perm=[1, 0, 2]),
        node("LSTM", ["xt", "W", "R", "B"], ["", "h"], hidden_size=H, **way),
        node("Transpose", ["h"], ["ht"], perm=[1, 0, 2]),
        node("Reshape", ["ht", "flat"], ["hs"]),
        node("Unsqueeze", ["hs", "one"], ["hu"]),
        node("Tile", ["hu", "times"], ["rep"]),
        node("Transpose", ["rep"], ["rt"], perm=[1, 0, 2]),
        node("GRU", ["rt", "W2", "R2", "B2"], ["y"], hidden_size=H),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Transpose", ["ys"], ["out"], perm=[1, 0, 2]),
    ]
    model = graph_of(nodes, given, ["out"], [1, None, D])
    xs = random("float32", T, D, seed=4)
    expected = run(model, X=xs[None])[0][0]
    loaded = rnnstep.load_model(saved(model, tmp_path))
    close(np.array([step.output for step in rnnstep.steps(loaded, xs)]), expected)
