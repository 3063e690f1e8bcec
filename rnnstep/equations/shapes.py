"""Shape inference: the axes of an expression, by name, before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rnnstep.equations.functions import FUNCTIONS, Kind
from rnnstep.equations.nodes import Binary, Call, Index, Name, Node, Number, Range, Unary
from rnnstep.equations.text import to_text
from rnnstep.errors import ExpressionError

Axis = str | int
"""A named axis such as ``hidden``, or a plain size where a slice cut it."""
JOINED = "+"
"""Between the names of two axes that were joined: ``forward+backward``."""
Shape = tuple[Axis, ...]
"""The axes of one timestep's value; a scalar has none."""


def shape_text(shape: Shape) -> str:
    """``(hidden, input)`` as people read it; a scalar is ``scalar``."""
    return f"({', '.join(str(axis) for axis in shape)})" if shape else "scalar"


def infer(
    node: Node,
    shapes: Mapping[str, Shape],
    sizes: Mapping[str, int] | None = None,
    text: str | None = None,
) -> Shape:
    """The shape of ``node``, given its names' shapes.

    Args:
        node: the expression.
        shapes: the shape of each name in it.
        sizes: the lengths of named axes; an index is checked against those that are known.
        text: what ``node`` was parsed from, for the errors' columns.

    Raises:
        ExpressionError: where axes do not fit, with the column and the two axes.
    """
    return _Inference(shapes, sizes or {}, text or to_text(node)).shape(node)


_CUT = r"(?P<whole>\(.+\)|[^+]+)\[(?P<start>-?\d*):(?P<stop>-?\d*)\]"


class _Inference:
    """The walk over one expression."""

    def __init__(self, shapes: Mapping[str, Shape], sizes: Mapping[str, int], text: str) -> None:
        self.shapes = shapes
        self.sizes = sizes
        self.text = text

    def shape(self, node: Node) -> Shape:
        match node:
            case Number():
                return ()
            case Name(name=name):
                return self.shapes[name]
            case Unary(operand=operand):
                return self.shape(operand)
            case Binary(symbol="@"):
                return self.product(node)
            case Binary(left=left, right=right):
                return self.same(node, left, right)
            case Call():
                return self.call(node)
            case Index():
                return self.index(node)

    def error(self, node: Node, message: str) -> ExpressionError:
        return ExpressionError(message, self.text, min(node.column, len(self.text)))

    def describe(self, node: Node) -> str:
        return f"{to_text(node)} is {shape_text(self.shape(node))}"

    def same(self, node: Node, left: Node, right: Node) -> Shape:
        shapes = self.shape(left), self.shape(right)
        if shapes[0] == shapes[1] or not shapes[1]:
            return shapes[0]
        if not shapes[0]:
            return shapes[1]
        facts = f"{self.describe(left)}, {self.describe(right)}"
        raise self.error(node, f"axes do not fit: {facts}")

    def product(self, node: Binary) -> Shape:
        left, right = self.shape(node.left), self.shape(node.right)
        facts = f"{self.describe(node.left)}, {self.describe(node.right)}"
        if not left or not right:
            raise self.error(node, f"'@' multiplies matrices and vectors, but {facts}: use '*'")
        inner = right[-2] if len(right) > 1 else right[0]
        if left[-1] != inner:
            swapped = len(left) > 1 and left[0] == inner
            hint = f"; the transpose of {to_text(node.left)} would fit" if swapped else ""
            raise self.error(node, f"inner axes of '@' differ: {facts}{hint}")
        return left[:-1] + (right[:-2] + right[-1:] if len(right) > 1 else ())

    def call(self, node: Call) -> Shape:
        function = FUNCTIONS[node.function]
        shapes = [self.shape(argument) for argument in node.arguments]
        if function.kind is Kind.JOIN:
            return self.join(node, shapes)
        if function.kind is Kind.ROW:
            return self.row(node, shapes)
        widest = next((shape for shape in shapes if shape), ())
        for argument, shape in zip(node.arguments, shapes, strict=True):
            if shape not in ((), widest):
                raise self.error(argument, f"axes do not fit: {self.describe(argument)}")
        if function.kind is Kind.REDUCTION:
            return ()
        if function.kind is Kind.LAST_AXIS and not shapes[0]:
            facts = self.describe(node.arguments[0])
            raise self.error(node, f"{node.function} needs a vector: {facts}")
        return widest

    def join(self, node: Call, shapes: list[Shape]) -> Shape:
        if any(len(shape) != 1 for shape in shapes):
            facts = ", ".join(map(self.describe, node.arguments))
            raise self.error(node, f"{node.function} joins two vectors: {facts}")
        first, second = (shape[0] for shape in shapes)
        if isinstance(first, int) and isinstance(second, int):
            return (first + second,)
        return (f"{first}{JOINED}{second}",)

    def row(self, node: Call, shapes: list[Shape]) -> Shape:
        if len(shapes[0]) != 2 or shapes[1]:
            facts = ", ".join(map(self.describe, node.arguments))
            raise self.error(node, f"{node.function} takes a matrix and a number: {facts}")
        return shapes[0][1:]

    def index(self, node: Index) -> Shape:
        shape = self.shape(node.operand)
        if len(node.items) > len(shape):
            raise self.error(node, f"too many indices: {self.describe(node.operand)}")
        kept: list[Axis] = []
        for axis, item in zip(shape, node.items, strict=False):
            size = axis if isinstance(axis, int) else self.sizes.get(axis)
            if isinstance(item, Range):
                kept.append(_cut(axis, item, size))
            elif size is not None and not -size <= item < size:
                where = "" if isinstance(axis, int) else f" {axis}"
                raise self.error(node, f"index {item} is outside{where}: 0 to {size - 1}")
        return (*kept, *shape[len(node.items) :])


def _cut(axis: Axis, item: Range, size: int | None) -> Axis:
    """The axis that a slice leaves: a size where it is known, else a name of its own."""
    if size is not None:
        return len(range(*slice(item.start, item.stop).indices(size)))
    if item == Range(None, None):
        return axis
    text = ":".join("" if end is None else str(end) for end in (item.start, item.stop))
    whole = f"({axis})" if JOINED in str(axis) else axis
    return f"{whole}[{text}]"


def axis_length(axis: Axis, sizes: Mapping[str, int]) -> int:
    """The length of an axis, of one that was joined or cut too; 0 where a name's is not known."""
    if isinstance(axis, int):
        return axis
    if axis in sizes:
        return sizes[axis]
    cut = re.fullmatch(_CUT, axis)
    if cut is not None:
        whole = axis_length(cut["whole"].removeprefix("(").removesuffix(")"), sizes)
        start, stop = (int(end) if end else None for end in (cut["start"], cut["stop"]))
        return len(range(*slice(start, stop).indices(whole)))
    parts = [axis_length(part, sizes) for part in axis.split(JOINED)] if JOINED in axis else [0]
    return sum(parts) if all(parts) else 0
