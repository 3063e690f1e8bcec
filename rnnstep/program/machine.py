"""A small vector machine: all timesteps of any recurrence in one compiled function.

What it runs is data, a table of instructions on places in one flat buffer, so it is compiled once
for all cells, and kept on disk.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from rnnstep.program import kernels as do
from rnnstep.program import opcodes as op

TOGETHER = 4
"""Vectors that are multiplied with a matrix at once, so that it is read once for all of them."""


@njit(cache=True, nogil=True, error_model="numpy")
def run(table: Any, values: Any, weights: Any, given: Any, made: Any) -> None:
    """Run through some timesteps.

    Args:
        table: (instructions, 6): number, size, and the places of the result and of up to three
            operands; of a product the second is where in ``weights`` the matrix begins, and the
            third its columns.
        values: the buffer; what is given comes first, then what is made.
        weights: the matrices, row after row, one behind the other.
        given: (timesteps, places), what is read.
        made: (timesteps, places), what is written.
    """
    first, last = given.shape[1], given.shape[1] + made.shape[1]
    for t in range(len(given)):
        do.copy(given[t], values[:first])
        segment(table, values, weights)
        do.copy(values[first:last], made[t])


@njit(cache=True, nogil=True, error_model="numpy")
def segment(table: Any, values: Any, weights: Any) -> None:
    """Run some instructions once."""
    for i in range(len(table)):
        code, n, o, a, b, c = table[i]
        out, x = values[o : o + n], values[a : a + n]
        if code == op.PRODUCT:
            do.product(weights[b : b + n * c], values[a : a + c], out)
        elif code == op.ADD:
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
