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
from rnnstep.program import workers
from rnnstep.program.barrier import wait

TOGETHER = 4
"""Vectors that are multiplied with a matrix at once, so that it is read once for all of them."""


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    table: Any, values: Any, weights: Any, given: Any, made: Any, counter: Any, workers: Any
) -> Any:
    """Run through some timesteps, alone or as one of several workers that share the values.

    Args:
        table: the instructions, see :class:`rnnstep.program.opcodes.Row`.
        values: the buffer.
        weights: the matrices, row after row, one behind the other.
        given: (timesteps, places), what is loaded.
        made: (timesteps, places), what is stored.
        counter: int64, (1,), 0: where the workers wait for each other.
        workers: how many there are.

    Returns:
        how often another worker let this one wait for long.
    """
    arrived = late = 0
    for t in range(len(given)):
        for i in range(len(table)):
            code, n, o, a, b, c, times, d_o, d_a, d_b, d_c = table[i]
            if code == op.WAIT:
                arrived += workers
                late += wait(counter, arrived)
                continue
            for _ in range(times):
                if code == op.LOAD:
                    do.copy(given[t, a : a + n], values[o : o + n])
                elif code == op.STORE:
                    do.copy(values[a : a + n], made[t, o : o + n])
                elif code == op.PRODUCT:
                    do.product(weights[b : b + n * c], values[a : a + c], values[o : o + n])
                else:
                    _elementwise(code, values, n, o, a, b, c)
                o, a, b, c = o + d_o, a + d_a, b + d_b, c + d_c
    return late


@njit(error_model="numpy")
def _elementwise(code: Any, values: Any, n: Any, o: Any, a: Any, b: Any, c: Any) -> None:
    """The functions of vectors, number by number."""
    out, x = values[o : o + n], values[a : a + n]
    if code == op.ADD:
        do.add(x, values[b : b + n], out)
    elif code == op.MULTIPLY:
        do.multiply(x, values[b : b + n], out)
    elif code == op.SUBTRACT:
        do.subtract(x, values[b : b + n], out)
    elif code == op.DIVIDE:
        do.divide(x, values[b : b + n], out)
    elif code == op.WHERE:
        do.where(x, values[b : b + n], values[c : c + n], out)
    elif code == op.FILL:
        out[:] = values[a]
    else:
        _alone(code, x, out)


@njit(error_model="numpy")
def _alone(code: Any, x: Any, out: Any) -> None:
    """The functions of one vector."""
    if code == op.SIGMOID:
        do.sigmoid(x, out)
    elif code == op.TANH:
        do.tanh(x, out)
    elif code == op.COPY:
        do.copy(x, out)
    elif code == op.RELU:
        do.relu(x, out)
    elif code == op.NEGATE:
        do.negate(x, out)
    elif code == op.EXP:
        do.exp(x, out)
    elif code == op.MAGNITUDE:
        do.magnitude(x, out)
    elif code == op.HARD_SIGMOID:
        do.hard_sigmoid(x, out, False)
    elif code == op.HARD_SIGMOID_KERAS2:
        do.hard_sigmoid(x, out, True)


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def products(matrix: Any, vectors: Any, out: Any, begin: Any) -> None:
    """A matrix times many vectors; each vector's product does not depend on the others.

    Args:
        matrix: (rows, size).
        vectors: (vectors, size), a multiple of :data:`TOGETHER` of them.
        out: (vectors, places), is written to.
        begin: the place of the first row's products.
    """
    for t in range(0, len(vectors), TOGETHER):
        v, w, x, y = vectors[t], vectors[t + 1], vectors[t + 2], vectors[t + 3]
        for i in range(len(matrix)):
            row = matrix[i]
            s0 = s1 = s2 = s3 = out.dtype.type(0)
            for k in range(len(row)):
                s0 += row[k] * v[k]
                s1 += row[k] * w[k]
                s2 += row[k] * x[k]
                s3 += row[k] * y[k]
            k = begin + i
            out[t, k], out[t + 1, k], out[t + 2, k], out[t + 3, k] = s0, s1, s2, s3


def whole_groups(count: int) -> int:
    """How many vectors are multiplied for so many."""
    return -(-count // TOGETHER) * TOGETHER


def all_products(matrix: Any, vectors: Any, out: Any, begin: int) -> None:
    """A matrix times each of (vectors, size).

    Args:
        matrix: (rows, size).
        vectors: (vectors, size).
        out: (:func:`whole_groups` of the vectors, places), is written to.
        begin: the place of the first row's products.
    """
    filled = np.zeros((len(out), vectors.shape[1]), matrix.dtype)
    filled[: len(vectors)] = vectors
    # compiled for what may not be written to, as weights may not
    fixed = matrix.view()
    fixed.flags.writeable = False

    def part(times: slice) -> None:
        products(fixed, filled[times], out[times], begin)

    workers.spread(part, len(out), matrix.size, TOGETHER)
