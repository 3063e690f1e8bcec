"""A recurrence that runs on the machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.translate import Table


class Compiled:
    """Runs a table.

    Args:
        table: the instructions.
        regions: what its buffer begins with: what is given, what is made, and the states.
        machine: the module that runs them, see :mod:`rnnstep.program.machine`.
    """

    def __init__(self, table: Table, regions: Sequence[Array], machine: Any) -> None:
        self._machine, self._pieces, self._weights = machine, table.pieces, table.weights
        self._values = table.values
        given, made, states = map(len, regions)
        self._reads, self._makes, self.states, _ = np.split(
            self._values, np.cumsum([given, made, states])
        )

    def step(self, given: Array, made: Array) -> None:
        """Run through timesteps that each start from what the one before it ends with.

        Args:
            given: what was computed before, (timesteps, places).
            made: is written to, (timesteps, places).
        """
        match self._pieces:
            case [np.ndarray() as only]:
                self._machine.run(only, self._values, self._weights, given, made)
            case _:
                self._between(given, made)

    def _between(self, given: Array, made: Array) -> None:
        """The same with products that numpy computes."""
        values, weights, segment = self._values, self._weights, self._machine.segment
        pieces = [
            (piece, None, None)
            if isinstance(piece, np.ndarray)
            else (piece[0], values[piece[1]], values[piece[2]])
            for piece in self._pieces
        ]
        for before, after in zip(given, made, strict=True):
            self._reads[...] = before
            for array, vector, out in pieces:
                if vector is None:
                    segment(array, values, weights)
                else:
                    np.dot(array, vector, out)
            after[...] = self._makes


def whole_groups(count: int, machine: Any) -> int:
    """How many vectors are multiplied for so many."""
    together: int = machine.TOGETHER
    return -(-count // together) * together


def all_products(machine: Any, matrix: Array, vectors: Array, out: Array, begin: int) -> None:
    """A matrix times each of (vectors, size), on the machine.

    Args:
        machine: the module.
        matrix: (rows, size).
        vectors: (vectors, size).
        out: (:func:`whole_groups` of the vectors, places), is written to.
        begin: the place of the first row's products.
    """
    filled = np.zeros((len(out), vectors.shape[1]), matrix.dtype)
    filled[: len(vectors)] = vectors
    # compiled for what may not be written to, as weights may not
    fixed = matrix.view()
    fixed.flags.writeable = False
    machine.products(fixed, filled, out, begin)
