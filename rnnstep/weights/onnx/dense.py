"""Dense layers, and fixed numbers that are added or multiplied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.equations import Array
from rnnstep.weights.onnx.graph import Node, layer_name
from rnnstep.weights.onnx.joining import merged
from rnnstep.weights.onnx.reshaping import features_axis, first_signal
from rnnstep.weights.onnx.values import FEATURES, Const, Signal, Value
from rnnstep.weights.plan import Plan

if TYPE_CHECKING:
    from rnnstep.weights.onnx.walk import Walk


def layer_over(
    walk: Walk, node: Node, signal: Signal, axis: int, plan: Plan, width: int, opens: bool = False
) -> list[Value]:
    """A layer without memory that reads a signal's features.

    Args:
        walk: takes the layer in.
        node: the node that it is; its name is the layer's.
        signal: what it reads.
        axis: of the features.
        plan: the layer; its name and what it reads are filled in.
        width: how many numbers it gives.
        opens: whether nodes that follow may still become a part of it.
    """
    member = walk.source(signal)
    name = walk.name(layer_name(node, plan.cell))
    plan = plan.replaced(name=name, reads=(walk.link(member, name),))
    made = walk.add(plan, width)._replace(moment=member.moment and "last")
    if member.moment.startswith("always"):
        made = made._replace(moment="always")
    if opens:
        walk.open.add(name)
    axes = list(signal.axes)
    axes[axis] = (FEATURES,)
    return [replace(signal, members=(made,), widths=(width,), axes=tuple(axes))]


def used(constant: Const, role: str) -> dict[str, str]:
    """What a constant's tensors were read as."""
    return dict.fromkeys(constant.sources, role)


def fits(signal: Signal, width: int) -> bool:
    """Whether a signal has so many features, as far as is known."""
    return sum(signal.widths) in (0, width)


def _matmul(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    match values:
        case [Signal() as signal, Const(array=array) as constant] if array.ndim >= 2:
            kernel = array.reshape(array.shape[-2:]) if array.size else array
            return _dense(walk, node, signal, constant, kernel.T, None)
    return None


def _gemm(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    if not (len(values) > 1 and isinstance(values[1], Const)) or node.of("transA", int, 0):
        return None
    signal, constant = first_signal(values), values[1]
    shift = values[2] if len(values) > 2 else None
    if signal is None or constant.array.ndim != 2 or not isinstance(shift, Const | None):
        return None
    kernel = constant.array if node.of("transB", int, 0) else constant.array.T
    alpha, beta = node.of("alpha", float, 1.0), node.of("beta", float, 1.0)
    if alpha != 1:
        kernel = kernel * kernel.dtype.type(alpha)
    if shift is not None and beta != 1:
        shift = replace(shift, array=shift.array * shift.array.dtype.type(beta))
    return _dense(walk, node, signal, constant, kernel, shift)


def _dense(
    walk: Walk, node: Node, signal: Signal, constant: Const, kernel: Array, shift: Const | None
) -> Sequence[Value] | None:
    axis = features_axis(walk, signal)
    bias = None if shift is None else _vector(shift.array, len(kernel))
    if axis is None or not fits(signal, kernel.shape[1]) or (shift is not None and bias is None):
        return None
    weights, roles = {"W": kernel}, used(constant, "W")
    if shift is not None and bias is not None:
        weights["b"] = bias
        roles |= used(shift, "b")
    plan = Plan("", "Dense", weights, {"activation": "linear"}, roles)
    return layer_over(walk, node, signal, axis, plan, len(kernel), opens=True)


def _vector(array: Array, width: int) -> Array | None:
    """One number a feature, from an array that is broadcast along the last axis."""
    if array.size not in (1, width) or (array.ndim and array.shape[-1] != array.size):
        return None
    return np.broadcast_to(array.ravel(), (width,))


def _added(walk: Walk, node: Node, values: Sequence[Value | None]) -> Sequence[Value] | None:
    """Add, Sub, Mul or Div with constants, or of two outputs."""
    match values:
        case [Signal(), Signal()]:
            merge = {"Add": "Sum", "Mul": "Mul"}.get(node.op, "")
            return merged(walk, values, merge) if merge else None
        case [Signal() as signal, Const() as constant]:
            return _fixed(walk, node, signal, constant, first=False)
        case [Const() as constant, Signal() as signal]:
            return _fixed(walk, node, signal, constant, first=True)
    return None


def _fixed(
    walk: Walk, node: Node, signal: Signal, constant: Const, first: bool
) -> Sequence[Value] | None:
    axis = features_axis(walk, signal)
    if axis is None:
        return None
    known = sum(signal.widths) or signal.size(signal.axes[axis])
    width = known or constant.array.size
    vector = _vector(constant.array, width)
    if vector is None or vector.dtype.kind != "f":
        return None
    member = signal.members[0]
    plan = walk.plans.get(member.layer)
    fresh = plan is not None and member.layer in walk.open and len(signal.members) == 1
    if plan is not None and fresh and node.op == "Add" and "b" not in plan.weights:
        roles = {**plan.used, **used(constant, "b")}
        weights = {**plan.weights, "b": vector}
        walk.plans[plan.name] = plan.replaced(weights=weights, used=roles)
        return [signal]
    scaled = _scaled(node.op, vector, first)
    if scaled is None:
        return None
    plan = Plan("", "Scale", scaled, {}, used(constant, node.op))
    return layer_over(walk, node, signal, axis, plan, width)


def _scaled(op: str, vector: Array, first: bool) -> Mapping[str, Array] | None:
    """A fixed operation as a scale and a shift; ``first``: the constant is the left operand."""
    with np.errstate(all="ignore"):
        match op, first:
            case "Add", _:
                return {"shift": vector}
            case "Mul", _:
                return {"scale": vector}
            case "Sub", False:
                return {"shift": -vector}
            case "Sub", True:
                return {"scale": -np.ones_like(vector), "shift": vector}
            case "Div", False:
                return {"scale": np.ones_like(vector) / vector}
    return None


HANDLERS = {
    "MatMul": _matmul,
    "Gemm": _gemm,
    "Add": _added,
    "Sub": _added,
    "Mul": _added,
    "Div": _added,
}
