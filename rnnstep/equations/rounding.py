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


def float16_into(x: Array, out: Array) -> None:
    """As :func:`as_float16`, written to ``out``."""
    np.copyto(out, np.asarray(x).astype(np.float16))


def quantize_into(x: Array, step: Any, low: Any, high: Any, out: Array) -> None:
    """As :func:`quantize`, written to ``out``."""
    np.divide(x, step, out=out)
    np.rint(out, out=out)
    np.clip(out, low, high, out=out)
    np.multiply(out, step, out=out)


def table_of(function: Callable[[Array], Array]) -> Callable[[Array, Any, Any], Array]:
    """The same function from a table: of ``entries`` evenly from -limit to limit the nearest one.

    Beyond the table the entry at its end is taken.
    """

    def from_table(x: Array, entries: Any, limit: Any) -> Array:
        exact = np.asarray(x)
        # numbers of entries are whole up to 2^24 in float32, in float16 only up to 2^11
        wide = np.promote_types(exact.dtype, np.float32)
        end, gaps = np.asarray(limit, wide), np.asarray(entries, wide) - wide.type(1)
        step = (end + end) / gaps
        place = np.rint((np.clip(exact.astype(wide), -end, end) + end) / step)
        return np.asarray(function(np.asarray(place * step - end))).astype(exact.dtype)

    return from_table


def into(compute: Callable[..., Array]) -> Callable[..., None]:
    """A function that writes what ``compute`` gives to its last argument."""

    def written(*arguments: Any) -> None:
        *operands, out = arguments
        np.copyto(out, compute(*operands))

    return written
