"""A small vector machine: all timesteps of any recurrence in one compiled function.

What it runs is data, a table of instructions on places in one flat buffer, so it is compiled once
for all cells, and kept on disk.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from rnnstep.program import kernels as do
from rnnstep.program import opcodes as op
from rnnstep.program.barrier import wait
from rnnstep.program.panels import LANES
from rnnstep.program.tiles import four, one_of_four

AT_ONCE = 32
"""Timesteps whose inputs are multiplied with a panel while it is in the first cache."""


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    table: Any,
    values: Any,
    weights: Any,
    inputs: Any,
    given: Any,
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
        inputs: (timesteps, columns), what is multiplied ahead, if the table says so.
        given: (timesteps, places), what is loaded; if it is multiplied ahead, (:data:`AT_ONCE`,
            places), its own, where that is put.
        made: (timesteps, places), what is stored.
        exchange: (2, places), where the workers leave what others read: in turns, for the slowest
            one may still read what it was left at the timestep before.
        counter: int64, (1,), 0: where the workers wait for each other.
        workers: how many there are.

    Returns:
        how often another worker let this one wait for long.
    """
    arrived = late = 0
    row = -1
    for t in range(len(made)):
        row = row + 1 if row + 1 < len(given) else 0
        for i in range(len(table)):
            code, n, o, a, b, c, times, d_o, d_a, d_b, d_c = table[i]
            if code == op.WAIT:
                arrived += workers
                late += wait(counter, arrived)
                continue
            if code == op.AHEAD and t % AT_ONCE:
                continue
            for _ in range(times):
                if code == op.AHEAD:
                    _ahead(weights[b:], inputs[t : t + AT_ONCE], given, o, n)
                elif code == op.LOAD:
                    do.move(given[row, a : a + n], values[o : o + n])
                elif code == op.STORE:
                    do.move(values[a : a + n], made[t, o : o + n])
                elif code == op.SEND:
                    do.move(values[a : a + n], exchange[t % 2, o : o + n])
                elif code == op.RECEIVE:
                    do.move(exchange[t % 2, a : a + n], values[o : o + n])
                elif code == op.PRODUCT:
                    do.product(weights[b:], values[a : a + c], values[o : o + n])
                else:
                    _elementwise(code, values, n, o, a, b, c)
                o, a, b, c = o + d_o, a + d_a, b + d_b, c + d_c
    return late


@njit(error_model="numpy")
def _elementwise(code: Any, values: Any, n: Any, o: Any, a: Any, b: Any, c: Any) -> None:
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


@njit(error_model="numpy")
def _alone(code: Any, values: Any, n: Any, o: Any, a: Any) -> None:
    """The functions of one vector."""
    if code == op.SIGMOID:
        do.sigmoid(values, o, a, n)
    elif code == op.TANH:
        do.tanh(values, o, a, n)
    elif code == op.COPY:
        do.copy(values, o, a, n)
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
    for first in range(0, len(vectors), AT_ONCE):
        last = first + AT_ONCE
        _ahead(matrix, vectors[first:last], out[first:last], begin, rows)


@njit
def _ahead(matrix: Any, vectors: Any, out: Any, begin: Any, rows: Any) -> None:
    """The same for no more vectors than the first cache has room for."""
    length, columns = vectors.shape
    for row in range(0, rows, LANES):
        panel = matrix[row * columns : (row + LANES) * columns]
        place, left, t = begin + row, rows - row, 0
        while t + 4 <= length:
            four(panel, vectors[t], columns, out[t, place:], out.shape[1], left)
            t += 4
        while t < length:
            one_of_four(panel, vectors[t], 0, out[t, place:], 0, left)
            t += 1
