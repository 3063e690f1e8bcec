"""A layer with an edited line or weight: what it shows is what it runs."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

import numpy as np

from rnnstep.cells import Cell, Declaration, Equation
from rnnstep.equations import Node, to_text
from rnnstep.equations.nodes import Binary, Call, Name, dependencies, over_children, walk
from rnnstep.errors import InputError
from rnnstep.forks.patch import Key, Patch
from rnnstep.layer import Edited, Layer, weight_of

_LONGEST = 400
"""Nodes of a line at the most: edits of one line stand inside one another."""


def with_weight(layer: Layer, name: str, key: Key, patch: Patch) -> Layer:
    """The layer with other entries in a weight; the patch is of those entries alone."""
    changed = np.array(layer.weights[name])
    changed[key] = patch.array(changed[key])
    weights = {**layer.weights, name: weight_of(changed, layer.dtype)}
    return layer.replaced(weights=MappingProxyType(weights))


def with_value(layer: Layer, name: str, patch: Patch) -> Layer:
    """The layer with a changed value.

    The line that makes it gets another right side; what no line makes, an input or a state, is
    changed where it is read.
    """
    names = {ending: _free(layer.cell, f"{name}_{ending}") for ending in patch.constants}
    made = layer.cell.equation(name)
    if made is not None:
        lines = {name: patch.node(made.node, names)}
    else:
        reading = [e for e in layer.cell.equations if name in dependencies(e.node)]
        lines = {e.name: _reread(e.node, name, patch, names) for e in reading}
    with np.errstate(all="ignore"):
        made_of = {names[e]: weight_of(a, layer.dtype) for e, a in patch.constants.items()}
    told = {names[ending]: Edited(name, ending, patch.text) for ending in patch.constants}
    return layer.replaced(
        cell=_cell(layer.cell, name, lines, tuple(made_of)),
        weights=MappingProxyType({**layer.weights, **made_of}),
        edits=MappingProxyType({**layer.edits, **told}),
    )


def _cell(cell: Cell, like: str, lines: dict[str, Node], constants: tuple[str, ...]) -> Cell:
    """The cell with other right sides, and constants of the shape of a value."""
    shape = cell.shapes[like]
    equations = tuple(
        _line(equation, lines[equation.name]) if equation.name in lines else equation
        for equation in cell.equations
    )
    declared = tuple(Declaration("weight", name, shape) for name in constants)
    return cell.replaced(
        equations=equations,
        weights=(*cell.weights, *declared),
        shapes={**cell.shapes, **dict.fromkeys(constants, shape)},
    )


def _line(equation: Equation, node: Node) -> Equation:
    if sum(1 for _ in walk(node)) > _LONGEST:
        raise InputError(f"'{equation.name}' has been edited too often: begin at an earlier fork")
    return equation.replaced(node=node, text=to_text(node), comment="edited")


def _free(cell: Cell, name: str) -> str:
    """The name, or the first of it with a number behind it, that nothing has yet."""
    number, free = 1, name
    while free in cell.shapes:
        number += 1
        free = f"{name}{number}"
    return free


def _reread(node: Node, name: str, patch: Patch, names: dict[str, str]) -> Node:
    """The node with a value changed wherever it is read, after what earlier edits make of it."""
    if _reads(node, name):
        return patch.node(node, names)
    return over_children(node, partial(_reread, name=name, patch=patch, names=names))


def as_read(cell: Cell, name: str) -> Node:
    """What stands for an input or a state where it is read: its name, or what edits make of it."""
    nodes = (node for e in cell.equations for node in walk(e.node) if _reads(node, name))
    # an edit reads what the edits before it make of the value
    return max(nodes, key=lambda node: sum(1 for _ in walk(node)), default=Name(name))


def _reads(node: Node, name: str) -> bool:
    """Whether a node is a value, or what an edit makes of it."""
    match node:
        case Name(name=own):
            return own == name
        case Binary("*" | "+", value, Name(constant)) | Call("where", (Name(constant), _, value)):
            ending = constant.removeprefix(f"{name}_").rstrip("0123456789")
            return ending in ("scale", "noise", "at") and _reads(value, name)
    return False
