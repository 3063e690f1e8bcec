"""A recurrence that runs on the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program import workers
from rnnstep.program.buffers import apart
from rnnstep.program.opcodes import table_of
from rnnstep.program.panels import aligned
from rnnstep.program.team import Team, own
from rnnstep.program.translate import Outside, Piece, Table

SHARED = 2**16
"""Numbers of matrices from which on a timestep is shared out among workers."""


@dataclass(frozen=True)
class _Way:
    """A way to run through timesteps.

    Attributes:
        pieces: what a timestep does.
        sizes: of what is stored, array by array.
        team: the workers that share it, if it is shared.
    """

    pieces: Sequence[Array | Outside]
    sizes: Sequence[int]
    team: Team | None = None


class Compiled:
    """Runs a table.

    Args:
        table: the instructions.
        regions: what its buffer begins with: what is given, what is made, and the states.
        machine: the module that runs them, see :mod:`rnnstep.program.machine`.
    """

    def __init__(self, table: Table, regions: Sequence[Array], machine: Any) -> None:
        self._machine, self._values, self._weights = machine, table.values, table.weights
        timesteps: int = machine.AT_ONCE
        room = aligned(timesteps * table.ahead, self._values.dtype)
        self._ahead = room.reshape(timesteps, table.ahead)
        # nobody to exchange numbers with, or to wait for
        self._alone = self._ahead[:0], np.zeros(1, np.int64), 1
        before = sum(map(len, regions[:-1]))
        self._places = slice(before, before + len(regions[-1]))
        self.states = self._values[self._places]
        """What the next timestep starts from."""
        self._again = tuple(map(_packed, table.again))
        self._table = table

    @cached_property
    def _forwards(self) -> _Way:
        return self._way(self._table.forwards, self._table.carried)

    @cached_property
    def _whole(self) -> _Way:
        return self._way(self._table.whole, self._table.made)

    @property
    def on_one_core(self) -> bool:
        """Whether it needs no other workers, and the interpreter only at its ends."""
        return self._forwards.team is None and len(self._forwards.pieces) == 1

    def step(self, inputs: Array, kept: Array, whole: bool = False) -> None:
        """Run through timesteps that each start from what the one before it ends with.

        Args:
            inputs: what the table multiplies ahead or loads, (timesteps, columns), read-only.
            kept: what is carried is written to it, state behind state, (1 + timesteps, …) each, of
                which the first row is left as it is.
            whole: everything that is made is written instead, in the same way.
        """
        way = self._whole if whole else self._forwards
        if way.team is None:
            self._run(way.pieces, self._values, self._ahead, inputs, kept, way.sizes)
            return
        with workers.claimed(len(inputs) * self._weights.size) as free:
            if free:
                way.team.run(inputs, kept, self.states)
                return
            began = perf_counter()
            self._run(way.pieces, self._values, self._ahead, inputs, kept, way.sizes)
            way.team.pace.alone = (perf_counter() - began) / len(inputs)

    def again(self, inputs: Array, made: Array) -> None:
        """Run through timesteps of which each is given what it starts from, in any order.

        Args:
            inputs: what was computed before, and then the states, (timesteps, columns), read-only.
            made: everything that is made is written to it, (timesteps, places).
        """

        def part(times: slice) -> None:
            rooms = own(self._values), own(self._ahead)
            self._run(self._again, *rooms, inputs[times], made[times], made.shape[1:])

        workers.spread(part, len(made), self._weights.size)

    def _run(
        self,
        pieces: Sequence[Array | Outside],
        values: Array,
        ahead: Array,
        inputs: Array,
        out: Array,
        sizes: Sequence[int],
    ) -> None:
        run, weights = self._machine.run, self._weights
        alone = self._alone
        if len(pieces) == 1:
            run(pieces[0], values, weights, inputs, ahead, out, *alone)
            return
        stored = [*apart(out, sizes)]
        once = np.empty((1, sum(sizes)), out.dtype)
        for t in range(len(inputs)):
            for piece in pieces:
                match piece:
                    case np.ndarray():
                        run(piece, values, weights, inputs[t : t + 1], ahead, once, *alone)
                    case (matrix, vector, product):
                        np.dot(matrix, values[vector], values[product])
            for array, [number] in zip(stored, apart(once, sizes), strict=True):
                array[t - len(inputs)] = number

    def _way(self, pieces: Sequence[Piece], sizes: Sequence[int]) -> _Way:
        way = _Way(tuple(map(_packed, pieces)), sizes)
        match pieces:
            # worth it, and numpy takes no part
            case [list(rows)] if self._weights.size >= SHARED and workers.count() > 1:
                own = self._values, self._ahead, self._places
                return replace(way, team=Team(rows, *own, self._weights, self._machine))
        return way


def _packed(piece: Piece) -> Array | Outside:
    return table_of(piece) if isinstance(piece, list) else piece
