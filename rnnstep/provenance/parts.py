"""What one entry of a line is made of, and how much each part counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from rnnstep.equations import FUNCTIONS, Array, Node, dependencies
from rnnstep.equations.functions import Kind
from rnnstep.equations.nodes import Binary, Call, Index, Name, Number, Range, Unary
from rnnstep.layer import Layer, Values
from rnnstep.provenance.shares import addends, entry_in, is_gate, shares_of
from rnnstep.terms import evaluate

BREADTH = 8
"""Terms of a product, the largest, that are looked at unless another number is given."""


@dataclass(frozen=True)
class Weight:
    """The factor of a term: ``Wh[3,5]`` is 0.62."""

    name: str
    place: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Part:
    """An entry of a value or weight that an entry of a line is made of.

    Attributes:
        name: the value or weight, as the line has it.
        entry: its entry.
        share: how much it counts, 0 to 1. Terms of a sum share it by their sizes; factors of a
            product count whole, as nothing is left without one of them; a function's argument
            counts as the function does. Of what is not a number, the first that made it so counts.
        weight: its factor, if it is a term of a product with a matrix.
    """

    name: str
    entry: int
    share: float
    weight: Weight | None = None


def parts_of(
    layer: Layer,
    node: Node,
    values: Values,
    entry: int,
    breadth: int = BREADTH,
    divided: bool = False,
) -> list[Part]:
    """What an entry of a line is made of, the largest first; each entry of a value once.

    Args:
        layer: the layer whose line it is.
        node: the line.
        values: the layer's values at the timestep.
        entry: the entry.
        breadth: terms of a product with a matrix, the largest, to look at.
        divided: whether all shares are together 1 at the most: a gate and a condition have none
            beside what they let through, other factors of a product divide it evenly.
    """
    found: dict[tuple[str, int], Part] = {}
    for part in _Sharing(layer, values, breadth, divided).parts(node, entry, 1.0):
        place = part.name, part.entry
        before = found[place].share if place in found else 0.0
        found[place] = replace(part, share=min(before + part.share, 1.0))
    return sorted(found.values(), key=lambda part: -part.share)


class _Sharing:
    """The walk over one line; entries are counted over all axes of a value."""

    def __init__(self, layer: Layer, values: Values, breadth: int, divided: bool) -> None:
        self.layer, self.breadth, self.divided = layer, breadth, divided
        self.values = values
        self.names: Mapping[str, Array] = {**layer.weights, **values}

    def array(self, node: Node) -> Array:
        return evaluate(self.layer, node, self.names)

    def at(self, node: Node, entry: int) -> float:
        flat = self.array(node).reshape(-1)
        return float(flat[entry if flat.size > 1 else 0])

    def computed(self, node: Node) -> bool:
        """Whether any value is in it, and not weights and numbers alone."""
        return any(name in self.values for name in dependencies(node))

    def parts(self, node: Node, entry: int, share: float) -> Iterator[Part]:
        match node:
            case Name(name):
                yield Part(name, entry if self.names[name].size > 1 else 0, share)
            case Unary(_, operand):
                yield from self.parts(operand, entry, share)
            case Binary("@", left, right):
                yield from self.product(left, right, entry, share)
            case Binary("+" | "-"):
                terms = list(addends(node))
                sizes = shares_of([self.at(addend, entry) for addend in terms])
                for addend, size in zip(terms, sizes.tolist(), strict=True):
                    yield from self.parts(addend, entry, share * size)
            case Binary(_, left, right):
                yield from self.together([left, right], entry, share)
            case Call():
                yield from self.call(node, entry, share)
            case Index(operand, items):
                key = tuple(slice(i.start, i.stop) if isinstance(i, Range) else i for i in items)
                yield from self.parts(operand, entry_in(self.array(operand), key, entry), share)

    def together(self, operands: list[Node], entry: int, share: float) -> Iterator[Part]:
        """Each counts whole; weights beside values do not, nor numbers beside what is none."""
        numbers = [operand for operand in operands if not isinstance(operand, Number)]
        chosen = [operand for operand in numbers if self.computed(operand)] or numbers
        wrong = [operand for operand in chosen if np.isnan(self.at(operand, entry))]
        found = wrong[:1] or chosen
        if self.divided:
            found = [operand for operand in found if not is_gate(operand, self.layer)] or found
            for operand in found:
                yield from self.parts(operand, entry, share / len(found))
            return
        # a number that is several factors, as in a square, counts whole once
        once: dict[tuple[str, int], Part] = {}
        for part in (p for operand in found for p in self.parts(operand, entry, share)):
            before = once.setdefault((part.name, part.entry), part)
            once[part.name, part.entry] = max(before, part, key=lambda one: one.share)
        yield from once.values()

    def product(self, left: Node, right: Node, entry: int, share: float) -> Iterator[Part]:
        """The largest terms of a row by a column."""
        first, second = self.array(left), self.array(right)
        width = second.shape[1] if second.ndim > 1 else 1
        row, column = divmod(entry, width)
        length = first.shape[-1]
        factors = first.reshape(-1, length)[row]
        with np.errstate(all="ignore"):
            terms = factors * second.reshape(length, width)[:, column]
        sizes = shares_of(terms)
        named = left.name if isinstance(left, Name) and not self.computed(left) else ""
        for place in np.argsort(-sizes, kind="stable")[: self.breadth].tolist():
            own = share * float(sizes[place])
            at = (row, place) if first.ndim > 1 else (place,)
            weight = Weight(named, at, float(factors[place])) if named else None
            two = self.computed(left) and self.computed(right)
            own = own / 2 if two and self.divided else own
            if self.computed(right) or not self.computed(left):
                for part in self.parts(right, place * width + column, own):
                    yield replace(part, weight=weight)
            if self.computed(left):
                yield from self.parts(left, row * length + place, own)

    def call(self, node: Call, entry: int, share: float) -> Iterator[Part]:
        first, *others = node.arguments
        match node.function:
            case "where":
                chosen = others[0] if self.at(first, entry) != 0 else others[1]
                # which entries an edit is of is no number that anything came from
                if not (isinstance(first, Name) and first.name in self.layer.edits):
                    yield from self.parts(first, entry, 0.0 if self.divided else share)
                yield from self.parts(chosen, entry, share)
            case "concat":
                length = self.array(first).size
                beyond = entry >= length
                chosen = others[0] if beyond else first
                yield from self.parts(chosen, entry - length * beyond, share)
            case "row":
                yield from self.parts(others[0], 0, share)
            case function if FUNCTIONS[function].kind is Kind.REDUCTION:
                yield from self.reduced(function, first, share)
            case _:
                yield from self.parts(first, entry, share)

    def reduced(self, function: str, argument: Node, share: float) -> Iterator[Part]:
        flat = self.array(argument).reshape(-1)
        if function in ("min", "max"):
            sizes = np.zeros(flat.size)
            sizes[int(np.argmin(flat) if function == "min" else np.argmax(flat))] = 1.0
        else:
            sizes = shares_of(np.square(flat.astype(np.float64)) if function == "norm" else flat)
        for place in np.argsort(-sizes, kind="stable")[: self.breadth].tolist():
            if sizes[place] > 0:
                yield from self.parts(argument, place, share * float(sizes[place]))
