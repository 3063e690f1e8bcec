"""What each instruction of the machine does to vectors, compiled to vector instructions.

Nothing may be written to what is read: the compiler would have to go number by number.

numba looks for changes in machine.py alone: whoever changes this file removes what it keeps in
``__pycache__`` (``machine.*.nbi``).
"""

from __future__ import annotations

from typing import Any

from numba import njit

from rnnstep.program.elementary import exponential, tangent

LONG = 384
"""Columns from which on rows are read one by one, as memory gives them: beyond, the matrix is in
no cache of one core."""


# The order of a sum is free, for vector instructions; NaN and infinities flow as they must.
@njit(fastmath={"reassoc", "contract"})
def product(matrix: Any, x: Any, out: Any) -> None:
    """Writes a matrix, row after row, times a vector."""
    rows, columns = matrix.reshape(len(out), len(x)), len(x)
    four = len(out) - len(out) % 4 if columns < LONG else 0
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


@njit
def copy(x: Any, out: Any) -> None:
    """Writes x."""
    for k in range(len(out)):
        out[k] = x[k]


@njit
def add(x: Any, y: Any, out: Any) -> None:
    """Writes x + y."""
    for k in range(len(out)):
        out[k] = x[k] + y[k]


@njit
def subtract(x: Any, y: Any, out: Any) -> None:
    """Writes x - y."""
    for k in range(len(out)):
        out[k] = x[k] - y[k]


@njit
def multiply(x: Any, y: Any, out: Any) -> None:
    """Writes x y."""
    for k in range(len(out)):
        out[k] = x[k] * y[k]


@njit(error_model="numpy")
def divide(x: Any, y: Any, out: Any) -> None:
    """Writes x / y."""
    for k in range(len(out)):
        out[k] = x[k] / y[k]


@njit
def where(condition: Any, x: Any, y: Any, out: Any) -> None:
    """Writes x where the condition is not zero, else y."""
    for k in range(len(out)):
        out[k] = x[k] if condition[k] != 0 else y[k]


@njit(error_model="numpy")
def sigmoid(x: Any, out: Any) -> None:
    """Writes 1 / (1 + exp(-x))."""
    one = x.dtype.type(1)
    for k in range(len(out)):
        # exp of a negative number only, as in the function of the language
        z = exponential(-abs(x[k]))
        out[k] = (one if x[k] >= 0 else z) / (one + z)


@njit(error_model="numpy")
def tanh(x: Any, out: Any) -> None:
    """Writes the tanh of x."""
    for k in range(len(out)):
        out[k] = tangent(x[k])


@njit
def relu(x: Any, out: Any) -> None:
    """Writes max(x, 0)."""
    zero = x.dtype.type(0)
    for k in range(len(out)):
        # written so that NaN stays
        out[k] = zero if x[k] <= zero else x[k]


@njit(error_model="numpy")
def hard_sigmoid(x: Any, out: Any, keras2: Any) -> None:
    """Writes a line that is cut to 0…1, Keras 2's or the other."""
    zero, half, one = x.dtype.type(0), x.dtype.type(0.5), x.dtype.type(1)
    fifth, six = x.dtype.type(0.2), x.dtype.type(6)
    for k in range(len(out)):
        y = (x[k] * fifth if keras2 else x[k] / six) + half
        out[k] = zero if y < zero else one if y > one else y


@njit
def negate(x: Any, out: Any) -> None:
    """Writes -x."""
    for k in range(len(out)):
        out[k] = -x[k]


@njit
def magnitude(x: Any, out: Any) -> None:
    """Writes |x|."""
    for k in range(len(out)):
        out[k] = abs(x[k])


@njit
def exp(x: Any, out: Any) -> None:
    """Writes e to the power of x."""
    for k in range(len(out)):
        out[k] = exponential(x[k])
