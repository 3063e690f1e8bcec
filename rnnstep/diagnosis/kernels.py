"""What may be done otherwise with weights: the order of gates, transposes, biases, precision."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from types import MappingProxyType

import numpy as np

from rnnstep.diagnosis.variant import Apply, Change, Variant
from rnnstep.equations import Array
from rnnstep.layer import Layer

Weights = dict[str, Array]
_GATED = re.compile(r"(?P<role>[A-Za-z]+)_(?P<gate>[a-z])")
_ROLES = {"kernel": ("Wx", "W"), "recurrent kernel": ("Wh",)}
_FORGET = "b_f"


def weight_changes(index: int, layer: Layer, where: str) -> Iterator[Change]:
    """What may be done otherwise with the weights of a layer.

    Args:
        index: its place.
        layer: the layer.
        where: what is said of it: `` of lstm``, or nothing if it is the only one.
    """
    yield from _orders(index, layer, where)
    yield from _transposes(index, layer, where)
    yield from _biases(index, layer, where)
    yield from _precisions(index, layer, where)
    yield _change(
        index,
        f"weights {index}",
        f"the weights{where} are not loaded: all are zero",
        partial(_each, list(layer.weights), np.zeros_like),
        "load this layer's weights",
    )


def _change(
    index: int,
    kind: str,
    words: str,
    edit: Callable[[Weights], Weights],
    hint: str = "",
    needs: str = "",
) -> Change:
    """A change of a layer's weights alone."""
    return Change(kind, words, _edited(index, edit), hint, needs)


def _edited(index: int, edit: Callable[[Weights], Weights]) -> Apply:
    def apply(variant: Variant) -> Variant | None:
        layer = variant.model.layers[index]
        before = dict(layer.weights)
        with np.errstate(all="ignore"):
            after = edit(dict(before))
        same = (np.array_equal(after[name], before[name], equal_nan=True) for name in before)
        if after.keys() != before.keys() or all(same):
            return None
        arrays = {name: np.asarray(array, layer.dtype) for name, array in after.items()}
        return variant.with_layer(index, replace(layer, weights=MappingProxyType(arrays)))

    return apply


def gates_of(layer: Layer) -> tuple[str, ...]:
    """The gates of a layer, the candidate among them, in the order of its weights."""
    found = (_GATED.fullmatch(name) for name in layer.weights)
    return tuple(dict.fromkeys(one["gate"] for one in found if one and one["role"] == "Wh"))


def _orders(index: int, layer: Layer, where: str) -> Iterator[Change]:
    gates = gates_of(layer)
    for order in permutations(gates):
        if order != gates and len(gates) > 1:
            told = f"the gates{where} stand in the order {', '.join(order)}, not {', '.join(gates)}"
            yield _change(
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
        found = _GATED.fullmatch(name)
        if found is None or found["gate"] not in given:
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
            yield _change(
                index,
                f"{role} {index}",
                f"the {role}{where} is transposed",
                partial(_each, names, np.transpose),
                f"transpose the {role} when it is copied",
                f"a {role} that is not symmetric",
            )
        else:
            yield _change(
                index,
                f"{role} {index}",
                f"the {role}{where} is read column by column where it was written row by row",
                partial(_each, names, lambda array: array.T.reshape(array.shape)),
                f"check the memory order of the {role}",
            )


def _each(names: Sequence[str], edit: Callable[[Array], Array], weights: Weights) -> Weights:
    return weights | {name: edit(weights[name]) for name in names}


def _biases(index: int, layer: Layer, where: str) -> Iterator[Change]:
    names = [name for name in layer.weights if name.split("_")[0] in ("b", "bx", "bh")]
    if not names:
        return
    needs, kind = "biases that are not zero", f"bias {index}"
    left_out = partial(_each, names, np.zeros_like)
    yield _change(
        index, kind, f"the biases{where} are left out", left_out, "load the biases", needs
    )
    yield _change(
        index,
        kind,
        f"the biases{where} are added twice",
        partial(_each, names, lambda array: 2 * array),
        "where a layer takes two biases, give the second one as zeros",
        needs,
    )
    yield from _two_biases(index, names, where, needs)
    if _FORGET in names:
        for step, told in ((1.0, "1 is added to"), (-1.0, "1 is subtracted from")):
            yield _change(
                index,
                f"forget bias {index}",
                f"{told} the forget bias{where}",
                partial(_each, [_FORGET], partial(np.add, np.float32(step))),
                "Keras adds it when it initializes, TensorFlow 1 in every step (forget_bias)",
            )


def _two_biases(index: int, names: Sequence[str], where: str, needs: str) -> Iterator[Change]:
    """Of a gate that has a bias for the input and one for the past, inside the reset gate."""
    kind = f"bias {index}"
    for outer, inner in ((name, f"bh{name[2:]}") for name in names if name.startswith("bx")):
        for name, told in ((outer, "input"), (inner, "recurrent")):
            yield _change(
                index,
                kind,
                f"the {told} bias {name}{where} is left out",
                partial(_each, [name], np.zeros_like),
                "a layer of this kind has two biases",
                needs,
            )
        for kept, gone, side in ((outer, inner, "outside"), (inner, outer, "inside")):
            yield _change(
                index,
                kind,
                f"{outer} and {inner}{where} are both added {side} the reset gate",
                partial(_merged, kept, gone),
                "keep both biases apart",
                needs,
            )


def _merged(kept: str, gone: str, weights: Weights) -> Weights:
    both = weights[kept] + weights[gone]
    return weights | {kept: both, gone: np.zeros_like(both)}


def _precisions(index: int, layer: Layer, where: str) -> Iterator[Change]:
    if layer.dtype.itemsize > 2:
        for name, rounded in (("float16", _as_half), ("bfloat16", _as_bfloat)):
            yield _change(
                index,
                f"precision {index}",
                f"the weights{where} were rounded to {name}",
                partial(_each, list(layer.weights), rounded),
                f"nothing is wrong but the precision: allow for {name} with --atol",
            )


def _as_half(array: Array) -> Array:
    return array.astype(np.float16).astype(array.dtype)


def _as_bfloat(array: Array) -> Array:
    """Rounded to the nearest bfloat16, ties to even."""
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32)
    up = ((bits >> 16) & 1) + 0x7FFF
    kept = np.where(np.isfinite(array), (bits + up) & 0xFFFF0000, bits).astype(np.uint32)
    return kept.view(np.float32).astype(array.dtype)
