"""How a number is written: signed, of one width, and never hiding what is no finite number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

PRECISIONS = (1, 2, 3, 4, 6, 8)
"""Digits after the point that a reader can choose from."""

_MARKS = {math.inf: "+inf", -math.inf: "−inf"}


def signed(value: float, precision: int = 3) -> str:
    """``+0.412``: a sign, and ``precision`` digits after the point while the size allows.

    At most :func:`signed_width` characters, right-aligned by the caller. A number that would
    be shown as zero without being zero is written with an exponent, or as ``+~0``, about zero,
    where an exponent has no room.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return _MARKS[value]
    width = signed_width(precision)
    text = f"{value:+.{precision}f}"
    too_small = value != 0 and float(text) == 0
    if too_small or len(text) > width:
        text = _exponent(value, width) if too_small else _shorter(value, width)
    return text.replace("-", "−", 1) if value < 0 or text.startswith("-") else text


def unsigned(value: float, precision: int = 3) -> str:
    """The same for a size: ``2.464``."""
    return signed(abs(value), precision).removeprefix("+")


def signed_width(precision: int) -> int:
    """The columns that every number of this precision fits in."""
    return max(precision + 3, 5)


def _shorter(value: float, width: int) -> str:
    """Fewer digits after the point for a large number, then an exponent."""
    for digits in range(width, -1, -1):
        text = f"{value:+.{digits}f}"
        if len(text) <= width:
            return text
    return _exponent(value, width)


def _exponent(value: float, width: int) -> str:
    """``+1.2e5`` with as many digits as the width allows; without any ``+e123`` and ``+~0``."""
    for digits in range(width, -1, -1):
        mantissa, _, power = f"{value:+.{digits}e}".partition("e")
        text = f"{mantissa}e{int(power)}"
        if len(text) <= width:
            return text
    return f"{text[0]}~0" if abs(value) < 1 else text[0] + text[2:]


def plain_json(values: Any) -> Any:
    """Lists and objects of numbers with texts for what is no finite number, which JSON lacks."""
    if isinstance(values, Mapping):
        return {key: plain_json(value) for key, value in values.items()}
    if isinstance(values, list):
        return [plain_json(value) for value in values]
    if isinstance(values, float) and not math.isfinite(values):
        return "NaN" if math.isnan(values) else "Infinity" if values > 0 else "-Infinity"
    return values
