"""What may be done otherwise with weights: the order of gates, transposes, biases, precision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import permutations

import numpy as np

from rnnstep.diagnosis.biases import bias_changes
from rnnstep.diagnosis.edits import GATED, Weights, change, each, gates_of
from rnnstep.diagnosis.layouts import layout_changes
from rnnstep.diagnosis.variant import Change
from rnnstep.equations import Array, as_bfloat16, as_float16
from rnnstep.layer import Layer

_ROLES = {"kernel": ("Wx", "W"), "recurrent kernel": ("Wh",)}


def weight_changes(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """What may be done otherwise with the weights of a layer.

    Args:
        index: its place.
        layer: the layer.
        where: what is said of it: `` of lstm``, or nothing if it is the only one.
    """
    yield from _orders(index, layer, where)
    yield from _transposes(index, layer, where)
    yield from layout_changes(index, layer, where)
    yield from bias_changes(index, layer, where)
    yield from _precisions(index, layer, where)
    yield change(
        index,
        f"weights {index}",
        f"the weights{where} are not loaded: all are zero",
        partial(each, list(layer.weights), np.zeros_like),
        "load this layer's weights",
    )


def _orders(index: int, layer: Layer, where: str) -> Iterator[Change]:
    gates = gates_of(layer)
    for order in permutations(gates):
        if order != gates and len(gates) > 1:
            told = f"the gates{where} stand in the order {', '.join(order)}, not {', '.join(gates)}"
            yield change(
                index,
                f"order {index}",
                told,
                partial(_reordered, gates, order),
                f"--gate-order {','.join(order)}",
            )


def _reordered(gates: tuple[str, ...], order: tuple[str, ...], weights: Weights) -> Weights:
    """Each gate with the weights that stand in its place where the order is another."""
    given = dict(zip(order, gates, strict=True))
    after: Weights = {}
    for name in weights:
        found = GATED.fullmatch(name)
        # a peephole has an order of its own
        if found is None or found["gate"] not in given or found["role"] == "p":
            after[name] = weights[name]
            continue
        role, source = found["role"], given[found["gate"]]
        after[name] = _of_gate(weights, role, source)
    return after


def _of_gate(weights: Weights, role: str, gate: str) -> Array:
    """A gate's weight in a role; its one bias stands for that of the input, where it has two."""
    if f"{role}_{gate}" in weights:
        return weights[f"{role}_{gate}"]
    if role in ("bx", "bh"):
        whole = weights[f"b_{gate}"]
        return whole if role == "bx" else np.zeros_like(whole)
    return weights[f"bx_{gate}"] + weights[f"bh_{gate}"]


def _transposes(index: int, layer: Layer, where: str) -> Iterator[Change]:
    for role, begins in _ROLES.items():
        names = [name for name in layer.weights if name.split("_")[0] in begins]
        names = [name for name in names if layer.weights[name].ndim == 2]
        if not names:
            continue
        rows, columns = layer.weights[names[0]].shape
        if rows == columns:
            yield change(
                index,
                f"{role} {index}",
                f"the {role}{where} is transposed",
                partial(each, names, np.transpose),
                f"transpose the {role} when it is copied",
                f"a {role} that is not symmetric",
            )
        else:
            yield change(
                index,
                f"{role} {index}",
                f"the {role}{where} is read column by column where it was written row by row",
                partial(each, names, lambda array: array.T.reshape(array.shape)),
                f"check the memory order of the {role}",
            )


def _precisions(index: int, layer: Layer, where: str) -> Iterator[Change]:
    if layer.dtype.itemsize > 2:
        for name, rounded in (("float16", as_float16), ("bfloat16", as_bfloat16)):
            yield change(
                index,
                f"precision {index}",
                f"the weights{where} were rounded to {name}",
                partial(each, list(layer.weights), rounded),
                f"nothing is wrong but the precision: allow for {name} with --atol",
            )
