"""What each instruction of the machine does to vectors, compiled to vector instructions.

Nothing may be written to what is read: the compiler would have to go number by number.

numba looks for changes in machine.py alone: whoever changes this file removes what it keeps in
``__pycache__`` (``machine.*.nbi``).
"""

from __future__ import annotations

from typing import Any

from numba import njit

from rnnstep.program.elementary import exponential, tangent
from rnnstep.program.panels import LANES
from rnnstep.program.tiles import one


@njit
def product(matrix: Any, x: Any, out: Any) -> None:
    """Writes a matrix, packed in panels, times a vector."""
    size = LANES * len(x)
    for row in range(0, len(out), LANES):
        panel = matrix[row * len(x) : row * len(x) + size]
        one(panel, x, 0, out[row:], 0, len(out) - row)


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
