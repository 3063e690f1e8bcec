"""Looking inside one number: the terms of its dot product, or the arithmetic of its line."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnstep.equations import Array, compile_node
from rnnstep.equations.nodes import Binary, Call, Index, Name, Node, walk
from rnnstep.layer import Layer
from rnnstep.record import Record

Values = Mapping[str, Array]


class Term(Record):
    """One term of a dot product, ``Wh[3,5]·h[5] = 0.62 × 0.50``.

    Attributes:
        index: the place in the inner axis, 5.
        weight: the left factor, 0.62.
        value: the right factor, 0.50.
        product: their product, in the values' dtype.
    """

    index: int
    weight: float
    value: float
    product: float


class DotProduct(Record, eq=False):
    """``W[unit]·v``: where one entry of a product comes from.

    Attributes:
        left: the text of the left operand, ``Wh``.
        right: the text of the right operand, ``h_prev``.
        unit: which row of the left operand.
        total: the entry itself, as it was computed.
        products: each term by its place, in the order of the axis.
    """

    left: Node
    right: Node
    unit: int
    total: float
    weights: Array
    values: Array
    products: Array

    def __len__(self) -> int:
        """How many terms there are."""
        return len(self.products)

    def terms(self, start: int = 0, stop: int | None = None) -> list[Term]:
        """The terms from rank ``start`` to before ``stop``, the largest first; NaN before all."""
        return [self.term(index) for index in self._largest(stop)[start:].tolist()]

    def _largest(self, count: int | None) -> Array:
        """The places of so many terms, the largest first, equal ones in the axis's order."""
        sizes = np.nan_to_num(np.abs(self.products), nan=np.inf)
        places = np.arange(len(sizes))
        if count is not None and 0 < count < len(sizes):
            # without sorting the others
            places = np.flatnonzero(sizes >= np.partition(sizes, -count)[-count])
        return places[np.argsort(-sizes[places], kind="stable")][:count]

    def term(self, index: int) -> Term:
        """The term at one place of the inner axis."""
        return Term(
            index,
            float(self.weights[index]),
            float(self.values[index]),
            float(self.products[index]),
        )

    @property
    def sum(self) -> float:
        """The sum of the terms, computed apart from :attr:`total` in double precision."""
        return float(np.sum(self.products, dtype=np.float64))


def dot_product(layer: Layer, node: Node, values: Values, unit: int) -> DotProduct | None:
    """The terms behind one entry of a line that is a product; ``None`` if it is none."""
    if not isinstance(node, Binary) or node.symbol != "@":
        return None
    names = {**layer.weights, **values}
    left = np.asarray(evaluate(layer, node.left, names))
    right = np.asarray(evaluate(layer, node.right, names))
    if left.ndim > 2 or right.ndim != 1:
        return None
    row = left[unit] if left.ndim == 2 else left
    with np.errstate(all="ignore"):
        products = row * right
        total = float(_computed(layer, node, names).reshape(-1)[unit])
    return DotProduct(node.left, node.right, unit, total, row, right, products)


def _computed(layer: Layer, node: Node, names: Values) -> Array:
    """The value of a node; that of a whole line was computed with the step."""
    lines = (e.name for e in layer.cell.equations if e.node is node and e.name in names)
    name = next(lines, None)
    return evaluate(layer, node, names) if name is None else np.asarray(names[name])


def evaluate(layer: Layer, node: Node, names: Values) -> Array:
    """The value of a part of a line."""
    with np.errstate(all="ignore"):
        return np.asarray(compile_node(node, layer.cell.shapes)(names))


def chosen(layer: Layer, node: Node, values: Values, unit: int) -> tuple[Node, int]:
    """The part of a line, and its entry, that an entry of joined vectors or of a table is."""
    names = {**layer.weights, **values}
    match node:
        case Call("concat", (left, right)):
            length = evaluate(layer, left, names).size
            return (left, unit) if unit < length else (right, unit - length)
        case Call("row", (Name() as table, number)):
            row = evaluate(layer, number, names).item()
            known = row == int(row) if np.isfinite(row) else False
            return (Index(table, (int(row), unit)), unit) if known else (node, unit)
    return node, unit


def operands(layer: Layer, node: Node, values: Values, unit: int) -> dict[Node, float]:
    """What each name, index and product in an elementwise line is for one unit."""
    names = {**layer.weights, **values}
    found: dict[Node, float] = {}
    for part in walk(node):
        leaf = isinstance(part, Name | Index) or (isinstance(part, Binary) and part.symbol == "@")
        if leaf:
            flat = np.asarray(evaluate(layer, part, names)).reshape(-1)
            found[part] = float(flat[unit] if flat.size > unit else flat[0])
    return found
