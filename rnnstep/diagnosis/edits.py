"""Changes of a layer's weights alone: how one is made, and what the weights are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType

import numpy as np

from rnnstep.diagnosis.variant import Apply, Change, Variant
from rnnstep.equations import Array
from rnnstep.layer import Layer

Weights = dict[str, Array]
GATED = re.compile(r"(?P<role>[A-Za-z]+)_(?P<gate>[a-z])")
"""A weight's name: of which role it is, and of which gate."""


def change(
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
        try:
            with np.errstate(all="ignore"):
                after = edit(dict(before))
        except KeyError:
            # another change has given the layer other weights
            return None
        same = (np.array_equal(after[name], before[name], equal_nan=True) for name in before)
        if after.keys() != before.keys() or all(same):
            return None
        arrays = {name: np.asarray(array, layer.dtype) for name, array in after.items()}
        return variant.with_layer(index, layer.replaced(weights=MappingProxyType(arrays)))

    return apply


def gates_of(layer: Layer) -> tuple[str, ...]:
    """The gates of a layer, the candidate among them, in the order of its weights."""
    found = (GATED.fullmatch(name) for name in layer.weights)
    return tuple(dict.fromkeys(one["gate"] for one in found if one and one["role"] == "Wh"))


def each(names: Sequence[str], edit: Callable[[Array], Array], weights: Weights) -> Weights:
    """The weights, some of them changed."""
    return weights | {name: edit(weights[name]) for name in names}
