"""What follows from constants alone: the way of a weight from the file to its layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.weights.onnx.arguments import Arrays, given, ranges, unsqueezed
from rnnstep.weights.onnx.graph import Node
from rnnstep.weights.onnx.values import Const, Value

NUMPY_TYPES: dict[int, Any] = {
    1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64,
    9: np.bool_, 10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64, 16: np.float32,
}  # fmt: skip
"""numpy's type for each of ``TensorProto.DataType``."""

SMALL = 16 * 2**20
"""Bytes that folding may make, beside four times what the file holds."""


def reshaped(node: Node, array: Array, target: Sequence[int]) -> Array:
    """As ``Reshape`` does: 0 keeps an axis, -1 takes what is left."""
    zero = not node.of("allowzero", int, 0)
    sizes = [array.shape[i] if n == 0 and zero else n for i, n in enumerate(target)]
    return array.reshape(sizes)


def _reshape(node: Node, arrays: Arrays) -> Array:
    target = given(node, arrays, 1, "shape")
    return reshaped(node, _first(arrays), target or [])


def _unsqueeze(node: Node, arrays: Arrays) -> Array:
    array = _first(arrays)
    new = unsqueezed(array.ndim, given(node, arrays, 1, "axes") or [])
    sizes = iter(array.shape)
    return array.reshape([1 if fresh else next(sizes) for fresh in new])


def _squeeze(node: Node, arrays: Arrays) -> Array:
    axes = given(node, arrays, 1, "axes")
    return np.squeeze(_first(arrays), None if axes is None else tuple(axes))


def _slice(node: Node, arrays: Arrays) -> Array:
    array = _first(arrays)
    cut = ranges(node, arrays, array.shape)
    return array[tuple(cut.get(axis, slice(None)) for axis in range(array.ndim))]


def _gather(node: Node, arrays: Arrays) -> Array:
    array, index = arrays[0], arrays[1]
    if array is None or index is None:
        raise ValueError("an input is missing")
    axis = node.of("axis", int, 0)
    if array.itemsize * array.size * max(index.size, 1) > SMALL * max(array.shape[axis], 1):
        raise ValueError("too large to be a constant")
    return np.take(array, index.astype(np.int64), axis)


def _expand(_: Node, arrays: Arrays) -> Array:
    array, shape = _first(arrays), arrays[1]
    if shape is None:
        raise ValueError("its shape is missing")
    sizes = np.broadcast_shapes(array.shape, tuple(map(int, shape.ravel())))
    return np.broadcast_to(array, sizes)


def _where(_: Node, arrays: Arrays) -> Array:
    condition, first, second = arrays
    if condition is None or first is None or second is None:
        raise ValueError("an input is missing")
    shape = np.broadcast_shapes(condition.shape, first.shape, second.shape)
    if math.prod(shape) * first.itemsize > SMALL:
        raise ValueError("too large to be a constant")
    return np.where(condition, first, second)


def _fill(node: Node, arrays: Arrays) -> Array:
    value = node.attributes.get("value_array", np.zeros(1, np.float32))
    return np.broadcast_to(value.reshape(()), tuple(map(int, np.ravel(_first(arrays)))))


def _dequantized(node: Node, arrays: Arrays) -> Array:
    array, scale = _first(arrays), arrays[1]
    zero = arrays[2] if len(arrays) > 2 else None
    if scale is None:
        raise ValueError("its scale is missing")
    shape = [1] * array.ndim
    if scale.ndim:
        shape[node.of("axis", int, 1)] = -1
    level = array.astype(scale.dtype) - (0 if zero is None else zero.astype(scale.dtype))
    return np.asarray(level * scale.reshape(shape))


def _first(arrays: Arrays) -> Array:
    if arrays[0] is None:
        raise ValueError("its input is missing")
    return arrays[0]


def _cast(node: Node, arrays: Arrays) -> Array:
    with np.errstate(all="ignore"):
        return _first(arrays).astype(NUMPY_TYPES[node.of("to", int, 1)])


_FOLDS: dict[str, Callable[[Node, Arrays], Array]] = {
    "Identity": lambda _, arrays: _first(arrays),
    "Dropout": lambda _, arrays: _first(arrays),
    "Cast": _cast,
    "Concat": lambda node, arrays: np.concatenate(
        [array for array in arrays if array is not None], node.of("axis", int, 0)
    ),
    "ConstantOfShape": _fill,
    "DequantizeLinear": _dequantized,
    "Expand": _expand,
    "Gather": _gather,
    "Neg": lambda _, arrays: -_first(arrays),
    "Reshape": _reshape,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Transpose": lambda node, arrays: np.transpose(_first(arrays), node.ints("perm")),
    "Unsqueeze": _unsqueeze,
    "Where": _where,
}
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": np.add, "Equal": np.equal, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide,
}  # fmt: skip


def fold(node: Node, values: Sequence[Value | None], room: int) -> list[Const] | None:
    """What a node gives whose inputs are constants; ``None`` if it is not followed.

    Args:
        node: the node.
        values: its inputs.
        room: bytes that the result may have; a view is not counted.

    Raises:
        ValueError: the inputs do not fit the operator.
    """
    arrays = [value.array if isinstance(value, Const) else None for value in values]
    sources = tuple(
        dict.fromkeys(
            s for v in values[: _carriers(node)] if isinstance(v, Const) for s in v.sources
        )
    )
    made = sum(array.nbytes for array in arrays if array is not None)
    if node.op in ("Concat", *_BINARY, "DequantizeLinear", "Cast", "Neg") and 8 * made > room:
        return None
    if node.op in ("Slice", "Split", "Squeeze", "Transpose") and _first(arrays).ndim == 0:
        # one number for every place, where the shape that it fills is not known
        return [Const(_first(arrays), sources)] * len(node.outputs)
    if node.op == "Split":
        return [Const(part, sources) for part in _split(node, arrays)]
    if node.op in _BINARY and len(arrays) == 2 and arrays[1] is not None:
        first = _first(arrays)
        shape = np.broadcast_shapes(first.shape, arrays[1].shape)
        if math.prod(shape) * 8 > room:
            return None
        with np.errstate(all="ignore"):
            return [Const(np.asarray(_BINARY[node.op](first, arrays[1])), sources)]
    if node.op not in _FOLDS or not arrays:
        return None
    array = _FOLDS[node.op](node, arrays)
    # a broadcast view is small until it is copied
    return [Const(array, sources)] if array.nbytes <= room + made else None


def _carriers(node: Node) -> int:
    """How many of a node's inputs hold the numbers that it hands on."""
    return 3 if node.op in (*_BINARY, "DequantizeLinear") else 10**6 if node.op == "Concat" else 1


def _split(node: Node, arrays: Arrays) -> list[Array]:
    array, axis = _first(arrays), node.of("axis", int, 0)
    sizes = given(node, arrays, 1, "split")
    if sizes is None:
        return np.array_split(array, len(node.outputs), axis)
    return np.split(array, np.cumsum(sizes)[:-1], axis)
