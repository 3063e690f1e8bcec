"""exp, tanh and sigmoid that are compiled to vector instructions, for the machine.

Within two and a half units in the last place in float32, and in float64 those of the C library;
infinities, NaN and signed zeros as in NumPy. Who changes this file: see
:mod:`rnnstep.program.kernels`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

_MAGIC = np.float32(1.5 * 2**23)
"""Added to a small float32, it leaves the nearest whole number in the lowest bits."""
_MAGIC_BITS = np.int32(_MAGIC.view(np.int32))
_LOG2_E = np.float32(1.44269504088896341)
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_LEAST, _MOST = np.float32(-104.0), np.float32(89.0)
"""Beyond these exp is 0 and infinite."""
_LIFT = np.int32(64)
_LOWER = np.float32(2.0**-64)
"""A power of two, and what undoes it: between them no number is too small to be a normal one."""
_ENOUGH = np.float32(40)
"""Beyond half of this tanh is 1."""


# Of rounding only a product and a sum may become one: the steps must stay in this order.
@njit(fastmath={"contract"})
def _split32(x: Any) -> Any:
    """E to the power of x is 1 + the first, times 2 to the power of the second."""
    f = np.float32
    shifted = f(x * _LOG2_E + _MAGIC)
    k = shifted - _MAGIC
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = f(1.9875691500e-4)
    p = p * r + f(1.3981999507e-3)
    p = p * r + f(8.3334519073e-3)
    p = p * r + f(4.1665795894e-2)
    p = p * r + f(1.6666665459e-1)
    p = p * r + f(5.0000001201e-1)
    return p * (r * r) + r, np.int32(shifted.view(np.int32) - _MAGIC_BITS)


@njit
def _exp32(x: Any) -> Any:
    # written so that NaN passes both
    c = _LEAST if x < _LEAST else x
    c = _MOST if c > _MOST else c
    q, power = _split32(c)
    # as two factors: each is a normal number even where the result is not
    half = np.int32(power >> np.int32(1))
    return (q + np.float32(1.0)) * _two_to(half) * _two_to(np.int32(power - half))


@njit
def _exp32_down(x: Any) -> Any:
    """The same of a number that is not above 0: one of the factors is known."""
    q, power = _split32(_LEAST if x < _LEAST else x)
    return (q + np.float32(1.0)) * _two_to(np.int32(power + _LIFT)) * _LOWER


@njit
def _two_to(power: Any) -> Any:
    return np.int32(np.int32(power + np.int32(127)) << np.int32(23)).view(np.float32)


@njit(fastmath={"contract"})
def _tanh32(x: Any) -> Any:
    f = np.float32
    a = abs(x)
    c = a + a
    q, power = _split32(_ENOUGH if c > _ENOUGH else c)
    scale = _two_to(power)
    # e to the power of 2 a, less 1, which is exact where a is small
    e = q * scale + (scale - f(1.0))
    return np.copysign(e / (e + f(2.0)), x)


def exponential(x: Any) -> Any:
    """E to the power of one number, in its type."""
    return np.exp(x)


def decay(x: Any) -> Any:
    """E to the power of one number that is not above 0, in its type."""
    return np.exp(x)


def tangent(x: Any) -> Any:
    """The tanh of one number, in its type."""
    return np.tanh(x)


def _compiled(written: Any, for_float32: Any) -> None:
    """Have compiled code call another function for float32; for float64 it does what is written."""

    def here(x: Any) -> Any:
        return for_float32(x)

    def choose(x: Any) -> Any:
        return here if x == types.float32 else written

    overload(written)(choose)


_compiled(exponential, _exp32)
_compiled(decay, _exp32_down)
_compiled(tangent, _tanh32)
