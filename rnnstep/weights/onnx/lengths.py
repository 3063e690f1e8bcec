"""What follows where the length of some axis is not known, such as that of the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstep.weights.onnx.arguments import ranges
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.values import Const, Extent, Value

_MOST = 100


def unknown_lengths(node: Node, values: Sequence[Value | None]) -> Const | Extent:
    """What a node gives of whose inputs some are lengths of axes, the others constants."""
    first = values[0]
    if node.op in ("Expand", "Tile") and isinstance(first, Const):
        return first
    if node.op == "ConstantOfShape":
        return Const(node.attributes.get("value_array", np.zeros(1, np.float32)).reshape(()))
    if node.op in ("Identity", "Cast", "Unsqueeze", "Squeeze") and isinstance(first, Extent):
        return first
    if node.op in ("Gather", "Slice") and isinstance(first, Extent):
        return _picked(node, first, values)
    if node.op == "Concat":
        parts = [_lengths(value) for value in values]
        known = [part for part in parts if part is not None]
        return Extent(
            tuple(n for part in known for n in part) if len(known) == len(parts) else None
        )
    return Extent(None)


def lengths_of_unknown(
    node: Node, values: Sequence[Value | None]
) -> Sequence[Const | Extent] | None:
    """What is known although an input cannot be followed: only how long it is matters."""
    if node.op == "Shape":
        return [Extent(None)]
    if node.op == "ConstantOfShape" or (node.op == "Expand" and isinstance(values[0], Const)):
        # numbers of the file, once for each place of a shape that is not known
        made = unknown_lengths(node, values)
        return [made]
    return None


def _picked(node: Node, extent: Extent, values: Sequence[Value | None]) -> Extent:
    arrays = [value.array if isinstance(value, Const) else None for value in values]
    if extent.lengths is None:
        return extent
    if node.op == "Gather":
        index = arrays[1]
        if index is None:
            return Extent(None)
        return Extent(tuple(extent.lengths[int(i)] for i in index.ravel()))
    cut = ranges(node, arrays, [len(extent.lengths)])
    return Extent(extent.lengths[cut[0]])


def _lengths(value: Value | None) -> tuple[int | None, ...] | None:
    if isinstance(value, Extent):
        return value.lengths
    if isinstance(value, Const) and value.array.size < _MOST:
        return tuple(int(number) for number in value.array.ravel())
    return None
