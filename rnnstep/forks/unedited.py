"""A line of a fork without what edits put into it: who asks is told what was typed instead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rnnstep.equations import Node
from rnnstep.equations.nodes import Binary, Call, Name, over_children, walk
from rnnstep.layer import Layer


def is_set(layer: Layer, node: Node, unit: int) -> bool:
    """Whether an entry of a line is what an edit says, whatever the line makes."""
    match node:
        case Call("where", (Name(at), _, value)) if at in layer.edits:
            return bool(layer.weights[at].reshape(-1)[unit]) or is_set(layer, value, unit)
        case Binary("*" | "+", value, Name(constant)) if constant in layer.edits:
            return is_set(layer, value, unit)
    return False


def unedited(layer: Layer, node: Node) -> Node:
    """A line's right side as it was before all edits."""
    again = partial(unedited, layer)
    match node:
        case Call("where", (Name(constant), _, value)) if constant in layer.edits:
            return again(value)
        case Binary("*" | "+", value, Name(constant)) if constant in layer.edits:
            return again(value)
    return over_children(node, again)


def scalings(layer: Layer, node: Node) -> Iterator[str]:
    """The edits that scale what is in a line, as they were typed."""
    for part in walk(node):
        edited = layer.edits.get(part.name) if isinstance(part, Name) else None
        if edited is not None and edited.part == "scale":
            yield edited.text
