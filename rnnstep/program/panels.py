"""Matrices as the machine reads them: in panels of sixteen rows, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnstep.equations import Array

LANES = 16
"""The rows of a panel, of which a column in float32 is a line of the processor's cache."""

_LINE = 64
"""Bytes of a line of the processor's cache."""


def whole(size: int) -> int:
    """As many numbers, filled up to whole panels."""
    return -(-size // LANES) * LANES


def aligned(size: int, dtype: np.dtype[Any]) -> Array:
    """Zeros that begin where a line of the processor's cache begins."""
    room: Array = np.zeros(size + _LINE, dtype)
    begin = -room.ctypes.data % _LINE // room.itemsize
    return room[begin : begin + size]


def packed(matrices: Sequence[Array], dtype: np.dtype[Any]) -> Array:
    """Matrices one behind the other, the rows of each filled up with zeros to whole panels.

    Args:
        matrices: (rows, columns) each.
        dtype: of what is made.
    """
    sizes = [whole(len(matrix)) * matrix.shape[1] for matrix in matrices]
    numbers = aligned(sum(sizes), dtype)
    begin = 0
    for matrix, size in zip(matrices, sizes, strict=True):
        starts, columns = range(0, len(matrix), LANES), matrix.shape[1]
        panels = numbers[begin : begin + size].reshape(len(starts), columns, LANES)
        for panel, row in zip(panels, starts, strict=True):
            part = matrix[row : row + LANES]
            panel[:, : len(part)] = part.T
        begin += size
    return numbers
