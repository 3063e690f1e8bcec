"""Layers without memory: functions of each timestep, normalisation, embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.cells.variants import spelled
from rnnstep.equations import Array
from rnnstep.weights.onnx.activations import PLAIN, Function, number, parametrised
from rnnstep.weights.onnx.dense import fits, layer_over, used
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.reshaping import features_axis, first_signal
from rnnstep.weights.onnx.values import Const, Signal, Value
from rnnstep.weights.plan import Plan

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk

_FORMULAS = {
    "Abs": "abs({x})",
    "Exp": "exp({x})",
    "Log": "log({x})",
    "Neg": "(-{x})",
    "Sqrt": "sqrt({x})",
    "LogSoftmax": "({x} - max({x}) - log(sum(exp({x} - max({x})))))",
}
_ALPHAS = {"LeakyRelu": 0.01, "ThresholdedRelu": 1.0, "HardSigmoid": 0.2, "Elu": 1.0}


def _activation(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal = first_signal(values)
    if signal is None:
        return None
    function, axis = _function(node, values), features_axis(walk, signal)
    if function is None or axis is None:
        return None
    if node.op in ("Softmax", "LogSoftmax"):
        default = -1 if walk.opset >= 13 else 1
        if node.of("axis", int, default) % len(signal.axes) != axis:
            return None
    plan = walk.plans.get(signal.members[0].layer)
    if plan is not None and plan.name in walk.open and len(signal.members) == 1 and function.name:
        walk.open.discard(plan.name)
        walk.plans[plan.name] = plan.replaced(options={"activation": function.name})
        return [signal]
    options = {"activation": function.name} if function.name else {}
    changes = (partial(spelled, option="activation", formula=function.formula),)
    made = Plan("", "Activation", options=options, changes=changes if function.formula else ())
    return layer_over(walk, node, signal, axis, made, sum(signal.widths))


def _function(node: Node, values: Sequence[Value | None]) -> Function | None:
    op = node.op
    if op.lower() in PLAIN or op == "Softmax":
        return Function(op.lower())
    if op in _FORMULAS:
        return Function("", _FORMULAS[op])
    if op in _ALPHAS:
        alpha = node.of("alpha", float, _ALPHAS[op])
        return parametrised(node, op.lower(), alpha, node.of("beta", float, 0.5))
    if op == "Clip":
        return _clip(node, values)
    return None


def _clip(node: Node, values: Sequence[Value | None]) -> Function | None:
    ends = []
    for place, name in ((1, "min"), (2, "max")):
        value = values[place] if len(values) > place else None
        if not isinstance(value, Const | None):
            return None
        # without a limit the largest float32 is one
        default = float(np.finfo(np.float32).max) * (1 if name == "max" else -1)
        said = node.of(name, float, default) if value is None else float(value.array.ravel()[0])
        ends.append(number(said))
    return Function("", f"clip({{x}}, {ends[0]}, {ends[1]})")


def _normalised(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    signal, constants = first_signal(values), values[1:]
    if signal is None or not all(isinstance(value, Const | None) for value in constants):
        return None
    batch = node.op == "BatchNormalization"
    wanted = 1 if batch else node.of("axis", int, -1)
    axis = features_axis(walk, signal, wanted)
    names = ("gamma", "beta", "mean_of", "variance") if batch else ("gamma", "beta")
    given = {n: v for n, v in zip(names, constants, strict=False) if isinstance(v, Const)}
    if axis is None or "gamma" not in given or (batch and len(given) < len(names)):
        return None
    width = given["gamma"].array.size
    weights: dict[str, Array] = {name: value.array.ravel() for name, value in given.items()}
    if not fits(signal, width) or node.of("training_mode", int, 0):
        return None
    epsilon = node.of("epsilon", float, 1e-5)
    weights["epsilon"] = np.array(epsilon, weights["gamma"].dtype)
    roles = {name: role for role, value in given.items() for name in used(value, role)}
    cell = "BatchNorm" if batch else "LayerNorm"
    return layer_over(walk, node, signal, axis, Plan("", cell, weights, {}, roles), width)


def embedding(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    """A ``Gather`` that looks numbers of the sequence up in a table."""
    table, signal = values[0], values[1]
    if not (isinstance(table, Const) and isinstance(signal, Signal)):
        return None
    raw = len(signal.members) == 1 and not signal.members[0].layer
    if table.array.ndim != 2 or node.of("axis", int, 0) or not raw or len(signal.axes) > 2:
        return None
    wide = replace(signal, axes=(*signal.axes, ()))
    plan = Plan("", "Embedding", {"E": table.array}, {}, used(table, "E"))
    return layer_over(walk, node, wide, len(wide.axes) - 1, plan, table.array.shape[1])


HANDLERS = {
    **dict.fromkeys(
        [
            "Relu",
            "Tanh",
            "Sigmoid",
            "Softsign",
            "Softplus",
            "Softmax",
            "Clip",
            *_FORMULAS,
            *_ALPHAS,
        ],
        _activation,
    ),
    "BatchNormalization": _normalised,
    "LayerNormalization": _normalised,
}
