"""Nodes to numbers: one closure per node, for one timestep or over leading axes of many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from rnnstep.equations.functions import FUNCTIONS, Kind
from rnnstep.equations.nodes import Binary, Call, Index, Name, Node, Number, Range, Unary
from rnnstep.equations.operators import BINARY, UNARY, Array, Truth
from rnnstep.equations.shapes import Shape, infer

Values = Mapping[str, Array]
Compute = Callable[[Values], Any]


def compile_node(
    node: Node,
    shapes: Mapping[str, Shape],
    timed: Collection[str] = (),
    together: bool = False,
) -> Compute:
    """A function from the values of the names to the value of ``node``.

    Args:
        node: the expression, whose shapes have been checked.
        shapes: the shape of each name at one timestep.
        timed: the names whose arrays have leading axes, of time or of time and samples. The
            result then has them too, and each of its steps is what that step alone gives.
        together: whether a matrix times many vectors is one product of two matrices: faster,
            but the last bits may be others than those of each product alone.
    """
    return _Compiler(shapes, frozenset(timed), together).compile(node)


class _Compiler:
    """Builds closures; ``timed`` operands carry leading axes before those of their shape."""

    def __init__(self, shapes: Mapping[str, Shape], timed: frozenset[str], together: bool) -> None:
        self.shapes = shapes
        self.timed_names = timed
        self.together = together

    def compile(self, node: Node, boolean: bool = False) -> Compute:
        """The closure of a node; ``boolean`` is whether truth may be booleans, not numbers."""
        match node:
            case Number(value=value):
                return lambda _: value
            case Name(name=name):
                return lambda values: values[name]
            case Unary(symbol=symbol, operand=operand):
                compute, operands = _as_wanted(UNARY[symbol].compute, boolean)
                argument = self.compile(operand, operands)
                return lambda values: compute(argument(values))
            case Binary(symbol="@", left=left, right=right):
                return self.product(left, right)
            case Binary(symbol=symbol, left=left, right=right):
                compute, operands = _as_wanted(BINARY[symbol].compute, boolean)
                first, second = self.aligned([left, right], operands)
                return lambda values: compute(first(values), second(values))
            case Call():
                return self.call(node, boolean)
            case Index(operand=operand, items=items):
                key = self.key(operand, items)
                argument = self.compile(operand)
                return lambda values: argument(values)[key]

    def timed(self, node: Node) -> bool:
        match node:
            case Name(name=name):
                return name in self.timed_names
            case Number():
                return False
            case Unary(operand=operand) | Index(operand=operand):
                return self.timed(operand)
            case Binary(left=left, right=right):
                return self.timed(left) or self.timed(right)
            case Call(arguments=arguments):
                return any(self.timed(argument) for argument in arguments)

    def rank(self, node: Node) -> int:
        return len(infer(node, self.shapes))

    def aligned(self, operands: list[Node], boolean: bool = False) -> list[Compute]:
        """The operands, a timed scalar with as many axes as the widest beside it."""
        rank = max(self.rank(operand) for operand in operands)
        return [self.widened(operand, rank, boolean) for operand in operands]

    def widened(self, node: Node, rank: int, boolean: bool) -> Compute:
        compute = self.compile(node, boolean)
        if not self.timed(node) or self.rank(node) == rank:
            return compute
        extra = (..., *[np.newaxis] * rank)
        return lambda values: compute(values)[extra]

    def product(self, left: Node, right: Node) -> Compute:
        first, second = self.compile(left), self.compile(right)
        if not (self.timed(left) or self.timed(right)):
            return lambda values: np.matmul(first(values), second(values))
        shared = self.rank(left) == 2 and not self.timed(left)
        if self.together and shared and self.rank(right) == 1:
            return lambda values: np.matmul(second(values), first(values).T)
        # one product per step, so that a window has the same bits as its steps have alone
        row, column = self.rank(left) == 1, self.rank(right) == 1

        def over_time(values: Values) -> Array:
            a, b = np.asarray(first(values)), np.asarray(second(values))
            result: Array = np.matmul(
                a[..., np.newaxis, :] if row else a, b[..., np.newaxis] if column else b
            )
            result = result[..., 0] if column else result
            return result[..., 0] if row and column else result[..., 0, :] if row else result

        return over_time

    def call(self, node: Call, boolean: bool) -> Compute:
        function = FUNCTIONS[node.function]
        compute, operands = _as_wanted(function.compute, boolean)
        if function.kind is Kind.ELEMENTWISE:
            arguments = self.aligned(list(node.arguments))
            if len(arguments) == 1:
                only = arguments[0]
                return lambda values: compute(only(values))
            return lambda values: compute(*(argument(values) for argument in arguments))
        if function.kind in (Kind.JOIN, Kind.ROW):
            first, second = map(self.compile, node.arguments)
            return lambda values: compute(first(values), second(values))
        (operand,) = node.arguments
        argument = self.compile(operand, operands)
        rank = self.rank(operand)
        axis = -1 if function.kind is Kind.LAST_AXIS else tuple(range(-rank, 0))
        return lambda values: compute(argument(values), axis=axis)

    def key(self, operand: Node, items: tuple[int | Range, ...]) -> tuple[Any, ...]:
        key = tuple(
            slice(item.start, item.stop) if isinstance(item, Range) else item for item in items
        )
        whole = [slice(None)] * (self.rank(operand) - len(key))
        return (..., *key, *whole) if self.timed(operand) else key


def _as_wanted(compute: Callable[..., Any], boolean: bool) -> tuple[Callable[..., Any], bool]:
    """The function, saying truth in booleans or numbers, and whether booleans do for it, too."""
    if not isinstance(compute, Truth):
        return compute, False
    return compute.boolean if boolean else compute, compute.boolean_operands
