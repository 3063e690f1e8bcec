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


def truth(compute: Callable[..., Any]) -> Callable[..., Array]:
    """The same function with its true and false as the numbers 1 and 0, to calculate with."""
    return lambda *arrays, **axis: np.asarray(compute(*arrays, **axis), np.float32)


def _table(*operators: Operator) -> dict[str, Operator]:
    return {operator.symbol: operator for operator in operators}


BINARY = _table(
    Operator("or", "∨", 1, truth(np.logical_or)),
    Operator("and", "∧", 2, truth(np.logical_and)),
    Operator("==", "==", 4, truth(np.equal)),
    Operator("!=", "≠", 4, truth(np.not_equal)),
    Operator("<", "<", 4, truth(np.less)),
    Operator("<=", "≤", 4, truth(np.less_equal)),
    Operator(">", ">", 4, truth(np.greater)),
    Operator(">=", "≥", 4, truth(np.greater_equal)),
    Operator("+", "+", 5, np.add),
    Operator("-", "−", 5, np.subtract),
    Operator("*", "×", 6, np.multiply),
    Operator("/", "/", 6, np.divide),
    Operator("@", "@", 6, np.matmul),
)
"""Operators with two operands, all but ``@`` elementwise."""

UNARY = _table(
    Operator("not", "¬", 3, truth(np.logical_not)),
    Operator("-", "−", 7, np.negative),
    Operator("+", "+", 7, np.positive),
)
"""Operators with one operand, elementwise."""

ATOM = 8
"""The binding of what needs no parentheses: names, numbers, calls, indexing."""

COMPARISONS = frozenset(symbol for symbol, op in BINARY.items() if op.binding == 4)
