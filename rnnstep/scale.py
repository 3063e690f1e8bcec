"""From a value to a level of colour: pure functions of an array, nothing about the screen."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from rnnstep.equations import Array

Levels = np.ndarray[tuple[Any, ...], np.dtype[np.int8]]
Blocks = TypeVar("Blocks", int, Array)
"""One block by its number, or many."""

LEVELS = 9
"""Levels on either side of zero."""

NAN, POSITIVE_INFINITY, NEGATIVE_INFINITY = 100, 101, 102
"""The levels of what is no finite number: they have marks of their own on the screen."""

_AT_ONCE = 2**18
"""Entries that are looked at together: more than one block, where blocks are small."""


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
    size = np.abs(array)
    with np.errstate(all="ignore"):
        rated = np.minimum(np.maximum(np.ceil(size / scale * LEVELS), 1), LEVELS)
        # neither zero nor NaN is larger than zero
        result: Levels = np.copysign(np.where(size > 0, rated, 0), array).astype(np.int8)
    if not np.isfinite(size).all():
        result[np.isnan(array)] = NAN
        result[np.isposinf(array)] = POSITIVE_INFINITY
        result[np.isneginf(array)] = NEGATIVE_INFINITY
    return result


def edge(block: Blocks, blocks: int, length: int) -> Blocks:
    """Where a block begins, of so many that an axis is cut into; after the last, where that ends.

    In integers: a rounded edge would put an entry into its neighbour's block.
    """
    return block * length // blocks


def strongest(values: Array, blocks: tuple[int, ...]) -> Array:
    """A smaller array in which each block is its entry of the largest size, sign and all.

    NaN counts as larger than everything, and infinity as larger than every finite number; of
    entries of one size the first one stands.

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
    widest = -(-len(moved) // count)
    some = max(_AT_ONCE // (widest * max(array.size // len(moved), 1)), 1)
    parts = [
        _strongest_of(moved, range(first, min(first + some, count)), count, widest)
        for first in range(0, count, some)
    ]
    return np.moveaxis(np.concatenate(parts), 0, axis)


def _strongest_of(moved: Array, blocks: range, count: int, widest: int) -> Array:
    """Some of the blocks that the first axis is cut into, all of them at once."""
    edges = edge(np.arange(blocks.start, blocks.stop + 1), count, len(moved))
    # a shorter block has its last entry once more, which is never the first of its size
    places = np.minimum(edges[:-1, np.newaxis] + np.arange(widest), edges[1:, np.newaxis] - 1)
    entries = moved[places]
    # for argmax, NaN is the largest
    picked = np.abs(entries).argmax(axis=1, keepdims=True)
    return np.take_along_axis(entries, picked, axis=1)[:, 0]
