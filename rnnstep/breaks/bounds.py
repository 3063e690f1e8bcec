"""How large a layer's values can be at the most: that all are finite, without looking at them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from rnnstep.equations.nodes import Binary, Call, Index, Name, Node, Number, Unary
from rnnstep.layer import Layer

_AT_MOST_ONE = frozenset(
    {"sigmoid", "tanh", "hard_sigmoid", "hard_sigmoid_keras2", "softsign", "softmax", "sign"}
)
_NO_LARGER = frozenset({"relu", "linear", "abs", "where", "concat", "min", "max", "mean"})
"""Functions whose result is no larger than the largest of their arguments."""

_ROOM = 4.0
"""How many times as large as a bound a number may be before it is infinite: for rounding."""


class Bounds:
    """What a layer's lines can make at the most of inputs and states of a given size.

    Each operation's result is bounded by the sizes of its operands, a product by the sums of its
    weights' rows; where a bound is not known, nothing is shown.

    Args:
        layer: whose lines they are.
    """

    def __init__(self, layer: Layer) -> None:
        self._lines = [(equation.name, equation.node) for equation in layer.cell.equations]
        self._most = float(np.finfo(layer.dtype).max) / _ROOM
        with np.errstate(all="ignore"):
            sizes = {n: np.abs(w, dtype=np.float64) for n, w in layer.weights.items()}
            self._weights = {n: float(np.max(size, initial=0)) for n, size in sizes.items()}
            self._sums = {
                n: float(np.max(size.sum(axis=1), initial=0))
                for n, size in sizes.items()
                if size.ndim == 2
            }
        self._shown: dict[str, float] = {}

    def finite(self, given: Mapping[str, float]) -> bool:
        """Whether no line can make anything that is not finite.

        Args:
            given: the largest size of each input and state, NaN if one of them is.

        Returns:
            ``False`` also where it is not known.
        """
        if all(size <= self._shown.get(name, -1.0) for name, size in given.items()):
            return True
        # with room, so that it need not be shown again for each timestep that is a little larger
        ample = {name: max(2 * size, self._shown.get(name, 0.0)) for name, size in given.items()}
        for sizes in (ample, given):
            if self._holds(sizes):
                self._shown = dict(sizes)
                return True
        return False

    def _holds(self, given: Mapping[str, float]) -> bool:
        sizes = self._weights | dict(given)
        if not all(size <= self._most for size in sizes.values()):
            return False
        try:
            for name, node in self._lines:
                sizes[name] = self._size(node, sizes)
        except _UnknownError:
            return False
        return True

    def _size(self, node: Node, sizes: Mapping[str, float]) -> float:
        found = self._unchecked(node, sizes)
        if not found <= self._most:
            raise _UnknownError
        return found

    def _unchecked(self, node: Node, sizes: Mapping[str, float]) -> float:
        match node:
            case Number(value=value):
                return abs(value)
            case Name(name=name):
                return sizes[name]
            case Binary("@", Name(name), right) if name in self._sums:
                return self._sums[name] * self._size(right, sizes)
            case Binary("+" | "-", left, right):
                return self._size(left, sizes) + self._size(right, sizes)
            case Binary("*", left, right):
                return self._size(left, sizes) * self._size(right, sizes)
            case Unary("+" | "-", operand) | Index(operand):
                return self._size(operand, sizes)
            case Call(function, arguments):
                largest = max(self._size(argument, sizes) for argument in arguments)
                if function in _AT_MOST_ONE:
                    return 1.0
                if function in _NO_LARGER:
                    return largest
        return math.inf


class _UnknownError(Exception):
    """A size for which there is no bound, or none that is finite."""
