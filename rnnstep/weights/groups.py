"""The tensors of a file by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnnstep.weights.plan import Tensor
from rnnstep.weights.spelling import place_of


@dataclass(frozen=True, eq=False)
class Group:
    """The tensors of one layer by their own names: of ``lstm/kernel`` that is ``kernel``."""

    name: str
    tensors: Mapping[str, Tensor]
    reverse: Mapping[str, Tensor] = field(default_factory=dict)


def group_tensors(tensors: Mapping[str, Tensor]) -> list[Group]:
    """The tensors by layer, in the order of the file; the halves of one layer together."""
    groups: dict[tuple[str, int | None], tuple[dict[str, Tensor], dict[str, Tensor]]] = {}
    for name, tensor in tensors.items():
        place = place_of(name)
        halves = groups.setdefault((place.layer, place.depth), ({}, {}))
        halves[place.reverse][place.leaf] = tensor
    deep = {layer for layer, depth in groups if depth}
    order = {layer: place for place, (layer, _) in reversed([*enumerate(groups)])}
    ranked = sorted(groups, key=lambda key: (order[key[0]], key[1] or 0))
    return [
        Group(f"{layer or 'rnn'}_l{depth}" if layer in deep else layer, *groups[layer, depth])
        for layer, depth in ranked
    ]
