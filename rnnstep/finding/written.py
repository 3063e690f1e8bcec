"""When an entry of a state was last written: made anew for the most part, and not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from rnnstep.equations import Node, to_text
from rnnstep.equations.nodes import Binary, Call, Name, Unary, renamed
from rnnstep.errors import InputError
from rnnstep.expressions import Expression
from rnnstep.model import Model

SHARE = 0.5
"""The share of an entry's size that has to be new."""


def written(model: Model, layer: int, value: str, unit: int) -> tuple[str, str]:
    """When an entry of a state is written.

    A state's line is a sum. A term that has the state of the timestep before as a factor keeps
    it: ``f_t * c_prev``; the others are what is added: ``i_t * g_t``. The entry is written where
    what is added is larger than half of the entry. Under a mask it is written where the mask
    lets it, besides.

    Args:
        model: the layers.
        layer: of the state.
        value: the state as its line calls it, ``c_t``.
        unit: the entry.

    Returns:
        the condition that holds at those timesteps; and what it means, in a few words.

    Raises:
        InputError: it is no state, or its line does not add to what was there.
    """
    cell, name = model.layers[layer].cell, model.qualified(layer, value)
    before = next((before for before, after in cell.carried.items() if after == value), None)
    if before is None:
        states = ", ".join(model.qualified(layer, after) for after in cell.carried.values())
        known = f"; states are: {states}" if states else ""
        raise InputError(f"{name} is no state: it is made anew at every timestep{known}")
    parts = list(_parts(model, layer, value, before, unit))
    if not parts:
        raise InputError(f"{name} is made anew at every timestep: no term of its line keeps it")
    conditions, meanings = zip(*parts, strict=True)
    return " and ".join(conditions), ", ".join(meanings)


def _parts(
    model: Model, layer: int, value: str, before: str, unit: int
) -> Iterator[tuple[str, str]]:
    """What has to hold for a line to write an entry, and what that means."""
    cell = model.layers[layer].cell
    lines = {equation.name: equation.node for equation in cell.equations}
    match lines.get(value):
        case Call("where", (mask, Name(name=new), Name(name=kept))) if kept == before:
            yield f"{_entry(model, layer, mask, unit)} != 0", f"where {to_text(mask)}"
            yield from _parts(model, layer, new, before, unit)
        case Binary() as node:
            terms = list(_terms(node))
            added = [term for term in terms if not _keeps(term, before, lines)]
            if 0 < len(added) < len(terms):
                size = _entry(model, layer, Name(value), unit)
                new = _entry(model, layer, _sum(added), unit)
                meaning = f"mostly {to_text(_sum(added))}"
                yield f"abs({new}) > {SHARE} * abs({size})", meaning


def _keeps(node: Node, before: str, lines: Mapping[str, Node]) -> bool:
    """Whether a term hands on what was there, entry by entry; a line's name is what it stands for.

    What a function or a matrix has made of the state before, such as a gate, is new.
    """
    match node:
        case Name(name=name):
            return name == before or (name in lines and _keeps(lines[name], before, lines))
        case Unary(operand=part):
            return _keeps(part, before, lines)
        case Binary("+" | "-" | "*" | "/", left, right):
            return _keeps(left, before, lines) or _keeps(right, before, lines)
    return False


def _terms(node: Node) -> Iterator[Node]:
    match node:
        case Binary("+", left, right):
            yield from _terms(left)
            yield from _terms(right)
        case Binary("-", left, right):
            yield from _terms(left)
            yield from (Unary("-", term) for term in _terms(right))
        case _:
            yield node


def _sum(terms: list[Node]) -> Node:
    total = terms[0]
    for term in terms[1:]:
        total = Binary("+", total, term)
    return total


def _entry(model: Model, layer: int, node: Node, unit: int) -> str:
    """One entry of a part of a line, as an expression over the whole model."""
    text = to_text(renamed(node, lambda name: model.qualified(layer, name)))
    shape = Expression.parse(text, model).shape
    if not shape:
        return text
    place = ", ".join(str(index) for index in np.unravel_index(unit, shape))
    return f"{text}[{place}]" if isinstance(node, Name) else f"({text})[{place}]"
