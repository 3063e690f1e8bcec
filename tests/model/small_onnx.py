"""Small ONNX files, and what a refusal has to look like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from rnnstep import InputError, load_model

NODE: Any = helper.make_node
D, H = 3, 5


def numbers(*shape: int) -> Any:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


def weights(op: str = "LSTM") -> dict[str, Any]:
    stack = {"RNN": 1, "GRU": 3, "LSTM": 4}[op] * H
    return {"W": numbers(1, stack, D), "R": numbers(1, stack, H), "B": numbers(1, 2 * stack)}


def info(name: str, *shape: Any) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape or None)


def model_of(nodes: list[Any], given: dict[str, Any], outputs: tuple[str, ...] = ("y",)) -> Any:
    tensors = [numpy_helper.from_array(np.asarray(array), name) for name, array in given.items()]
    graph = helper.make_graph(
        nodes, "g", [info("X", None, 1, D)], [info(name) for name in outputs], tensors
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def lstm(**attributes: Any) -> Any:
    said = {"name": "lstm", "hidden_size": H, **attributes}
    return helper.make_node("LSTM", ["X", "W", "R", "B"], ["y"], **said)


def small() -> Any:
    return model_of([lstm()], weights())


def rich() -> Any:
    """Every kind of thing that the reader looks at, for mutations to hit."""
    inner = helper.make_graph([NODE("Identity", ["r"], ["i"])], "in", [], [info("i")])
    nodes = [
        NODE("Transpose", ["X"], ["t"], perm=[0, 1, 2]),
        lstm(clip=1.0, activations=["Sigmoid", "Tanh", "HardSigmoid"], direction="forward"),
        NODE("Reshape", ["y", "shape"], ["r"]),
        NODE("If", ["yes"], ["f"], then_branch=inner, else_branch=inner),
        NODE("Slice", ["K2", "zero", "five", "zero"], ["K"]),
        NODE("Gemm", ["f", "K", "b"], ["g"]),
        NODE("Softmax", ["g"], ["out"], axis=1),
    ]
    given = weights() | {
        "K2": numbers(7, 2), "b": numbers(2), "shape": np.array([-1, H]), "yes": np.array(True),
        "zero": np.array([0]), "five": np.array([5]),
    }  # fmt: skip
    return model_of(nodes, given, ("out",))


def saved(model: Any, folder: Path) -> Path:
    path = folder / "m.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_model(path)
    told = str(caught.value)
    assert "\n" not in told and told.isprintable()
    assert str(path) in told and len(told) < 500
    return told
