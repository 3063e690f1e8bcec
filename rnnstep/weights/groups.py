"""The tensors of a file by layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rnnstep.weights.linears import as_one_layer
from rnnstep.weights.plan import Tensor
from rnnstep.weights.spelling import place_of

_BIAS = re.compile(r"(b(ias(es)?)?_?\w{0,3}|c)(\.bias)?", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Group:
    """The tensors of one layer by their own names: of ``lstm/kernel`` that is ``kernel``.

    Attributes:
        name: the layer's; empty if the tensors' names say none.
        tensors: by their own names; biases have one axis.
        reverse: those of the half that runs backwards.
        upright: whether biases were columns, (hidden, 1), or rows, if either.
    """

    name: str
    tensors: Mapping[str, Tensor]
    reverse: Mapping[str, Tensor] = field(default_factory=dict)
    upright: bool | None = None


def group_tensors(tensors: Mapping[str, Tensor]) -> list[Group]:
    """The tensors by layer, in the order of the file; the halves of one layer together."""
    groups: dict[tuple[str, int | None], tuple[dict[str, Tensor], dict[str, Tensor]]] = {}
    for name, place in as_one_layer({name: place_of(name) for name in tensors}).items():
        halves = groups.setdefault((place.layer, place.depth), ({}, {}))
        halves[place.reverse][place.leaf] = tensors[name]
    deep = {layer for layer, depth in groups if depth}
    order = {layer: place for place, (layer, _) in reversed([*enumerate(groups)])}
    ranked = sorted(groups, key=lambda key: (order[key[0]], key[1] or 0))
    return [
        _group(f"{layer or 'rnn'}_l{depth}" if layer in deep else layer, *groups[layer, depth])
        for layer, depth in ranked
    ]


def _group(name: str, tensors: Mapping[str, Tensor], reverse: Mapping[str, Tensor]) -> Group:
    long = [t.array.shape for k, t in tensors.items() if _is_matrix(k, t) and t.array.size > 1]
    upright = long[0][1] == 1 if long else None
    return Group(name, _flat(tensors), _flat(reverse), upright)


def _flat(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, with biases that are matrices of one row or column as vectors."""
    return {
        leaf: Tensor(tensor.name, tensor.array.ravel()) if _is_matrix(leaf, tensor) else tensor
        for leaf, tensor in tensors.items()
    }


def _is_matrix(leaf: str, tensor: Tensor) -> bool:
    return tensor.array.ndim == 2 and 1 in tensor.array.shape and bool(_BIAS.fullmatch(leaf))
