"""A matrix times the vectors of many timesteps, by NumPy or on the machine."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.packing import STACKED
from rnnstep.program.panels import packed

_TOGETHER = 8
"""Vectors that the machine multiplies at once, at the most."""


class Products:
    """A matrix's products, none of which depends on how many there are.

    Args:
        matrix: (rows, size).
    """

    def __init__(self, matrix: Array) -> None:
        self.matrix = matrix

    @property
    def packs(self) -> bool:
        """Whether the matrix is small enough to be copied for the machine."""
        return self.matrix.nbytes <= STACKED

    def write(self, machine: Any, vectors: Array, out: Array, begin: int) -> None:
        """Write the product with each vector.

        Args:
            machine: the module, see :mod:`rnnstep.program.machine`; ``None`` for NumPy.
            vectors: (vectors, size).
            out: (vectors, places), is written to.
            begin: the place of the first row's products.
        """
        rows = len(self.matrix)
        if machine is None or not self.packs:
            # one product for each, where BLAS might round those of a matrix otherwise
            column = vectors[..., np.newaxis]
            out[:, begin : begin + rows] = np.matmul(self.matrix, column)[..., 0]
            return
        from rnnstep.program import workers

        columns = read_only(vectors)

        def part(times: slice) -> None:
            machine.products(self._panels, columns[times], out[times], begin, rows)

        workers.spread(part, len(out), self.matrix.size, _TOGETHER)

    @cached_property
    def _panels(self) -> Array:
        return packed([self.matrix], self.matrix.dtype)


def read_only(array: Array) -> Array:
    """An array as the machine is compiled for what it only reads, as values may not be written."""
    array = np.ascontiguousarray(array)
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array
