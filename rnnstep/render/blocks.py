"""The parts of a drawn line: arrays and, between them, the signs of the mathematics."""

from __future__ import annotations

import re

import numpy as np

from rnnstep.cells import Equation
from rnnstep.equations import Array, Node, to_unicode
from rnnstep.equations.nodes import Index, Name, walk
from rnnstep.frame import Frame
from rnnstep.layer import Layer
from rnnstep.record import Record
from rnnstep.render.kept import kept
from rnnstep.render.pen import Scale
from rnnstep.scale import largest
from rnnstep.terms import evaluate


class Block(Record):
    """One array of a drawn line.

    Attributes:
        title: its name as mathematics.
        name: the value's or weight's own name.
        array: always two axes; a vector is a column.
        shape: the axes that the value really has.
        limit: the size that has the strongest colour.
    """

    title: str
    name: str
    array: Array
    shape: tuple[int, ...]
    limit: float = 1.0

    @property
    def matrix(self) -> bool:
        """Whether it has columns."""
        return len(self.shape) > 1

    @property
    def size(self) -> str:
        """``5×2``, ``5``, or nothing for a single number."""
        return "×".join(map(str, self.shape))


Part = str | Block


def parts_of(frame: Frame, scale: Scale) -> list[Part]:
    """The line at the cursor: its operands and signs, ``=``, and the result."""
    layer, equation = frame.layer, frame.equation
    found = [*_operands(layer, equation, frame), " = "]
    result = frame.values[equation.name]
    title = layer.title(equation.name)
    return _scaled([*found, block(title, equation.name, result)], frame, scale)


def initial_parts(frame: Frame, scale: Scale) -> list[Part]:
    """The states before the first timestep."""
    layer = frame.layer
    before = {after: state for state, after in layer.cell.carried.items()}
    found: list[Part] = []
    for name, array in frame.values.items():
        found += ["   "] if found else []
        found.append(block(layer.title(before[name]), name, array))
    return _scaled(found, frame, scale)


def block(title: str, name: str, array: Array) -> Block:
    """An array as a block; a vector stands upright."""
    array = np.asarray(array)
    upright = array.reshape(array.shape[0] if array.ndim else 1, -1)
    return Block(title, name, upright, array.shape)


def _operands(layer: Layer, equation: Equation, frame: Frame) -> list[Part]:
    names = {**layer.weights, **frame.values}
    leaves = [node for node in walk(equation.node) if isinstance(node, Name | Index)]
    places = {id(node): f"\x00{number}\x00" for number, node in enumerate(leaves)}
    text = to_unicode(equation.node, leaf=lambda node: places.get(id(node)))
    found: list[Part] = []
    for number, piece in enumerate(re.split("\x00", text)):
        if number % 2:
            node = leaves[int(piece)]
            title = to_unicode(node, layer.title)
            found.append(block(title, _name(node), evaluate(layer, node, names)))
        elif piece:
            found.append(piece.replace(" @ ", " · "))
    return found


def _name(node: Node) -> str:
    return next(part.name for part in walk(node) if isinstance(part, Name))


def _scaled(parts: list[Part], frame: Frame, scale: Scale) -> list[Part]:
    """The parts with their limits: matrices each have their own, vectors share one."""
    blocks = [part for part in parts if isinstance(part, Block)]
    if scale is Scale.SEQUENCE:
        sizes = [frame.ranges.of(frame.cursor.layer, found.name) for found in blocks]
    else:
        sizes = [_largest(found.array) for found in blocks]
    vectors = [size for found, size in zip(blocks, sizes, strict=True) if not found.matrix]
    shared = max(vectors, default=0.0)
    limits = iter(
        size if found.matrix or scale is Scale.MATRIX else shared
        for found, size in zip(blocks, sizes, strict=True)
    )
    return [
        part.replaced(limit=next(limits)) if isinstance(part, Block) else part for part in parts
    ]


def _largest(array: Array) -> float:
    """As :func:`~rnnstep.scale.largest`, for weights found once."""
    return kept(array, "largest", lambda: largest(array))
