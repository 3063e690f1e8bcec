"""From a value to a level of colour: pure functions of an array, nothing about the screen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Levels = npt.NDArray[np.int8]

LEVELS = 9
"""Levels on either side of zero."""

NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY = 100, 101, 102
"""The levels of what is no finite number: they have marks of their own on the screen."""


def finite(level: int) -> bool:
    """Whether a level is that of a finite number."""
    return abs(level) <= LEVELS


def largest(values: Array) -> float:
    """The largest finite size in ``values``; 0 if there is none."""
    sizes = np.abs(np.asarray(values))
    if sizes.size == 0:
        return 0.0
    top = float(sizes.max())
    if np.isfinite(top):
        return top
    finite = sizes[np.isfinite(sizes)]
    return float(finite.max()) if finite.size else 0.0


def levels(values: Array, limit: float) -> Levels:
    """Where each value stands on a scale from ``-limit`` to ``limit``.

    Zero alone has level 0: any other value has a level of its sign, so that its sign shows.

    Args:
        values: any shape.
        limit: the size that has the highest level; larger ones have it, too.

    Returns:
        ``-LEVELS`` to ``LEVELS``, or the level of NaN or an infinity; the same shape.
    """
    array = np.asarray(values, np.float64)
    scale = limit if limit > 0 and np.isfinite(limit) else 1.0
    with np.errstate(all="ignore"):
        size = np.ceil(np.abs(array) / scale * LEVELS)
        size = np.where(np.abs(array) > 0, np.clip(size, 1, LEVELS), 0)
        result: Levels = np.copysign(np.nan_to_num(size), array).astype(np.int8)
    result[np.isnan(array)] = NAN
    result[np.isposinf(array)] = POSITIVE_INFINITY
    result[np.isneginf(array)] = NEGATIVE_INFINITY
    return result


def strongest(values: Array, blocks: tuple[int, ...]) -> Array:
    """A smaller array in which each block is its entry of the largest size, sign and all.

    NaN counts as larger than everything, and infinity as larger than every finite number.

    Args:
        values: any shape.
        blocks: how many blocks each axis is cut into, at most its length.
    """
    array = np.asarray(values)
    for axis, count in enumerate(blocks):
        if count < array.shape[axis]:
            array = _strongest_along(array, axis, count)
    return array


def _strongest_along(array: Array, axis: int, count: int) -> Array:
    moved = np.moveaxis(array, axis, 0)
    # in integers: a rounded edge would put an entry into its neighbour's block
    edges = [block * len(moved) // count for block in range(count + 1)]
    rows = []
    for start, stop in pairwise(edges):
        block = moved[start:stop]
        sizes = np.where(np.isnan(block), np.inf, np.abs(block))
        # argmax of NaN is its first place, so NaN is put above infinity by hand
        first_nan = np.isnan(block).any(axis=0)
        picked = np.take_along_axis(block, sizes.argmax(axis=0)[np.newaxis], axis=0)[0]
        rows.append(np.where(first_nan, np.nan, picked).astype(array.dtype))
    return np.moveaxis(np.stack(rows), 0, axis)
