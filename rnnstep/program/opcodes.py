"""What the machine can do: a number for each of NumPy's functions that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnnstep.equations import FUNCTIONS, Array

AHEAD, REPEATED, TAKE, LOAD, STORE, SEND, WAIT, RECEIVE, PRODUCT, COPY, FILL = range(11)
ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, WHERE, MAGNITUDE = range(11, 18)
SIGMOID, TANH, RELU, EXP, HARD_SIGMOID, HARD_SIGMOID_KERAS2 = range(18, 24)
"""AHEAD makes the products of some timesteps' inputs at once; REPEATED those of states that are
known by now, in the bits that PRODUCT gave them one by one."""

_BY_NAME = {
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "relu": RELU,
    "linear": COPY,
    "exp": EXP,
    "hard_sigmoid": HARD_SIGMOID,
    "hard_sigmoid_keras2": HARD_SIGMOID_KERAS2,
    "where": WHERE,
    "abs": MAGNITUDE,
}

OPCODES: Mapping[Callable[..., Any], int] = {
    np.add: ADD,
    np.subtract: SUBTRACT,
    np.multiply: MULTIPLY,
    np.divide: DIVIDE,
    np.negative: NEGATE,
} | {FUNCTIONS[name].into or FUNCTIONS[name].compute: code for name, code in _BY_NAME.items()}
"""The function that numpy runs for an expression, and the machine's number for it."""

_OPERANDS = {ADD: 2, SUBTRACT: 2, MULTIPLY: 2, DIVIDE: 2, WHERE: 3}


class Row(NamedTuple):
    """An instruction.

    Attributes:
        code: what to do.
        size: how many numbers it makes.
        out: where in the buffer they go; of what is stored, sent or multiplied ahead, the column.
        a: where its first operand is; of what is taken, loaded or received, or of the vectors that
            are multiplied ahead, the column.
        b: its second one; of a product, where among the weights the matrix begins; of what is
            stored, how many columns of other arrays come before its own.
        c: its third one; of a product, the matrix's columns; of what is stored, its array's.
        times: how often it is done, all places moved each time by what follows.
        d_out: how far the place of the result moves.
        d_a: how far the first operand does.
        d_b: how far the second does.
        d_c: how far the third does.
    """

    code: int
    size: int
    out: int
    a: int
    b: int = 0
    c: int = 0
    times: int = 1
    d_out: int = 0
    d_a: int = 0
    d_b: int = 0
    d_c: int = 0

    @property
    def places(self) -> tuple[int, int, int, int]:
        """Where the result and the operands are."""
        return self.out, self.a, self.b, self.c


def table_of(rows: Sequence[Row]) -> Array:
    """Instructions as the machine reads them."""
    return np.array(rows, np.uint64).reshape(-1, len(Row._fields))


def steps(row: Row) -> tuple[int, int, int, int]:
    """How far each place is from that for the number before, in :attr:`Row.places`' order."""
    if row.code in (AHEAD, REPEATED, PRODUCT):
        return 1, 0, row.c, 0
    if row.code == FILL:
        return 1, 0, 0, 0
    count = _OPERANDS.get(row.code, 1)
    return 1, 1, int(count > 1), int(count > 2)


def operands(row: Row) -> tuple[str, ...]:
    """Which of a row's places are those of the buffer that it reads."""
    if row.code in (AHEAD, REPEATED, TAKE, LOAD, RECEIVE, WAIT):
        return ()
    return ("a", "b", "c")[: _OPERANDS.get(row.code, 1)]


def results(row: Row) -> tuple[str, ...]:
    """Which of them are those that it writes."""
    return () if row.code in (AHEAD, REPEATED, STORE, SEND, WAIT) else ("out",)


def reads(row: Row) -> Iterator[tuple[int, int]]:
    """The places of the buffer that it reads, as beginnings and ends."""
    size = {PRODUCT: row.c, FILL: 1}.get(row.code, row.size)
    for name in operands(row):
        yield from _bounds(row, name, size)


def writes(row: Row) -> Iterator[tuple[int, int]]:
    """The places of the buffer that it writes."""
    for name in results(row):
        yield from _bounds(row, name, row.size)


def _bounds(row: Row, name: str, size: int) -> Iterator[tuple[int, int]]:
    for time in range(row.times):
        begin = getattr(row, name) + time * getattr(row, f"d_{name}")
        yield begin, begin + size
