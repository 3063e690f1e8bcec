"""From the calls of numpy that a recurrence makes to the table that the machine runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.instructions import Instruction
from rnnstep.program.opcodes import COPY, FILL, OPCODES, PRODUCT
from rnnstep.program.places import Places, aligned, whole

OUTSIDE = 2**20
"""Bytes of a matrix beyond which its product is left to numpy, which uses all cores for it."""

Outside = tuple[Array, slice, slice]
"""A product that numpy computes: the matrix, the place of the vector and of the result."""


@dataclass(frozen=True)
class Table:
    """What the machine runs.

    Attributes:
        pieces: tables of instructions, and products that numpy computes between them.
        values: the buffer at the start, with the constants in their places.
        weights: the matrices, row after row, one behind the other.
    """

    pieces: tuple[Array | Outside, ...]
    values: Array
    weights: Array


class NotTranslatableError(Exception):
    """A call for which the machine has no instruction."""


class Translation:
    """Turns calls of numpy into instructions.

    Args:
        dtype: of every value.
        regions: the buffers of the calls, in the order of their places.
    """

    def __init__(self, dtype: np.dtype[Any], regions: Sequence[Array]) -> None:
        self._dtype, self._places = dtype, Places(dtype, regions)
        self._matrices: list[Array] = []
        self._matrix_size = 0
        self._pieces: list[list[list[int]] | Outside] = [[]]

    def table(self, calls: Sequence[Instruction]) -> Table:
        """The table of the calls.

        Raises:
            NotTranslatableError: the machine lacks a function.
        """
        for function, arguments in calls:
            if function is np.copyto:
                out, inner = arguments
                self._emit(COPY, self._places.of(out), [self._places.of(inner)], out.size)
            elif function is np.dot:
                self._product(*arguments)
            elif function in OPCODES:
                self._elementwise(OPCODES[function], arguments[:-1], arguments[-1])
            else:
                raise NotTranslatableError
        weights = aligned(self._matrix_size, self._dtype)
        np.concatenate([weights[:0], *(m.reshape(-1) for m in self._matrices)], out=weights)
        pieces = (np.array(p, np.int64) if isinstance(p, list) else p for p in self._pieces if p)
        return Table(tuple(pieces), self._places.buffer(), weights)

    def _elementwise(self, code: int, operands: Sequence[Array], out: Array) -> None:
        place, places = self._places.of(out), []
        for operand in operands:
            where = self._operand(operand, out.size)
            places.append(self._moved(place, out.size) if where == place else where)
        self._emit(code, place, places, out.size)

    def _product(self, matrix: Array, vector: Array, out: Array) -> None:
        x, y = self._places.of(vector), self._places.of(out)
        if matrix.nbytes > OUTSIDE:
            self._pieces += [(matrix, slice(x, x + vector.size), slice(y, y + out.size)), []]
            return
        size = whole(vector.size)
        if size > vector.size:
            x, own = self._places.new(size), x
            self._emit(COPY, x, [own], vector.size)
        filled = np.zeros((len(matrix), size), self._dtype)
        filled[:, : vector.size] = matrix
        self._emit(PRODUCT, y, [x, self._matrix_size, size], out.size)
        self._matrices.append(filled)
        self._matrix_size += filled.size

    def _emit(self, code: int, place: int, operands: Sequence[int], size: int) -> None:
        last = self._pieces[-1]
        assert isinstance(last, list)
        last.append([code, size, place, *operands, *[0] * (3 - len(operands))])

    def _moved(self, place: int, size: int) -> int:
        """Another place for what was last written to ``place``.

        Vector instructions need results that do not overlap what they are made of.
        """
        last = self._pieces[-1]
        assert isinstance(last, list)
        elsewhere = self._places.new(size)
        for row in reversed(last):
            if row[2] == place:
                row[2] = elsewhere
                return elsewhere
        self._emit(COPY, elsewhere, [place], size)
        return elsewhere

    def _operand(self, array: Array, size: int) -> int:
        """The place of an operand, spread over ``size`` if it is a number alone."""
        if array.size == size:
            return self._places.of(array)
        if not self._places.known(array):
            return self._places.holding(np.broadcast_to(array, size))
        spread = self._places.new(size)
        self._emit(FILL, spread, [self._places.of(array)], size)
        return spread
