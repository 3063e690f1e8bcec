"""The weight file read with its gates in another order: with that, no bias is lost or guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from rnnstep.diagnosis.edits import gates_of
from rnnstep.diagnosis.variant import Apply, Change, Variant
from rnnstep.errors import RnnstepError
from rnnstep.model import Model

Read = Callable[[str], Model]
"""Reads the weight file with its gates in an order, as ``--gate-order`` takes it."""

ORDER = "order"
"""What the kinds of changes of the gates' order begin with."""


def reading_changes(model: Model, read: Read) -> Iterator[Change]:
    """Each other order of the gates that the file can be read in.

    Args:
        model: as it was read.
        read: reads it otherwise.
    """
    gates = max((gates_of(layer) for layer in model.layers), key=len, default=())
    for order in permutations(gates) if len(gates) > 1 else ():
        text = ",".join(order)
        try:
            other = read(text)
        except RnnstepError:
            continue
        if _alike(model, other) and not _same(model, other):
            words = f"the gates of the file are read in the order {', '.join(order)}"
            yield Change(ORDER, words, _in_place_of(other), f"--gate-order {text}")


def _in_place_of(other: Model) -> Apply:
    def apply(variant: Variant) -> Variant | None:
        # it would undo what was changed before
        return None if variant.changes else replace(variant, model=other)

    return apply


def _alike(model: Model, other: Model) -> bool:
    layers = zip(model.layers, other.layers, strict=False)
    same = all(a.cell.values == b.cell.values and a.sizes == b.sizes for a, b in layers)
    return same and len(model.layers) == len(other.layers)


def _same(model: Model, other: Model) -> bool:
    return all(
        np.array_equal(array, b.weights[name], equal_nan=True)
        for a, b in zip(model.layers, other.layers, strict=True)
        for name, array in a.weights.items()
    )
