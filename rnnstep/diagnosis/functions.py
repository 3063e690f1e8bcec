"""What may be done otherwise in a cell: its activations, its gates' meaning, where it resets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from rnnstep.cells import Cell, load_cell
from rnnstep.diagnosis.variant import Apply, Change, Variant
from rnnstep.equations import Node
from rnnstep.equations.nodes import Call, mapped, walk
from rnnstep.errors import RnnstepError
from rnnstep.layer import Layer

_GATE = ("sigmoid", "hard_sigmoid", "hard_sigmoid_keras2")
_OUTPUT = ("tanh", "relu", "linear", "sigmoid", "softsign")
_TOLD = {
    "hard_sigmoid": "hard_sigmoid (x/6 + 0.5: PyTorch, Keras 3)",
    "hard_sigmoid_keras2": "hard_sigmoid (0.2 x + 0.5: Keras 1 and 2, ONNX)",
}
_AFTER, _BEFORE = "GRU", "GRUResetBefore"


def cell_changes(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """What may be done otherwise in the equations of a layer; see :func:`weight_changes`."""
    yield from _functions(index, layer, where)
    if {"z_t", "n_t"} <= set(layer.cell.values):
        yield Change(
            f"update gate {index}",
            f"the update gate{where} is turned round: h = z·n + (1 − z)·h",
            _turned_gate(index),
            "its papers differ here: negate the weights and the bias of z",
        )
    if layer.cell.name in (_AFTER, _BEFORE):
        after = layer.cell.name == _AFTER
        yield Change(
            f"reset {index}",
            f"the reset gate{where} is applied {'before' if after else 'after'} the product",
            _other_reset(index),
            f"reset_after={not after} (Keras), linear_before_reset={int(not after)} (ONNX)",
        )


def _functions(index: int, layer: Layer, where: str) -> Iterator[Change]:
    called = {n.function for e in layer.cell.equations for n in walk(e.node) if isinstance(n, Call)}
    recurrent = bool(layer.cell.states)
    # the sigmoid of a cell without gates is its activation
    gated = "sigmoid" in called and recurrent and "tanh" in called
    for function in sorted(called & set(_GATE if gated else ())):
        yield from (
            _swap(index, where, "gates' function", function, o) for o in _GATE if o != function
        )
    outputs = called & {*_OUTPUT, "softmax"} - ({"sigmoid"} if gated else set())
    for function in sorted(outputs):
        others = _OUTPUT if recurrent else ("linear", "sigmoid", "tanh", "relu")
        yield from (_swap(index, where, "activation", function, o) for o in others if o != function)


def _swap(index: int, where: str, kind: str, function: str, other: str) -> Change:
    def apply(variant: Variant) -> Variant | None:
        layer = variant.model.layers[index]
        equations = tuple(
            e.replaced(node=mapped(e.node, lambda node: _renamed(node, function, other)))
            for e in layer.cell.equations
        )
        named = {o: other if f == function else f for o, f in layer.cell.options.items()}
        cell = layer.cell.replaced(equations=equations, options=named)
        return variant.with_layer(index, layer.replaced(cell=cell))

    told = f"the {kind}{where} is {_TOLD.get(other, other)}, not {_TOLD.get(function, function)}"
    option = "--recurrent-activation" if kind.startswith("gates") else "--activation"
    return Change(f"{kind} {index}", told, apply, f"{option} {other}")


def _renamed(node: Node, function: str, other: str) -> Node:
    if isinstance(node, Call) and node.function == function:
        return node.replaced(function=other)
    return node


def _turned_gate(index: int) -> Apply:
    def apply(variant: Variant) -> Variant | None:
        layer = variant.model.layers[index]
        after = {n: -a if n.endswith("_z") else a for n, a in layer.weights.items()}
        return variant.with_layer(index, layer.replaced(weights=MappingProxyType(after)))

    return apply


def _other_reset(index: int) -> Apply:
    def apply(variant: Variant) -> Variant | None:
        layer = variant.model.layers[index]
        if layer.cell.name not in (_AFTER, _BEFORE):
            return None
        after = layer.cell.name == _AFTER
        cell = _cell(_BEFORE if after else _AFTER, layer.cell.options)
        weights = dict(layer.weights)
        if cell is None:
            return None
        if after:
            weights["b_n"] = weights.pop("bx_n") + weights.pop("bh_n")
        else:
            weights["bx_n"] = weights.pop("b_n")
            weights["bh_n"] = np.zeros_like(weights["bx_n"])
        changed = layer.replaced(cell=cell, weights=MappingProxyType(weights))
        return variant.with_layer(index, changed)

    return apply


def _cell(name: str, options: Mapping[str, str]) -> Cell | None:
    try:
        return load_cell(name, options)
    except RnnstepError:
        return None
