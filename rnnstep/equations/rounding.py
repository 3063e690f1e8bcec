"""Numbers rounded to what another number format can hold, in the dtype that they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnstep.equations.operators import Array


def as_float16(x: Array) -> Array:
    """Rounded to the nearest float16, ties to even; infinite beyond 65,504."""
    exact = np.asarray(x)
    return exact.astype(np.float16).astype(exact.dtype)


def as_bfloat16(x: Array) -> Array:
    """Rounded to the nearest bfloat16, ties to even: a float32 with 8 significant bits."""
    exact = np.asarray(x)
    bits = np.asarray(exact, np.float32, order="C").view(np.uint32)
    up = ((bits >> np.uint32(16)) & np.uint32(1)) + np.uint32(0x7FFF)
    kept = np.where(np.isfinite(exact), (bits + up) & np.uint32(0xFFFF0000), bits)
    return kept.astype(np.uint32).view(np.float32).astype(exact.dtype)


def quantize(x: Array, step: Any, low: Any, high: Any) -> Array:
    """Rounded to the nearest multiple of ``step``, ties to even, from ``low`` to ``high`` times it.

    With one step for all that is what an integer kernel computes; NaN stays NaN.
    """
    return np.asarray(np.clip(np.rint(x / step), low, high) * step)


def table_of(function: Callable[[Array], Array]) -> Callable[[Array, Any, Any], Array]:
    """The same function from a table: of ``entries`` evenly from -limit to limit the nearest one.

    Beyond the table the entry at its end is taken.
    """

    def from_table(x: Array, entries: Any, limit: Any) -> Array:
        step = 2.0 * limit / (entries - 1)
        place = np.rint((np.clip(x, -limit, limit) + limit) / step)
        return np.asarray(function(np.asarray(place * step - limit)))

    return from_table
