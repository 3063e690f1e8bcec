"""How far a number may be from what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.errors import InputError


@dataclass(frozen=True)
class Tolerance:
    """``|got - expected| <= absolute + relative * |expected|``, or so many units in the last place.

    Attributes:
        absolute: the part that does not depend on the number.
        relative: the part that grows with it.
        ulp: units in the last place of the expected number, in ``dtype``, instead of both.
        dtype: whose last place is meant.
    """

    absolute: float
    relative: float
    ulp: float | None = None
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.float32))

    def of(self, expected: Array) -> Array:
        """How far each number may be away."""
        size = np.abs(np.where(np.isfinite(expected), expected, 0.0))
        if self.ulp is None:
            return np.asarray(self.absolute + self.relative * size)
        return np.asarray(self.ulp * np.spacing(size.astype(self.dtype)).astype(np.float64))

    def __str__(self) -> str:
        """As people read it."""
        if self.ulp is not None:
            return f"{self.ulp:g} units in the last place of {self.dtype}"
        return f"{self.absolute:g} + {self.relative:g} × |expected|"


DEFAULTS = {"float64": (1e-9, 1e-7), "float32": (1e-5, 1e-4), "float16": (5e-3, 2e-2)}
"""Absolute and relative, by dtype: what one network on two correct runtimes stays within.

Rounding of one step is some units in the last place, and a recurrence may amplify it: a hundred
times is allowed for.
"""


def tolerance_for(
    dtype: np.dtype[Any],
    decimals: int | None = None,
    absolute: float | None = None,
    relative: float | None = None,
    ulp: float | None = None,
) -> Tolerance:
    """The tolerance for numbers of a dtype, where the user does not say another.

    Args:
        dtype: the coarser of both sides.
        decimals: digits behind the point, where the reference was written as text: what was
            cut off there is no error.
        absolute: the user's own.
        relative: the user's own; a part that is not said is zero if the other one is.
        ulp: the user's own, in place of both.

    Raises:
        InputError: a tolerance that is negative or no number.
    """
    for name, value in (("--atol", absolute), ("--rtol", relative), ("--ulp", ulp)):
        if value is not None and not (value >= 0 and np.isfinite(value)):
            raise InputError(f"{name} {value}: give a number from 0 up")
    if ulp is not None:
        return Tolerance(0.0, 0.0, ulp, dtype)
    if absolute is not None or relative is not None:
        return Tolerance(absolute or 0.0, relative or 0.0, None, dtype)
    own, with_size = DEFAULTS.get(dtype.name, DEFAULTS["float64"])
    if decimals is not None:
        own = max(own, 0.501 * 10.0**-decimals)
    return Tolerance(own, with_size, None, dtype)
