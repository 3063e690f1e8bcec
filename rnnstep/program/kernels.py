"""What each instruction of the machine does to numbers of its buffer, by vector instructions.

The results are at ``o``, the operands at ``a``, ``b`` and ``c``, ``n`` numbers each. Nothing may
be written to what is read: the compiler would have to go number by number. Places are unsigned: of
others the compiler looks whether they count from the end.

numba looks for changes in machine.py alone: whoever changes this file removes what it keeps in
``__pycache__`` (``machine.*.nbi``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from rnnstep.program.elementary import decay, exponential, tangent
from rnnstep.program.panels import LANES
from rnnstep.program.tiles import SUMS, one, one_of_several, pair, several, two

_NONE, _TWO, _SEVERAL, _PANEL = np.uint64(0), np.uint64(2), np.uint64(SUMS), np.uint64(LANES)


@njit
def product(matrix: Any, b: Any, x: Any, a: Any, columns: Any, out: Any, o: Any, n: Any) -> None:
    """Writes a matrix, packed in panels, times a vector."""
    for row in range(_NONE, n, _TWO * _PANEL):
        panel, to, left = b + row * columns, o + row, n - row
        if left > _PANEL:
            pair(matrix, panel, x, a, _NONE, columns, out, to, _NONE, left)
        else:
            one(matrix, panel, x, a, _NONE, columns, out, to, _NONE, left)


@njit
def products(
    matrix: Any,
    b: Any,
    columns: Any,
    x: Any,
    a: Any,
    step: Any,
    count: Any,
    out: Any,
    o: Any,
    apart: Any,
    n: Any,
) -> None:
    """Writes it times some vectors, no more than the first cache has room for.

    The bits of each do not depend on the others, and are not those of :func:`product`.
    """
    for row in range(_NONE, n, _PANEL):
        panel, left, place, to = b + row * columns, n - row, a, o + row
        for _ in range(count // _SEVERAL):
            several(matrix, panel, x, place, step, columns, out, to, apart, left)
            place, to = place + _SEVERAL * step, to + _SEVERAL * apart
        for _ in range(count % _SEVERAL):
            one_of_several(matrix, panel, x, place, step, columns, out, to, apart, left)
            place, to = place + step, to + apart


@njit
def repeated(
    matrix: Any,
    b: Any,
    columns: Any,
    x: Any,
    a: Any,
    step: Any,
    count: Any,
    out: Any,
    o: Any,
    apart: Any,
    n: Any,
) -> None:
    """Writes the same in the bits of :func:`product`."""
    for row in range(_NONE, n, _PANEL):
        panel, left, place, to = b + row * columns, n - row, a, o + row
        for _ in range(count // _TWO):
            two(matrix, panel, x, place, step, columns, out, to, apart, left)
            place, to = place + _TWO * step, to + _TWO * apart
        if count % _TWO:
            one(matrix, panel, x, place, step, columns, out, to, apart, left)


@njit
def move(source: Any, a: Any, target: Any, o: Any, n: Any) -> None:
    """Writes numbers of one array to another one, or elsewhere in it."""
    for k in range(n):
        target[o + k] = source[a + k]


@njit
def fill(values: Any, o: Any, a: Any, n: Any) -> None:
    """Writes one number n times."""
    number = values[a]
    for k in range(n):
        values[o + k] = number


@njit
def add(values: Any, o: Any, a: Any, b: Any, n: Any) -> None:
    """Writes x + y."""
    for k in range(n):
        values[o + k] = values[a + k] + values[b + k]


@njit
def subtract(values: Any, o: Any, a: Any, b: Any, n: Any) -> None:
    """Writes x - y."""
    for k in range(n):
        values[o + k] = values[a + k] - values[b + k]


@njit
def multiply(values: Any, o: Any, a: Any, b: Any, n: Any) -> None:
    """Writes x y."""
    for k in range(n):
        values[o + k] = values[a + k] * values[b + k]


@njit(error_model="numpy")
def divide(values: Any, o: Any, a: Any, b: Any, n: Any) -> None:
    """Writes x / y."""
    for k in range(n):
        values[o + k] = values[a + k] / values[b + k]


@njit
def where(values: Any, o: Any, a: Any, b: Any, c: Any, n: Any) -> None:
    """Writes x where the condition, the first operand, is not zero, else y."""
    for k in range(n):
        values[o + k] = values[b + k] if values[a + k] != 0 else values[c + k]


@njit(error_model="numpy")
def sigmoid(values: Any, o: Any, a: Any, n: Any) -> None:
    """Writes 1 / (1 + exp(-x))."""
    one = values.dtype.type(1)
    for k in range(n):
        x = values[a + k]
        # exp of a negative number only, as in the function of the language
        z = decay(-abs(x))
        values[o + k] = (one if x >= 0 else z) / (one + z)


@njit(error_model="numpy")
def tanh(values: Any, o: Any, a: Any, n: Any) -> None:
    """Writes the tanh of x."""
    for k in range(n):
        values[o + k] = tangent(values[a + k])


@njit
def relu(values: Any, o: Any, a: Any, n: Any) -> None:
    """Writes max(x, 0)."""
    zero = values.dtype.type(0)
    for k in range(n):
        x = values[a + k]
        # written so that NaN stays
        values[o + k] = zero if x <= zero else x


@njit(error_model="numpy")
def hard_sigmoid(values: Any, o: Any, a: Any, n: Any, keras2: Any) -> None:
    """Writes a line that is cut to 0…1, Keras 2's or the other."""
    number = values.dtype.type
    zero, half, one = number(0), number(0.5), number(1)
    fifth, six = number(0.2), number(6)
    for k in range(n):
        x = values[a + k]
        y = (x * fifth if keras2 else x / six) + half
        values[o + k] = zero if y < zero else one if y > one else y


@njit
def negate(values: Any, o: Any, a: Any, n: Any) -> None:
    """Writes -x."""
    for k in range(n):
        values[o + k] = -values[a + k]


@njit
def magnitude(values: Any, o: Any, a: Any, n: Any) -> None:
    """Writes |x|."""
    for k in range(n):
        values[o + k] = abs(values[a + k])


@njit
def exp(values: Any, o: Any, a: Any, n: Any) -> None:
    """Writes e to the power of x."""
    for k in range(n):
        values[o + k] = exponential(values[a + k])
