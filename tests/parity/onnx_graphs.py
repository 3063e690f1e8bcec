"""Graphs as exporters write them, built by hand: what stands around a recurrent node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tests.parity.by_onnx import IR_VERSION, random

T, D, H = 7, 3, 5
node: Callable[..., Any] = helper.make_node

Nodes = tuple[list[Any], dict[str, Any]]


def weights(op: str, ways: int = 1, features: int = D, hidden: int = H, name: str = "") -> Any:
    stack = {"RNN": 1, "GRU": 3, "LSTM": 4}[op] * hidden
    return {
        f"W{name}": random("float32", ways, stack, features, seed=1),
        f"R{name}": random("float32", ways, stack, hidden, seed=2),
        f"B{name}": random("float32", ways, 2 * stack, seed=3),
    }


def graph_of(
    nodes: list[Any], given: dict[str, Any], outputs: list[str], shape: Any, opset: int = 13
) -> Any:
    graph = helper.make_graph(
        nodes,
        "built",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in given.items()],
    )
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def ints(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


def tf2onnx_forward() -> Nodes:
    """tf2onnx, LSTM: the batch first, transposed there and squeezed back."""
    given = {**weights("LSTM"), "one": ints(1), "K": random("float32", H, 2, seed=5)}
    given |= {"b": random("float32", 2, seed=6)}
    return [
        node("Transpose", ["X"], ["xt"], perm=[1, 0, 2]),
        node("LSTM", ["xt", "W", "R", "B"], ["y"], hidden_size=H, name="model/lstm/LSTM"),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Transpose", ["ys"], ["yb"], perm=[1, 0, 2]),
        node("MatMul", ["yb", "K"], ["m"], name="model/dense/MatMul"),
        node("Add", ["m", "b"], ["a"]),
        node("Sigmoid", ["a"], ["out"]),
    ], given


def tf2onnx_backwards() -> Nodes:
    """Keras' go_backwards: the sequence is turned by ReverseSequence, and what comes out, too."""
    given = {**weights("GRU"), "one": ints(1), "lens": ints(T)}
    return [
        node("ReverseSequence", ["X", "lens"], ["xr"], batch_axis=0, time_axis=1),
        node("Transpose", ["xr"], ["xt"], perm=[1, 0, 2]),
        node("GRU", ["xt", "W", "R", "B"], ["y"], hidden_size=H, linear_before_reset=1),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Transpose", ["ys"], ["yb"], perm=[1, 0, 2]),
        node("ReverseSequence", ["yb", "lens"], ["out"], batch_axis=0, time_axis=1),
    ], given


def turned_by_a_slice() -> Nodes:
    given = {**weights("RNN"), "one": ints(1), "start": ints(-1), "end": ints(-(2**63 - 1))}
    given |= {"axes": ints(1), "steps": ints(-1)}
    return [
        node("Slice", ["X", "start", "end", "axes", "steps"], ["xr"]),
        node("Transpose", ["xr"], ["xt"], perm=[1, 0, 2]),
        node("RNN", ["xt", "W", "R", "B"], ["y"], hidden_size=H),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Transpose", ["ys"], ["yb"], perm=[1, 0, 2]),
        node("Slice", ["yb", "start", "end", "axes", "steps"], ["out"]),
    ], given


def halves_merged(merge: str) -> Callable[[], Nodes]:
    """A bidirectional node whose halves are split, and then added, multiplied or averaged."""

    def build() -> Nodes:
        given = {**weights("LSTM", 2), "one": ints(1), "parts": ints(1, 1)}
        start = [
            node("Transpose", ["X"], ["xt"], perm=[1, 0, 2]),
            node("LSTM", ["xt", "W", "R", "B"], ["y"], hidden_size=H, direction="bidirectional"),
        ]
        if merge in ("ReduceSum", "ReduceMean"):
            attributes = {"axes": [1]} if merge == "ReduceMean" else {}
            inputs = ["y"] if attributes else ["y", "one"]
            last = [node(merge, inputs, ["m"], keepdims=0, **attributes)]
        else:
            last = [
                node("Split", ["y", "parts"], ["f", "b"], axis=1),
                node("Squeeze", ["f", "one"], ["fs"]),
                node("Squeeze", ["b", "one"], ["bs"]),
                node(merge, ["fs", "bs"], ["m"], **({"axis": -1} if merge == "Concat" else {})),
            ]
        return [*start, *last, node("Transpose", ["m"], ["out"], perm=[1, 0, 2])], given

    return build


