"""A sparkline: numbers over time as bars of one line."""

from __future__ import annotations

import numpy as np

from rnnstep.equations import Array

BARS = "▁▂▃▄▅▆▇█"
"""From the least to the most."""
NOT_FINITE = "!"
"""In place of a bar for NaN or infinity."""


def spark(values: Array) -> str:
    """One bar a number, from the smallest finite one to the largest; all alike is half high.

    Args:
        values: (timesteps,).
    """
    numbers = np.asarray(values, np.float64)
    finite = np.isfinite(numbers)
    if not finite.any():
        return NOT_FINITE * len(numbers)
    low, high = float(numbers[finite].min()), float(numbers[finite].max())
    # halved first: the difference of two large numbers may not be finite
    above = np.where(finite, numbers, low) / 2 - low / 2
    share = above / (high / 2 - low / 2) if high / 2 > low / 2 else np.full(len(numbers), 0.5)
    levels = (share * (len(BARS) - 1) + 0.5).astype(int)
    return "".join(
        BARS[level] if whole else NOT_FINITE for level, whole in zip(levels, finite, strict=True)
    )
