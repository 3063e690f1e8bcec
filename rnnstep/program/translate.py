"""From the calls of numpy that a recurrence makes to the table that the machine runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.instructions import Instruction
from rnnstep.program.opcodes import COPY, FILL, OPCODES, PRODUCT

OUTSIDE = 2**20
"""Bytes of a matrix beyond which its product is left to numpy, which uses all cores for it."""

LANES = 32
"""The columns of a matrix are filled up with zeros to a multiple of it: each row begins where a
line of the cache does, and is read by whole vector instructions."""

_LINE = 64
"""Bytes of a line of the processor's cache."""

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
    """Gives everything that some calls read and write a place in one buffer.

    Args:
        dtype: of every value.
        regions: the buffers of the calls, in the order of their places.
    """

    def __init__(self, dtype: np.dtype[Any], regions: Sequence[Array]) -> None:
        self._dtype, self._regions = dtype, regions
        self._size = sum(map(len, regions))
        self._scratch: dict[int, int] = {}
        self._constants: list[tuple[int, Array]] = []
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
                self._emit(COPY, self._place(out), [self._place(inner)], out.size)
            elif function is np.dot:
                self._product(*arguments)
            elif function in OPCODES:
                self._elementwise(OPCODES[function], arguments[:-1], arguments[-1])
            else:
                raise NotTranslatableError
        values = _aligned(self._size, self._dtype)
        for begin, array in self._constants:
            values[begin : begin + array.size] = array.reshape(-1)
        weights = _aligned(self._matrix_size, self._dtype)
        np.concatenate([weights[:0], *(m.reshape(-1) for m in self._matrices)], out=weights)
        pieces = (np.array(p, np.int64) if isinstance(p, list) else p for p in self._pieces if p)
        return Table(tuple(pieces), values, weights)

    def _elementwise(self, code: int, operands: Sequence[Array], out: Array) -> None:
        place, places = self._place(out), []
        for operand in operands:
            where = self._operand(operand, out.size)
            places.append(self._moved(place, out.size) if where == place else where)
        self._emit(code, place, places, out.size)

    def _product(self, matrix: Array, vector: Array, out: Array) -> None:
        x, y = self._place(vector), self._place(out)
        if matrix.nbytes > OUTSIDE:
            self._pieces += [(matrix, slice(x, x + vector.size), slice(y, y + out.size)), []]
            return
        size = _whole(vector.size)
        if size > vector.size:
            x, own = self._new(size), x
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
        elsewhere = self._new(size)
        for row in reversed(last):
            if row[2] == place:
                row[2] = elsewhere
                return elsewhere
        self._emit(COPY, elsewhere, [place], size)
        return elsewhere

    def _operand(self, array: Array, size: int) -> int:
        """The place of an operand, spread over ``size`` if it is a number alone."""
        if array.size == size:
            return self._place(array)
        if self._inside(array) is None and id(array) not in self._scratch:
            return self._constant(np.broadcast_to(array, size))
        spread = self._new(size)
        self._emit(FILL, spread, [self._place(array)], size)
        return spread

    def _place(self, array: Array) -> int:
        inside = self._inside(array)
        if inside is not None:
            return inside
        if id(array) not in self._scratch:
            self._scratch[id(array)] = self._constant(array)
        return self._scratch[id(array)]

    def _inside(self, array: Array) -> int | None:
        begin, address = 0, array.ctypes.data
        for region in self._regions:
            offset = address - region.ctypes.data
            if 0 <= offset < region.nbytes:
                return begin + offset // region.itemsize
            begin += len(region)
        return None

    def _constant(self, array: Array) -> int:
        # scratch, too: what it holds at first does not matter
        place = self._new(array.size)
        self._constants.append((place, array))
        return place

    def _new(self, size: int) -> int:
        begin = _whole(self._size)
        self._size = begin + size
        return begin


def _whole(size: int) -> int:
    return -(-size // LANES) * LANES


def _aligned(size: int, dtype: np.dtype[Any]) -> Array:
    """Zeros that begin where a line of the processor's cache begins."""
    room: Array = np.zeros(size + _LINE, dtype)
    begin = -room.ctypes.data % _LINE // room.itemsize
    return room[begin : begin + size]
