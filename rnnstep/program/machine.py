"""A small vector machine: all timesteps of any recurrence in one compiled function.

What it runs is data, a table of instructions on places in one flat buffer, so it is compiled once
for all cells, and kept on disk.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from rnnstep.program import opcodes as op
from rnnstep.program.elementary import exponential, tangent

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
        _copy(given[t], values[:first])
        segment(table, values, weights)
        _copy(values[first:last], made[t])


@njit(cache=True, nogil=True, error_model="numpy")
def segment(table: Any, values: Any, weights: Any) -> None:
    """Run some instructions once."""
    for i in range(len(table)):
        code, n, o, a, b, c = table[i]
        out, x = values[o : o + n], values[a : a + n]
        if code == op.PRODUCT:
            _product(weights[b : b + n * c], values[a : a + c], out)
        elif code == op.ADD:
            _add(x, values[b : b + n], out)
        elif code == op.MULTIPLY:
            _multiply(x, values[b : b + n], out)
        elif code == op.SUBTRACT:
            _subtract(x, values[b : b + n], out)
        elif code == op.DIVIDE:
            _divide(x, values[b : b + n], out)
        elif code == op.WHERE:
            _where(x, values[b : b + n], values[c : c + n], out)
        elif code == op.FILL:
            out[:] = values[a]
        else:
            _alone(code, x, out)


@njit(error_model="numpy")
def _alone(code: Any, x: Any, out: Any) -> None:
    """The functions of one vector."""
    if code == op.SIGMOID:
        _sigmoid(x, out)
    elif code == op.TANH:
        _tanh(x, out)
    elif code == op.COPY:
        _copy(x, out)
    elif code == op.RELU:
        _relu(x, out)
    elif code == op.NEGATE:
        for k in range(len(out)):
            out[k] = -x[k]
    elif code == op.EXP:
        for k in range(len(out)):
            out[k] = exponential(x[k])
    elif code == op.MAGNITUDE:
        for k in range(len(out)):
            out[k] = abs(x[k])
    elif code == op.HARD_SIGMOID:
        _hard_sigmoid(x, out, False)
    elif code == op.HARD_SIGMOID_KERAS2:
        _hard_sigmoid(x, out, True)


# The order of a sum is free, for vector instructions; NaN and infinities flow as they must.
@njit(fastmath={"reassoc", "contract"})
def _product(matrix: Any, x: Any, out: Any) -> None:
    rows, columns = matrix.reshape(len(out), len(x)), len(x)
    four = len(out) - len(out) % 4
    for i in range(0, four, 4):
        a, b, c, d = rows[i], rows[i + 1], rows[i + 2], rows[i + 3]
        s0 = s1 = s2 = s3 = out.dtype.type(0)
        for k in range(columns):
            s0 += a[k] * x[k]
            s1 += b[k] * x[k]
            s2 += c[k] * x[k]
            s3 += d[k] * x[k]
        out[i], out[i + 1], out[i + 2], out[i + 3] = s0, s1, s2, s3
    for i in range(four, len(out)):
        a, s0 = rows[i], out.dtype.type(0)
        for k in range(columns):
            s0 += a[k] * x[k]
        out[i] = s0


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


@njit
def _copy(x: Any, out: Any) -> None:
    for k in range(len(out)):
        out[k] = x[k]


@njit
def _add(x: Any, y: Any, out: Any) -> None:
    for k in range(len(out)):
        out[k] = x[k] + y[k]


@njit
def _subtract(x: Any, y: Any, out: Any) -> None:
    for k in range(len(out)):
        out[k] = x[k] - y[k]


@njit
def _multiply(x: Any, y: Any, out: Any) -> None:
    for k in range(len(out)):
        out[k] = x[k] * y[k]


@njit(error_model="numpy")
def _divide(x: Any, y: Any, out: Any) -> None:
    for k in range(len(out)):
        out[k] = x[k] / y[k]


@njit
def _where(condition: Any, x: Any, y: Any, out: Any) -> None:
    for k in range(len(out)):
        out[k] = x[k] if condition[k] != 0 else y[k]


@njit(error_model="numpy")
def _sigmoid(x: Any, out: Any) -> None:
    one = x.dtype.type(1)
    for k in range(len(out)):
        # exp of a negative number only, as in the function of the language
        z = exponential(-abs(x[k]))
        out[k] = (one if x[k] >= 0 else z) / (one + z)


@njit(error_model="numpy")
def _tanh(x: Any, out: Any) -> None:
    for k in range(len(out)):
        out[k] = tangent(x[k])


@njit
def _relu(x: Any, out: Any) -> None:
    zero = x.dtype.type(0)
    for k in range(len(out)):
        # written so that NaN stays
        out[k] = zero if x[k] <= zero else x[k]


@njit(error_model="numpy")
def _hard_sigmoid(x: Any, out: Any, keras2: Any) -> None:
    zero, half, one = x.dtype.type(0), x.dtype.type(0.5), x.dtype.type(1)
    fifth, six = x.dtype.type(0.2), x.dtype.type(6)
    for k in range(len(out)):
        y = (x[k] * fifth if keras2 else x[k] / six) + half
        out[k] = zero if y < zero else one if y > one else y
