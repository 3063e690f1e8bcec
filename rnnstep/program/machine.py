"""A small vector machine: all timesteps of any recurrence in one compiled function.

What it runs is data, a table of instructions on places in one flat buffer, so it is compiled once
for all cells, and kept on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from rnnstep.program import kernels as do
from rnnstep.program import opcodes as op
from rnnstep.program.barrier import wait

AT_ONCE = 32
"""Timesteps whose inputs are multiplied with a panel while it is in the first cache."""

_unsigned = np.uint64


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    table: Any,
    values: Any,
    weights: Any,
    inputs: Any,
    ahead: Any,
    made: Any,
    exchange: Any,
    counter: Any,
    workers: Any,
) -> Any:
    """Run through some timesteps, alone or as one of several workers.

    Args:
        table: the instructions, see :class:`rnnstep.program.opcodes.Row`.
        values: the buffer, its own.
        weights: the matrices, in panels, one behind the other.
        inputs: (timesteps, columns), what is loaded, or multiplied ahead.
        ahead: (:data:`AT_ONCE`, places), its own, where what is multiplied ahead is put.
        made: (timesteps, places), what is stored: array behind array, (timesteps, columns) each.
            If there is a timestep more, the first one is left as it is.
        exchange: (2, places), where the workers leave what others read: in turns, for the slowest
            one may still read what it was left at the timestep before.
        counter: int64, (1,), 0: where the workers wait for each other.
        workers: how many there are.

    Returns:
        how often another worker let this one wait for long.
    """
    arrived = late = 0
    # flat ones, of which no slices are taken: of those the compiler counts who uses them
    flat = inputs.reshape(-1), ahead.reshape(-1), made.reshape(-1), exchange.reshape(-1)
    length, at_once = _unsigned(len(inputs)), _unsigned(AT_ONCE)
    stored = _unsigned(len(made))
    columns, places = _unsigned(inputs.shape[1]), _unsigned(ahead.shape[1])
    for t in range(length):
        rows = (
            t * columns,
            t % at_once * places,
            (stored, t + stored - length),
            t % _unsigned(2) * _unsigned(exchange.shape[1]),
        )
        for i in range(len(table)):
            code = table[i, 0]
            if code == op.WAIT:
                arrived += workers
                late += wait(counter, arrived)
            elif code == op.AHEAD or code == op.REPEATED:  # noqa: PLR1714
                if t % at_once == 0:
                    count = min(at_once, length - t)
                    _ahead(table, i, weights, flat[0], rows[0], columns, count, flat[1], places)
            else:
                _one_row(table, i, values, weights, flat, rows)
    return late


@njit(error_model="numpy", forceinline=True)
def _ahead(
    table: Any,
    i: Any,
    weights: Any,
    inputs: Any,
    first: Any,
    columns: Any,
    count: Any,
    ahead: Any,
    places: Any,
) -> None:
    """Multiply the inputs of some timesteps."""
    n, o, a, b, c = table[i, 1], table[i, 2], table[i, 3], table[i, 4], table[i, 5]
    for _ in range(table[i, 6]):
        x = first + a
        if table[i, 0] == op.AHEAD:
            do.products(weights, b, c, inputs, x, columns, count, ahead, o, places, n)
        else:
            do.repeated(weights, b, c, inputs, x, columns, count, ahead, o, places, n)
        o, a, b = o + table[i, 7], a + table[i, 8], b + table[i, 9]


@njit(error_model="numpy", forceinline=True)
def _one_row(table: Any, i: Any, values: Any, weights: Any, flat: Any, rows: Any) -> None:
    """What an instruction does at one timestep."""
    code, n = table[i, 0], table[i, 1]
    o, a, b, c = table[i, 2], table[i, 3], table[i, 4], table[i, 5]
    inputs, ahead, made, exchange = flat
    for _ in range(table[i, 6]):
        if code == op.PRODUCT:
            do.product(weights, b, values, a, c, values, o, n)
        elif code == op.LOAD:
            do.move(inputs, rows[0] + a, values, o, n)
        elif code == op.TAKE:
            do.move(ahead, rows[1] + a, values, o, n)
        elif code == op.STORE:
            stored, row = rows[2]
            do.move(values, a, made, b * stored + row * c + o, n)
        elif code == op.SEND:
            do.move(values, a, exchange, rows[3] + o, n)
        elif code == op.RECEIVE:
            do.move(exchange, rows[3] + a, values, o, n)
        else:
            elementwise(code, values, n, o, a, b, c)
        o, a, b, c = o + table[i, 7], a + table[i, 8], b + table[i, 9], c + table[i, 10]


@njit(error_model="numpy", forceinline=True)
def elementwise(code: Any, values: Any, n: Any, o: Any, a: Any, b: Any, c: Any) -> None:
    """The functions of vectors, number by number."""
    if code == op.ADD:
        do.add(values, o, a, b, n)
    elif code == op.MULTIPLY:
        do.multiply(values, o, a, b, n)
    elif code == op.SUBTRACT:
        do.subtract(values, o, a, b, n)
    elif code == op.DIVIDE:
        do.divide(values, o, a, b, n)
    elif code == op.WHERE:
        do.where(values, o, a, b, c, n)
    else:
        _alone(code, values, n, o, a)


@njit(error_model="numpy", forceinline=True)
def _alone(code: Any, values: Any, n: Any, o: Any, a: Any) -> None:
    """The functions of one vector."""
    if code == op.SIGMOID:
        do.sigmoid(values, o, a, n)
    elif code == op.TANH:
        do.tanh(values, o, a, n)
    elif code == op.COPY:
        do.move(values, a, values, o, n)
    elif code == op.RELU:
        do.relu(values, o, a, n)
    elif code == op.NEGATE:
        do.negate(values, o, a, n)
    elif code == op.EXP:
        do.exp(values, o, a, n)
    elif code == op.MAGNITUDE:
        do.magnitude(values, o, a, n)
    elif code == op.FILL:
        do.fill(values, o, a, n)
    elif code == op.HARD_SIGMOID:
        do.hard_sigmoid(values, o, a, n, False)
    elif code == op.HARD_SIGMOID_KERAS2:
        do.hard_sigmoid(values, o, a, n, True)


@njit(cache=True, nogil=True)
def products(matrix: Any, vectors: Any, out: Any, begin: Any, rows: Any) -> None:
    """A matrix times many vectors; each vector's product does not depend on the others.

    Args:
        matrix: in panels, one behind the other.
        vectors: (vectors, columns).
        out: (vectors, places), is written to.
        begin: the place of the first row's products.
        rows: how many the matrix has.
    """
    length, at_once = _unsigned(len(vectors)), _unsigned(AT_ONCE)
    columns, places, none = _unsigned(vectors.shape[1]), _unsigned(out.shape[1]), _unsigned(0)
    read, write = vectors.reshape(-1), out.reshape(-1)
    for first in range(none, length, at_once):
        count = min(at_once, length - first)
        x, to = first * columns, first * places + _unsigned(begin)
        do.products(
            matrix, none, columns, read, x, columns, count, write, to, places, _unsigned(rows)
        )
