"""Equations to calls of numpy on fixed buffers: nothing is allocated while a layer steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnnstep.equations import FUNCTIONS, Array
from rnnstep.equations.nodes import Binary, Call, Name, Node, Number, Unary
from rnnstep.equations.operators import BINARY, UNARY

Instruction = tuple[Callable[..., object], tuple[Any, ...]]
"""A function and what it is called with, the array that it writes to last."""

Find = Callable[[Sequence[str]], Array | None]
"""The array in which the values of these names stand side by side, if they do."""


class NotDirectError(Exception):
    """An expression that has no numpy functions to write where its result belongs."""


class Instructions:
    """The calls that compute expressions of one form, all of them at once.

    Args:
        find: gives the operands.
        dtype: of what stands between.
    """

    _vector_axes = 1

    def __init__(self, find: Find, dtype: np.dtype[Any]) -> None:
        self._find, self._dtype = find, dtype
        self.calls: list[Instruction] = []

    def write(self, nodes: Sequence[Node], out: Array) -> None:
        """Add the calls after which ``out`` holds the values of ``nodes``, side by side.

        Raises:
            NotDirectError: there are none; other calls may have been added.
        """
        match nodes[0]:
            case Binary(symbol="@"):
                self._product(nodes, out)
            case Binary(symbol=symbol):
                left = self._operand([n.left for n in nodes if isinstance(n, Binary)], out)
                right = self._operand([n.right for n in nodes if isinstance(n, Binary)], None, out)
                self._call(BINARY[symbol].compute, (left, right), out)
            case Unary(symbol=symbol):
                inner = self._operand([n.operand for n in nodes if isinstance(n, Unary)], out)
                self._call(UNARY[symbol].compute, (inner,), out)
            case Call(function=function, arguments=arguments):
                # of several arguments none may be where the result will be
                room, like = (out, None) if len(arguments) == 1 else (None, out)
                calls = [n.arguments for n in nodes if isinstance(n, Call)]
                inner = tuple(self._operand(same, room, like) for same in zip(*calls, strict=True))
                self._call(FUNCTIONS[function].into or FUNCTIONS[function].compute, inner, out)
            case _:
                raise NotDirectError

    def _operand(self, nodes: Sequence[Node], room: Array | None, like: Array | None = None) -> Any:
        """Where the values of ``nodes`` are, computed into ``room`` if they have to be."""
        match nodes[0]:
            case Number(value=value):
                return np.array(value, self._dtype)
            case Name():
                found = self._find([node.name for node in nodes if isinstance(node, Name)])
                if found is None:
                    raise NotDirectError
                return found
        shape = room if room is not None else like
        out = np.empty_like(shape) if room is None and shape is not None else room
        if out is None:
            raise NotDirectError
        self.write(nodes, out)
        return out

    def _call(self, function: Any, operands: tuple[Any, ...], out: Array) -> None:
        direct = isinstance(function, np.ufunc) or function in _INTO
        if not direct or not all(self._fits(operand, out) for operand in operands):
            raise NotDirectError
        self.calls.append((function, (*operands, out)))

    def _fits(self, operand: Array, out: Array) -> bool:
        return np.shape(operand) in ((), out.shape)

    def _product(self, nodes: Sequence[Node], out: Array) -> None:
        match nodes[0]:
            case Binary(left=Name(), right=Name(name=name)):
                pairs = [node for node in nodes if isinstance(node, Binary)]
                same = all(isinstance(n.right, Name) and n.right.name == name for n in pairs)
                matrix = self._find([n.left.name for n in pairs if isinstance(n.left, Name)])
                vector = self._find([name])
                if matrix is None or vector is None or not same:
                    raise NotDirectError
                if (matrix.ndim, vector.ndim) == (2, self._vector_axes):
                    self.calls.append((np.dot, (matrix, vector, out)))
                    return
        raise NotDirectError


_INTO = frozenset(function.into for function in FUNCTIONS.values() if function.into)
