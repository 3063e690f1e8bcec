"""The table of operators: how each is written, how tightly it binds and what it computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnstep.record import Record

Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Operator(Record):
    """One operator of the language.

    Attributes:
        symbol: its text in a listing.
        sign: the mathematical sign for it on the screen.
        binding: how tightly it binds; larger is tighter.
        compute: the numpy function; shapes are checked before it is called.
    """

    symbol: str
    sign: str
    binding: int
    compute: Callable[..., Array]


class Truth:
    """A function that says true or false, as the numbers 1 and 0, to calculate with.

    Attributes:
        boolean: the numpy function, for whom booleans do as well.
        boolean_operands: whether they do for it: whether it only asks which operands are zero.
    """

    def __init__(self, boolean: Callable[..., Any], boolean_operands: bool = False) -> None:
        self.boolean, self.boolean_operands = boolean, boolean_operands

    def __call__(self, *arrays: Any, **axis: Any) -> Array:
        """The numbers."""
        return np.asarray(self.boolean(*arrays, **axis), np.float32)


def _table(*operators: Operator) -> dict[str, Operator]:
    return {operator.symbol: operator for operator in operators}


BINARY = _table(
    Operator("or", "∨", 1, Truth(np.logical_or, boolean_operands=True)),
    Operator("and", "∧", 2, Truth(np.logical_and, boolean_operands=True)),
    Operator("==", "==", 4, Truth(np.equal)),
    Operator("!=", "≠", 4, Truth(np.not_equal)),
    Operator("<", "<", 4, Truth(np.less)),
    Operator("<=", "≤", 4, Truth(np.less_equal)),
    Operator(">", ">", 4, Truth(np.greater)),
    Operator(">=", "≥", 4, Truth(np.greater_equal)),
    Operator("+", "+", 5, np.add),
    Operator("-", "−", 5, np.subtract),
    Operator("*", "×", 6, np.multiply),
    Operator("/", "/", 6, np.divide),
    Operator("@", "@", 6, np.matmul),
)
"""Operators with two operands, all but ``@`` elementwise."""

UNARY = _table(
    Operator("not", "¬", 3, Truth(np.logical_not, boolean_operands=True)),
    Operator("-", "−", 7, np.negative),
    Operator("+", "+", 7, np.positive),
)
"""Operators with one operand, elementwise."""

ATOM = 8
"""The binding of what needs no parentheses: names, numbers, calls, indexing."""

COMPARISONS = frozenset(symbol for symbol, op in BINARY.items() if op.binding == 4)
