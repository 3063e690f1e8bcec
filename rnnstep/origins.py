"""Where a number comes from: the entry of another line, layer or timestep that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from rnnstep.equations.nodes import Binary, Call, Name, Node, walk
from rnnstep.frame import Cursor, Frame
from rnnstep.source import SEQUENCE
from rnnstep.terms import dot_product, evaluate
from rnnstep.trace import Trace


class Part(NamedTuple):
    """One entry of a value that an entry of a line is made of.

    Attributes:
        name: the value.
        entry: its entry.
        size: how much it counts beside the others.
    """

    name: str
    entry: int
    size: float


def parts(frame: Frame, count: int | None = None) -> list[Part]:
    """What the entry at the cursor is made of, the largest first; weights are no values.

    Args:
        frame: the moment.
        count: how many terms of a product are wanted; ``None`` is all of them.
    """
    names = frame.layer.cell.values
    found = [part for part in _parts(frame, frame.equation.node, count) if part.name in names]
    return sorted(found, key=lambda part: -part.size)


def origin(frame: Frame, part: Part) -> Cursor | None:
    """The line that made a part, where it was made; ``None`` if that is the sequence itself."""
    return maker(frame.trace, frame.cursor.t, frame.cursor.layer, part.name, part.entry)


def maker(trace: Trace, t: int, layer: int, name: str, entry: int) -> Cursor | None:
    """The line that made an entry that a layer has or reads at a timestep.

    Returns:
        where it was made, a state before the first timestep at ``INITIAL``; ``None`` if no line
        and no timestep is that.
    """
    model = trace.model_at(t)
    cell, reverse = model.layers[layer].cell, model.layers[layer].reverse
    lines = [equation.name for equation in cell.equations]
    if name in lines:
        return Cursor(t, layer, lines.index(name), entry)
    if name in cell.carried:
        before = t + (1 if reverse else -1)
        line = lines.index(cell.carried[name])
        return Cursor(before, layer, line, entry) if before < len(trace) else None
    inputs = [declaration.name for declaration in cell.inputs]
    source = model.sources[layer][inputs.index(name)]
    if source.layer == SEQUENCE:
        return None
    below = model.layers[source.layer]
    made = [equation.name for equation in below.cell.equations].index(source.value)
    end = 0 if below.reverse else len(trace) - 1
    return Cursor(end if source.final else t, source.layer, made, entry)


def _parts(frame: Frame, node: Node, count: int | None) -> Iterator[Part]:
    unit = frame.cursor.unit
    for product in walk(node):
        if isinstance(product, Binary) and product.symbol == "@":
            yield from _factors(frame, product, count)
            return
    match node:
        case Call("concat", (Name(first) as left, Name(second))):
            length = len(evaluate(frame.layer, left, frame.values))
            yield Part(first, unit, 1.0) if unit < length else Part(second, unit - length, 1.0)
        case Call("row", (_, Name(number))):
            yield Part(number, 0, 1.0)
        case _:
            for name in {n.name for n in walk(node) if isinstance(n, Name)} & frame.values.keys():
                flat = np.abs(frame.values[name].reshape(-1))
                entry = min(unit, flat.size - 1)
                yield Part(name, entry, float(np.nan_to_num(flat[entry], nan=np.inf)))


def _factors(frame: Frame, product: Binary, count: int | None) -> Iterator[Part]:
    terms = dot_product(frame.layer, product, frame.values, frame.cursor.unit)
    if terms is not None and isinstance(product.right, Name):
        for term in terms.terms(stop=count):
            size = float(np.nan_to_num(abs(term.product), nan=np.inf))
            yield Part(product.right.name, term.index, size)
