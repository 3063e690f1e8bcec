"""How much each term of a sum counts, and what of a line is a gate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnnstep.equations import Array, Node, dependencies
from rnnstep.equations.nodes import Binary, Call
from rnnstep.layer import Layer


def is_gate(node: Node, layer: Layer) -> bool:
    """Whether a factor is between 0 and 1: a sigmoid's value, or one minus that."""
    names = dependencies(node)
    if isinstance(node, Call):
        return "sigmoid" in node.function
    lines = [layer.cell.equation(name) for name in names]
    return bool(lines) and all(line is not None and is_gate(line.node, layer) for line in lines)


def shares_of(terms: Array | list[float]) -> Array:
    """How much each term of a sum counts: together 1. The first NaN counts alone, else infinities.

    One NaN is enough: where there are more, all ways from them lead to where NaN arose.
    """
    sizes = np.abs(np.asarray(terms, np.float64))
    wrong = np.isnan(sizes)
    if wrong.any():
        return np.asarray(np.arange(sizes.size) == wrong.argmax(), np.float64)
    if np.isinf(sizes).any():
        sizes = np.isinf(sizes).astype(np.float64)
    largest = sizes.max(initial=0.0)
    if largest == 0:
        return np.full(sizes.shape, 1 / max(sizes.size, 1))
    sizes = sizes / largest
    return np.asarray(sizes / sizes.sum())


def addends(node: Node) -> Iterator[Node]:
    """The terms of a sum of sums, whatever their signs."""
    match node:
        case Binary("+" | "-", left, right):
            yield from addends(left)
            yield from addends(right)
        case _:
            yield node


def entry_in(array: Array, key: tuple[int | slice, ...], entry: int) -> int:
    """Which entry of the whole an entry of a part is."""
    places = np.asarray(np.arange(array.size).reshape(array.shape)[key]).reshape(-1)
    return int(places[entry if places.size > 1 else 0])
