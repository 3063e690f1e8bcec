"""ONNX models of one recurrent node, and what ONNX Runtime gives for them."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

import rnnstep

T, D, H = 7, 3, 5
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
IR_VERSION = 8
TOLERANCE = {"float32": 1e-5, "float16": 2e-3, "float64": 1e-5}
"""Of states of size 1 after 7 steps: roundings of sums taken in another order, with a factor of
ten for exp and tanh; float16 results are rounded to 2⁻¹¹ by the runtime at the end."""


@dataclass(frozen=True)
class Case:
    """One recurrent node."""

    op: str
    direction: str = "forward"
    layout: int = 0
    bias: bool = True
    states: bool = True
    peepholes: bool = False
    opset: int = 14
    dtype: str = "float32"
    length: int | None = None
    features: int = D
    hidden: int = H
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def ways(self) -> int:
        return 2 if self.direction == "bidirectional" else 1

    def __str__(self) -> str:
        said = {k: v for k, v in vars(self).items() if v != Case.__dict__.get(k, None)}
        return "-".join(str(v) for v in said.values()).replace(" ", "")


def random(dtype: str, *shape: int, seed: int) -> Any:
    return (np.random.default_rng(seed).normal(size=shape) * 0.7).astype(dtype)


def constants(case: Case) -> dict[str, Any]:
    ways, stack, hidden = case.ways, GATES[case.op] * case.hidden, case.hidden
    shape = (1, ways, hidden) if case.layout else (ways, 1, hidden)
    made = {
        "W": random(case.dtype, ways, stack, case.features, seed=1),
        "R": random(case.dtype, ways, stack, hidden, seed=2),
    }
    if case.bias:
        made["B"] = random(case.dtype, ways, 2 * stack, seed=3)
    if case.length is not None:
        made["lens"] = np.array([case.length], np.int32)
    if case.states:
        made["h0"] = random(case.dtype, *shape, seed=4)
        if case.op == "LSTM":
            made["c0"] = random(case.dtype, *shape, seed=5)
    if case.peepholes:
        made["P"] = random(case.dtype, ways, 3 * hidden, seed=6)
    return made


def model_of(case: Case) -> Any:
    """A model whose only node is the case, and whose weights are constants."""
    given = constants(case)
    names = ["X", "W", "R", "B", "lens", "h0"] + (["c0", "P"] if case.op == "LSTM" else [])
    inputs = [name if name == "X" or name in given else "" for name in names]
    outputs = ["Y", "Y_h"] + (["Y_c"] if case.op == "LSTM" else [])
    attributes = {"direction": case.direction, "hidden_size": case.hidden, **case.attributes}
    if case.layout:
        attributes["layout"] = 1
    node = helper.make_node(case.op, inputs, outputs, name="rnn", **attributes)
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(case.dtype))
    x: list[str | int | None] = (
        ["n", "t", case.features] if case.layout else ["t", "n", case.features]
    )
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info("X", kind, x)],
        [helper.make_tensor_value_info(name, kind, None) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in given.items()],
    )
    opset = [helper.make_opsetid("", case.opset)]
    return helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)


def session_of(model: Any) -> Any:
    runtime: Any = importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    data = model.SerializeToString()
    return runtime.InferenceSession(data, options, ["CPUExecutionProvider"])


def run(model: Any, **feeds: Any) -> list[Any]:
    """What ONNX Runtime gives, each in float64."""
    session = session_of(model)
    return [np.asarray(array, np.float64) for array in session.run(None, feeds)]


def saved(model: Any, folder: Path) -> Path:
    path = folder / "model.onnx"
    onnx.save(model, path)
    return path


def check_case(case: Case, folder: Path, steps: int = T) -> None:
    """Every value that the node gives is the one that rnnstep has at the same real timestep."""
    model = model_of(case)
    xs = random(case.dtype, steps, case.features, seed=7)
    # the runtime has no kernel for float64, and refuses layout 1
    runs = replace(case, layout=0, dtype="float16" if case.dtype == "float16" else "float32")
    made = run(model_of(runs), X=xs[:, None].astype(runs.dtype))
    expected = [made[0][:, :, 0].swapaxes(0, 1), *(array[:, 0] for array in made[1:])]
    # the runtime computes float16 in float32, and rounds what it gives
    dtype = "float32" if case.dtype == "float16" else None
    loaded = rnnstep.load_model(saved(model, folder), dtype=dtype)
    trace = rnnstep.Trace(loaded, xs.astype(dtype or case.dtype))
    # a function without bounds makes large states, and their roundings are as large
    largest = max(float(np.abs(array).max()) for array in expected)
    assert largest < 100
    tolerance = TOLERANCE[case.dtype] * max(1.0, largest)
    names = ["rnn/forward", "rnn/backward"] if case.ways == 2 else ["rnn"]
    bare = len(loaded.layers) == 1
    ys = []
    for way, name in enumerate(names):
        start = "" if bare else f"{name}/"
        cut = "rnn/cut/y_t" if name == "rnn" else f"{name}/cut/y_t"
        shown = start + "h_t" if case.length in (None, steps) else cut
        ys.append(trace.series(shown))
        np.testing.assert_allclose(ys[-1], expected[0][way], rtol=0, atol=tolerance)
        ends_first = case.direction == "reverse" or way == 1
        end = 0 if ends_first else -1
        for value, final in zip(("h_t", "c_t"), expected[1:], strict=False):
            ended = trace.series(start + value)[end]
            np.testing.assert_allclose(ended, final[way], rtol=0, atol=tolerance)
    if case.ways == 2:
        joined = trace.series("rnn/y_t")
        np.testing.assert_array_equal(joined, np.concatenate(ys, 1))
