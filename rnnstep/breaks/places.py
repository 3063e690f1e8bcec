"""Which number a condition is about: of several values what makes it true, and its entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rnnstep.equations import Array, Node
from rnnstep.equations.nodes import Binary, Call, Index, Unary, walk
from rnnstep.expressions import Expression
from rnnstep.trace import Trace

_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_CHOICES: Mapping[str, Callable[[Array], np.intp]] = {
    "min": np.argmin,
    "max": np.argmax,
    "mean": np.argmax,
    "norm": lambda values: np.argmax(np.abs(values)),
    "any": lambda values: np.argmax(values != 0),
    "all": lambda values: np.argmin(values != 0),
}
"""For functions of an array, the entry that they are about."""


@dataclass(frozen=True)
class Place:
    """The number that a hit is about.

    Attributes:
        layer: its layer, from 0.
        name: its value, as the layer calls it.
        unit: its entry.
    """

    layer: int
    name: str
    unit: int = 0


def place_in(expression: Expression, trace: Trace, t: int) -> Place | None:
    """The number that an expression, one that is a number itself, is about at a timestep.

    Of ``or`` the first side that is true, of a comparison what is compared, of ``min(i_t)`` the
    smallest entry, of ``max``, ``mean`` and ``norm`` the largest, of ``any`` one that is true.
    """
    part = expression
    while (inner := _inside(part, trace, t)) is not None:
        part = inner
    if part.first is None:
        return None
    entry = _entry(part, trace, t)
    return Place(*part.first, _named(part, trace) if entry is None else entry)


def _inside(part: Expression, trace: Trace, t: int) -> Expression | None:
    """The part of an expression that it is about; ``None`` if that is all of it."""
    match part.node:
        case Binary("or", left, right):
            sides = [_part(left, part, trace), _part(right, part, trace)]
            return next((side for side in sides if side.at(trace, t)), sides[0])
        case Binary("and", left, right):
            return _telling(left, right, part, trace)
        case Binary(symbol, left, right) if symbol in _COMPARISONS:
            return _telling(left, right, part, trace)
        case Unary(operand=operand):
            return _part(operand, part, trace)
    return None


def _part(node: Node, whole: Expression, trace: Trace) -> Expression:
    return Expression.of(node, whole.text, trace.model)


def _telling(left: Node, right: Node, whole: Expression, trace: Trace) -> Expression:
    """The left side, unless it is of numbers alone."""
    first = _part(left, whole, trace)
    return first if first.first is not None else _part(right, whole, trace)


def _entry(part: Expression, trace: Trace, t: int) -> int | None:
    """The entry that a function of an array chooses, or is made of for the most part."""
    match part.node:
        case Call(function, (inner,)) if function in _CHOICES:
            values = _part(inner, part, trace).at(trace, t)
            return None if values is None else int(_CHOICES[function](values.reshape(-1)))
    return None


def _named(part: Expression, trace: Trace) -> int:
    """The entry that is written, as in ``h_t[3]``; the first if none is."""
    layer, name = part.first or (0, "")
    size = int((*trace.model.layers[layer].shape(name), 1)[0])
    written = (n.items[0] for n in walk(part.node) if isinstance(n, Index))
    return next((unit % size for unit in written if isinstance(unit, int)), 0)
