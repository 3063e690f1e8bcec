"""Large arrays whose memory the system gives in huge pages, in a third of the time or less."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from rnnstep.equations import Array

HUGE = 2 * 2**20
"""Bytes of a huge page of x86-64 and of most ARM systems; aligning to it does no harm elsewhere."""

ADVISED = 4 * 2**20
"""Bytes of an array from which on NumPy asks Linux for huge pages."""


def room(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """An array that nothing was written to yet.

    Huge pages lie where their own size divides the address. A large array begins there, and has
    its last one whole, of which up to all but a byte may be left unused.

    Args:
        shape: of the array.
        dtype: of its numbers.
    """
    size = prod(shape) * dtype.itemsize
    if size < ADVISED:
        return np.empty(shape, dtype)
    whole = -(-size // HUGE) * HUGE
    raw = np.empty(whole + HUGE, np.uint8)
    begin = -raw.ctypes.data % HUGE
    return raw[begin : begin + size].view(dtype).reshape(shape)