def two_nodes_side_by_side() -> Nodes:
    """A forward and a reverse node, joined: Keras' Bidirectional where it is not fused."""
    given = {**weights("GRU"), **weights("GRU", name="2"), "one": ints(1)}
    given["W2"], given["R2"] = given["W2"] * 0.5, given["R2"] * -0.6
    return [
        node("Transpose", ["X"], ["xt"], perm=[1, 0, 2]),
        node("GRU", ["xt", "W", "R", "B"], ["y"], hidden_size=H),
        node("GRU", ["xt", "W2", "R2", "B2"], ["y2"], hidden_size=H, direction="reverse"),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Squeeze", ["y2", "one"], ["y2s"]),
        node("Concat", ["ys", "y2s"], ["c"], axis=2),
        node("Transpose", ["c"], ["out"], perm=[1, 0, 2]),
    ], given


def time_distributed() -> Nodes:
    """Keras' TimeDistributed(Dense): timesteps and samples in one axis for the product."""
    given = {**weights("LSTM"), "one": ints(1), "flat": ints(-1, H), "wide": ints(1, -1, 2)}
    given |= {"K": random("float32", H, 2, seed=5), "b": random("float32", 2, seed=6)}
    return [
        node("Transpose", ["X"], ["xt"], perm=[1, 0, 2]),
        node("LSTM", ["xt", "W", "R", "B"], ["y"], hidden_size=H),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Transpose", ["ys"], ["yb"], perm=[1, 0, 2]),
        node("Reshape", ["yb", "flat"], ["yf"]),
        node("Gemm", ["yf", "K", "b"], ["g"], alpha=0.5, beta=2.0),
        node("Reshape", ["g", "wide"], ["w"]),
        node("HardSigmoid", ["w"], ["hs"], alpha=0.25),
        node("Clip", ["hs"], ["cl"]),
        node("LeakyRelu", ["cl"], ["out"], alpha=0.3),
    ], given


def scaled_before() -> Nodes:
    """Fixed numbers before the layer, and a residual connection behind it."""
    given = {**weights("GRU", features=H), "one": ints(1), "mean": random("float32", D, seed=8)}
    given |= {"std": np.array([0.5, 2, 3], np.float32), "K": random("float32", D, H, seed=9)}
    return [
        node("Sub", ["X", "mean"], ["x1"]),
        node("Div", ["x1", "std"], ["x2"]),
        node("MatMul", ["x2", "K"], ["x3"]),
        node("Tanh", ["x3"], ["x4"]),
        node("Transpose", ["x4"], ["xt"], perm=[1, 0, 2]),
        node("GRU", ["xt", "W", "R", "B"], ["y"], hidden_size=H),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Add", ["ys", "xt"], ["sum"]),
        node("Transpose", ["sum"], ["out"], perm=[1, 0, 2]),
    ], given


def weights_on_their_way() -> Nodes:
    """Weights that are cut, turned and put together before the node takes them."""
    plain = weights("GRU")
    W, R, B = (plain[k] for k in "WRB")
    given = {
        "r": W[0, H : 2 * H], "z": W[0, :H], "n": W[0, 2 * H :].T.copy(), "zero": ints(0),
        "one": ints(1), "Rhalf": R.astype(np.float16).astype(np.float32), "shape": ints(1, -1),
        "bx": B[0, : 3 * H], "bh": B[0, 3 * H :], "cut": ints(1), "end": ints(3 * H + 1),
    }  # fmt: skip
    given["bx"] = np.concatenate([[9], given["bx"], [9]]).astype(np.float32)
    return [
        node("Transpose", ["X"], ["xt"], perm=[1, 0, 2]),
        node("GRU", ["xt", "W", "R", "B"], ["y"], hidden_size=H),
        node("Squeeze", ["y", "one"], ["ys"]),
        node("Transpose", ["ys"], ["out"], perm=[1, 0, 2]),
        node("Transpose", ["n"], ["nt"], perm=[1, 0]),
        node("Concat", ["z", "r", "nt"], ["w"], axis=0),
        node("Unsqueeze", ["w", "zero"], ["W"]),
        node("Identity", ["Rhalf"], ["R1"]),
        node("Cast", ["R1"], ["R"], to=TensorProto.FLOAT),
        node("Slice", ["bx", "cut", "end"], ["bc"]),
        node("Concat", ["bc", "bh"], ["b"], axis=0),
        node("Reshape", ["b", "shape"], ["B"]),
    ], given


MERGES = ("Add", "Mul", "Concat", "ReduceSum", "ReduceMean")
GRAPHS: dict[str, Callable[[], Nodes]] = {
    "tf2onnx": tf2onnx_forward,
    "turned": tf2onnx_backwards,
    "turned by a slice": turned_by_a_slice,
    **{
        f"halves {m}": halves_merged(m) for m in ("Add", "Mul", "Concat", "ReduceSum", "ReduceMean")
    },
    "two nodes": two_nodes_side_by_side,
    "time distributed": time_distributed,
    "scaled": scaled_before,
    "weights on their way": weights_on_their_way,
}
