"""The order of the layers of a file that does not say it: safetensors sorts its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise, permutations

from rnnstep.cells import load_cell
from rnnstep.errors import InputError
from rnnstep.layer import build_layer
from rnnstep.weights.plan import Plan

Bundle = Sequence[Plan]
"""The plans of one layer: one, or the halves of a bidirectional one and what joins them."""

_TRIED = 5040


def likely_order(bundles: Sequence[Bundle]) -> list[Bundle]:
    """Embeddings, recurrent layers, normalisations, dense layers; other orders if only they fit.

    Among the orders in which each layer gives as many numbers as the next one takes, the one
    nearest to that is taken; if none fits, that one.
    """
    ranked = sorted(bundles, key=_rank)
    sizes = {id(bundle): _sizes(bundle) for bundle in ranked}
    for order in islice(permutations(ranked), _TRIED):
        if all(_fits(sizes[id(a)][1], sizes[id(b)][0]) for a, b in pairwise(order)):
            return list(order)
    return ranked


def _rank(bundle: Bundle) -> int:
    first = bundle[0].cell
    if load_cell(first).recurrent:
        return 1
    return {"Embedding": 0, "LayerNorm": 2, "BatchNorm": 2}.get(first, 3)


def _fits(gives: int, takes: int) -> bool:
    return not (gives and takes) or gives == takes


def _sizes(bundle: Bundle) -> tuple[int, int]:
    """How many numbers a layer takes and gives; 0 where that is open."""
    try:
        built = [build_layer(p.name, load_cell(p.cell), p.weights) for p in bundle if p.weights]
    except InputError:
        return 0, 0
    return built[0].input_size, sum(layer.output_size for layer in built)
