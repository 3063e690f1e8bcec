"""What may be done otherwise with the peepholes of an LSTM: which there are, and what they see."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import permutations

import numpy as np

from rnnstep.diagnosis.edits import Weights, change, each
from rnnstep.diagnosis.variant import Apply, Change, Variant
from rnnstep.equations import Node
from rnnstep.equations.nodes import Name, mapped
from rnnstep.layer import Layer

_CELL = "LSTMPeephole"
_OLD, _NEW, _HIDDEN = "c_prev", "c_t", "h_prev"


def peephole_changes(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """What may be done otherwise with the peepholes of a layer that has them."""
    if layer.cell.name != _CELL:
        return
    names = [name for name in layer.weights if name.startswith("p_")]
    kind, needs = f"peepholes {index}", "peepholes that are not zero"
    gone = partial(each, names, np.zeros_like)
    hint = "a peephole LSTM has three weights per unit more: ONNX' P, TensorFlow's use_peepholes"
    yield change(index, kind, f"the peepholes{where} are left out", gone, hint, needs)
    for name in names:
        one = partial(each, [name], np.zeros_like)
        told = f"the peephole {name}{where} is left out"
        yield change(index, kind, told, one, "each of the gates i, f and o has one", needs)
    gates = [name.removeprefix("p_") for name in names]
    for order in permutations(gates):
        if [*order] != gates:
            told = f"the peepholes{where} stand in the order {', '.join(order)}"
            moved = partial(_reordered, gates, order)
            hint = "ONNX' P has the order i, o, f"
            yield change(index, kind, f"{told}, not {', '.join(gates)}", moved, hint)
    told = f"the peephole of the output gate{where} sees c_prev, not c_t"
    hint = "the output gate is computed after the cell state: p_o * c_t"
    yield Change(f"peephole of o {index}", told, _looking(index, {_NEW: _OLD}), hint, run=True)
    told = f"the peepholes{where} see h_prev, not the cell state"
    seen = _looking(index, {_NEW: _HIDDEN, _OLD: _HIDDEN})
    yield Change(f"peephole of o {index}", told, seen, "p * c, not p * h", run=True)


def _reordered(gates: list[str], order: tuple[str, ...], weights: Weights) -> Weights:
    """Each gate with the peephole that stands in its place where the order is another."""
    given = {f"p_{gate}": weights[f"p_{at}"] for at, gate in zip(gates, order, strict=True)}
    return weights | given


def _looking(index: int, instead: dict[str, str]) -> Apply:
    """The products of peepholes with other states."""

    def seen(node: Node) -> Node:
        known = isinstance(node, Name) and node.name in instead
        return Name(instead[node.name]) if known and isinstance(node, Name) else node

    def apply(variant: Variant) -> Variant | None:
        layer = variant.model.layers[index]
        equations = tuple(
            e.replaced(node=mapped(e.node, seen)) if e.name.startswith("p_c_") else e
            for e in layer.cell.equations
        )
        return variant.with_layer(
            index, layer.replaced(cell=layer.cell.replaced(equations=equations))
        )

    return apply
