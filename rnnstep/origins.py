"""Where a number comes from: the entry of another line, layer or timestep that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnstep.equations.nodes import Binary, Call, Name, Node, walk
from rnnstep.frame import Cursor, Frame
from rnnstep.model import SEQUENCE
from rnnstep.terms import dot_product, evaluate


@dataclass(frozen=True)
class Part:
    """One entry of a value that an entry of a line is made of.

    Attributes:
        name: the value.
        entry: its entry.
        size: how much it counts beside the others.
    """

    name: str
    entry: int
    size: float


def parts(frame: Frame) -> list[Part]:
    """What the entry at the cursor is made of, the largest first; weights are no values."""
    names = frame.layer.cell.values
    found = [part for part in _parts(frame, frame.equation.node) if part.name in names]
    return sorted(found, key=lambda part: -part.size)


def origin(frame: Frame, part: Part) -> Cursor | None:
    """The line that made a part, where it was made; ``None`` if that is the sequence itself."""
    cursor, layer, model = frame.cursor, frame.layer, frame.step.model
    lines = [equation.name for equation in layer.cell.equations]
    if part.name in lines:
        return Cursor(cursor.t, cursor.layer, lines.index(part.name), part.entry)
    if part.name in layer.cell.carried:
        t = cursor.t + (1 if layer.reverse else -1)
        line = lines.index(layer.cell.carried[part.name])
        return Cursor(t, cursor.layer, line, part.entry) if t < len(frame.trace) else None
    inputs = [declaration.name for declaration in layer.cell.inputs]
    source = model.sources[cursor.layer][inputs.index(part.name)]
    if source.layer == SEQUENCE:
        return None
    below = model.layers[source.layer]
    made = [equation.name for equation in below.cell.equations].index(source.value)
    end = 0 if below.reverse else len(frame.trace) - 1
    return Cursor(end if source.final else cursor.t, source.layer, made, part.entry)


def _parts(frame: Frame, node: Node) -> Iterator[Part]:
    unit = frame.cursor.unit
    for product in walk(node):
        if isinstance(product, Binary) and product.symbol == "@":
            yield from _factors(frame, product)
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


def _factors(frame: Frame, product: Binary) -> Iterator[Part]:
    terms = dot_product(frame.layer, product, frame.values, frame.cursor.unit)
    if terms is not None and isinstance(product.right, Name):
        for term in terms.terms():
            size = float(np.nan_to_num(abs(term.product), nan=np.inf))
            yield Part(product.right.name, term.index, size)
