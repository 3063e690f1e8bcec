"""From the calls of numpy that a recurrence makes to the table that the machine runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.carrying import without_copies
from rnnstep.program.foreseeing import multiplied_ahead
from rnnstep.program.instructions import Instruction
from rnnstep.program.opcodes import AHEAD, COPY, FILL, LOAD, OPCODES, PRODUCT, STORE, TAKE, Row
from rnnstep.program.packing import STACKED
from rnnstep.program.panels import packed, whole
from rnnstep.program.places import Places

OUTSIDE = STACKED
"""Bytes of a matrix beyond which it is not copied: its product is left to numpy."""

Outside = tuple[Array, slice, slice]
"""A product that numpy computes: the matrix, the place of the vector and of the result."""

Piece = list[Row] | Outside


@dataclass(frozen=True)
class Table:
    """What the machine runs.

    Attributes:
        forwards: what a timestep does, in pieces between the products that numpy computes: loads
            what is given, and stores what is carried on to the next one.
        whole: the same, but stores everything that is made.
        again: what does the same once it is known what each timestep starts from: loads that,
            too, and stores everything that is made.
        values: the buffer at the start, with the constants in their places.
        matrices: those of the products, in the order in which they were found.
        ahead: how many numbers of a timestep are multiplied ahead.
        carried: the sizes of the states, in the order in which they are stored.
        made: the sizes of everything that is made, in the same way.
    """

    forwards: tuple[Piece, ...]
    whole: tuple[Piece, ...]
    again: tuple[Piece, ...]
    values: Array
    matrices: tuple[Array, ...]
    ahead: int
    carried: Sequence[int]
    made: Sequence[int]

    @property
    def rows(self) -> list[Row]:
        """What a timestep does.

        Raises:
            NotTranslatableError: numpy takes part.
        """
        match self.forwards:
            case [list(rows)]:
                return rows
        raise NotTranslatableError

    @cached_property
    def weights(self) -> Array:
        """The matrices, in panels, one behind the other."""
        return packed(self.matrices, self.values.dtype)


class NotTranslatableError(Exception):
    """A call for which the machine has no instruction."""


class Translation:
    """Turns calls of numpy into instructions.

    Args:
        dtype: of every value.
        regions: the buffers of the calls, in the order of their places: what is given, what is
            made, and the states.
    """

    def __init__(self, dtype: np.dtype[Any], regions: Sequence[Array]) -> None:
        self._dtype, self._places = dtype, Places(dtype, regions)
        self._given, self._made, self._states = map(len, regions)
        self._matrices: list[Array] = []
        self._matrix_size = 0
        self._pieces: list[Piece] = [[]]

    def table(
        self,
        calls: Sequence[Instruction],
        carried: Sequence[tuple[Array, Array]],
        ahead: Array | None = None,
        made: Sequence[int] = (),
    ) -> Table:
        """The table of the calls.

        Args:
            calls: what a timestep does.
            carried: each state, and what it is after a timestep.
            ahead: the matrix that makes what is given of the input, if one does.
            made: the sizes of what is made.

        Raises:
            NotTranslatableError: the machine lacks a function.
        """
        self._translate(calls)
        given = self._given_rows(ahead)
        keep, copies = self._carry(carried)
        forwards = self._around(given, [*keep, *copies])
        whole = self._around(given, [*self._store(made), *copies])
        states = slice(self._given + self._made, self._given + self._made + self._states)
        start = Row(LOAD, self._states, states.start, self._given)
        store = Row(STORE, self._made, 0, self._given, 0, self._made)
        again = self._around([*self._given_rows(None), start], [store])
        size = 0 if ahead is None else self._given
        match forwards, again:
            case (list(rows),), (list(others),):
                others, most = multiplied_ahead(others, states, self._given)
                forwards, again, size = (without_copies(rows),), (others,), max(size, most)
        sizes = [after.size for _, after in carried]
        buffer, matrices = self._places.buffer(), tuple(self._matrices)
        return Table(forwards, whole, again, buffer, matrices, size, sizes, made)

    def alone(self, calls: Sequence[Instruction]) -> Table:
        """A table of the calls that carries and stores nothing; it loads the states, too.

        Raises:
            NotTranslatableError: the machine lacks a function.
        """
        self._translate(calls)
        start = Row(LOAD, self._states, self._given + self._made, self._given)
        pieces = self._around([*self._given_rows(None), start], [])
        buffer, matrices = self._places.buffer(), tuple(self._matrices)
        return Table(pieces, (), (), buffer, matrices, 0, (), ())

    def _translate(self, calls: Sequence[Instruction]) -> None:
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

    def _given_rows(self, ahead: Array | None) -> list[Row]:
        """Find what is given, or make it for some timesteps at once, each worker its own."""
        if ahead is None:
            return [Row(LOAD, self._given, 0, 0)]
        make = Row(AHEAD, self._given, 0, 0, self._keep(ahead), ahead.shape[1])
        return [make, Row(TAKE, self._given, 0, 0)]

    def _carry(self, carried: Sequence[tuple[Array, Array]]) -> tuple[list[Row], list[Row]]:
        """Keep what a timestep ends with, and start the next one from it."""
        keep, copies, column = [], [], 0
        for before, after in carried:
            place = self._places.of(after)
            keep.append(Row(STORE, after.size, 0, place, column, after.size))
            copies.append(Row(COPY, after.size, self._places.of(before), place))
            column += after.size
        return keep, copies

    def _store(self, sizes: Sequence[int]) -> Iterator[Row]:
        """Keep everything that is made."""
        column = 0
        for size in sizes:
            yield Row(STORE, size, 0, self._given + column, column, size)
            column += size

    def _around(self, before: list[Row], after: list[Row]) -> tuple[Piece, ...]:
        """The pieces with instructions before and after them."""
        pieces: list[Piece] = [before, *self._pieces, after]
        merged: list[Piece] = []
        for piece in pieces:
            if merged and isinstance(merged[-1], list) and isinstance(piece, list):
                merged[-1] = merged[-1] + piece
            else:
                merged.append(piece)
        return tuple(piece for piece in merged if piece)

    def _elementwise(self, code: int, operands: Sequence[Array], out: Array) -> None:
        place, places = self._places.of(out), []
        for operand in operands:
            where = self._operand(operand, out.size)
            places.append(self._moved(place, out.size) if where == place else where)
        self._emit(code, place, places, out.size)

    def _product(self, matrix: Array, vector: Array, out: Array) -> None:
        if self._places.known(matrix):
            # a value, where those of weights are packed once
            raise NotTranslatableError
        x, y = self._places.of(vector), self._places.of(out)
        if matrix.nbytes > OUTSIDE:
            self._pieces += [(matrix, slice(x, x + vector.size), slice(y, y + out.size)), []]
            return
        self._emit(PRODUCT, y, [x, self._keep(matrix), vector.size], out.size)

    def _keep(self, matrix: Array) -> int:
        """Where among the weights a matrix begins."""
        begin = self._matrix_size
        self._matrices.append(matrix)
        self._matrix_size += whole(len(matrix)) * matrix.shape[1]
        return begin

    def _emit(self, code: int, place: int, operands: Sequence[int], size: int) -> None:
        self._last().append(Row(code, size, place, *operands))

    def _last(self) -> list[Row]:
        last = self._pieces[-1]
        assert isinstance(last, list)
        return last

    def _moved(self, place: int, size: int) -> int:
        """Another place for what was last written to ``place``.

        Vector instructions need results that do not overlap what they are made of.
        """
        last, elsewhere = self._last(), self._places.new(size)
        for i in reversed(range(len(last))):
            if last[i].out == place:
                last[i] = last[i]._replace(out=elsewhere)
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
