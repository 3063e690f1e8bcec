"""The order of the layers of a file that does not say it: safetensors sorts its tensors."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstep.building import build_layer
from rnnstep.cells import load_cell
from rnnstep.errors import InputError
from rnnstep.weights.plan import Plan

Bundle = Sequence[Plan]
"""The plans of one layer: one, or the halves of a bidirectional one and what joins them."""

_TRIED = 20_000


def likely_order(bundles: Sequence[Bundle]) -> list[Bundle]:
    """Embeddings, recurrent layers, normalisations, dense layers; other orders if only they fit.

    Among the orders in which each layer gives as many numbers as the next one takes, the one
    nearest to that is taken; if none fits, that one.
    """
    ranked = sorted(bundles, key=_rank)
    sizes = [sizes_of(bundle) for bundle in ranked]
    order: list[int] = []
    # for each place in the order the layers still to try, the nearest at the end
    choices = [list(range(len(ranked)))[::-1]]
    for _ in range(_TRIED):
        if len(order) == len(ranked):
            return [ranked[place] for place in order]
        if not choices:
            break
        if not choices[-1]:
            choices.pop()
            del order[-1:]
            continue
        order.append(choices[-1].pop())
        gives = sizes[order[-1]][1]
        left = (place for place in range(len(ranked)) if place not in order)
        choices.append([place for place in left if fits(gives, sizes[place][0])][::-1])
    return ranked


def _rank(bundle: Bundle) -> tuple[int, int]:
    """The part of the model that a layer's name says, an encoder before a decoder, and its kind."""
    first = bundle[0].cell
    recurrent = load_cell(first).recurrent
    kind = 1 if recurrent else {"Embedding": 0, "LayerNorm": 2, "BatchNorm": 2}.get(first, 3)
    path = bundle[-1].name.lower().split("/")
    parts = {"enc": 1, "dec": 2}
    own = [parts[name[:3]] for name in path if name[:3] in parts]
    return (own[0] if own else 1 if kind == 2 else kind), kind


def fits(gives: int, takes: int) -> bool:
    """Whether a layer that gives so many numbers may stand before one that takes so many."""
    return not (gives and takes) or gives == takes


def sizes_of(bundle: Bundle) -> tuple[int, int]:
    """How many numbers a layer takes and gives; 0 where that is open."""
    try:
        built = [build_layer(p.name, load_cell(p.cell), p.weights) for p in bundle if p.weights]
    except InputError:
        return 0, 0
    if not built:
        return 0, 0
    return built[0].input_size, sum(layer.output_size for layer in built)
