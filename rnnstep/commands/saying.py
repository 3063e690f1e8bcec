"""Values in what commands say: as text for people, as lists and numbers for programs."""

from __future__ import annotations

import math
import re
from typing import Any

from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.render.numbers import signed

_SHOWN = 64
"""Entries of an array that are said; beyond, how many there are."""


def array_text(array: Array, precision: int = 6) -> str:
    """``+0.412000``, or for an array its shape and its first entries."""
    if array.ndim == 0:
        return signed(float(array), precision)
    flat = array.reshape(-1)
    numbers = [signed(float(value), precision) for value in flat[:_SHOWN]]
    shape = ", ".join(map(str, array.shape))
    more = f" … {flat.size - _SHOWN} more" if flat.size > _SHOWN else ""
    return f"({shape}) {' '.join(numbers)}{more}"


def array_data(array: Array) -> Any:
    """An array as JSON has it; what is no finite number is a text."""
    return _plain(array.tolist())


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def whole_number(text: str) -> int:
    """The number that a text is.

    Raises:
        InputError: it is none.
    """
    if not re.fullmatch(r"\d{1,9}", text):
        raise InputError(f"give a number, not '{text[:20]}'")
    return int(text)
