"""A recurrence that runs on the machine."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from time import perf_counter
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program import workers
from rnnstep.program.instructions import Instruction
from rnnstep.program.opcodes import Row
from rnnstep.program.sharing import shared
from rnnstep.program.translate import NotTranslatableError, Outside, Piece, Table, Translation

SHARED = 2**16
"""Numbers of matrices from which on a timestep is shared out among workers."""
_NO_END = 2**62
"""More arrivals than any worker waits for."""

_SLOWER = 1.5
"""How many times as long as at best a timestep takes when other processes want the cores."""


class Compiled:
    """Runs a table.

    Args:
        table: the instructions.
        regions: what its buffer begins with: what is given, what is made, and the states.
        machine: the module that runs them, see :mod:`rnnstep.program.machine`.
    """

    def __init__(self, table: Table, regions: Sequence[Array], machine: Any) -> None:
        self._machine, self._values, self._weights = machine, table.values, table.weights
        self._forwards, self._again = (
            tuple(map(_packed, pieces)) for pieces in (table.forwards, table.again)
        )
        self._shared = self._share(table.forwards)
        self._best = inf
        before = sum(map(len, regions[:-1]))
        self.states = self._values[before : before + len(regions[-1])]
        """What the next timestep starts from."""

    def step(self, given: Array, kept: Array) -> None:
        """Run through timesteps that each start from what the one before it ends with.

        Args:
            given: what was computed before, (timesteps, places).
            kept: what is carried is written to it, (timesteps, places).
        """
        with workers.claimed(len(given) * self._weights.size) as free:
            if free and self._shared:
                self._together(given, kept)
            else:
                self._run(self._forwards, self._values, given, kept)

    def _together(self, given: Array, kept: Array) -> None:
        waiting, began = counter(), perf_counter()
        rest = (self._values, self._weights, given, kept, waiting, len(self._shared))
        try:
            late = workers.at_once(self._machine.run, [(table, *rest) for table in self._shared])
        except BaseException:
            # such as Ctrl-C before this thread's part began: let nobody wait for it for ever
            waiting[0] = _NO_END
            raise
        taken = (perf_counter() - began) / len(given)
        self._best = min(self._best, taken)
        if sum(late) and taken > _SLOWER * self._best:
            workers.pause()
        else:
            workers.on_time()

    def again(self, given: Array, made: Array) -> None:
        """Run through timesteps of which each is given what it starts from, in any order.

        Args:
            given: what was computed before, and then the states, (timesteps, places).
            made: everything that is made is written to it, (timesteps, places).
        """

        def part(times: slice) -> None:
            self._run(self._again, self._values.copy(), given[times], made[times])

        workers.spread(part, len(given), self._weights.size)

    def _run(
        self, pieces: Sequence[Array | Outside], values: Array, given: Array, out: Array
    ) -> None:
        run, weights, alone = self._machine.run, self._weights, counter()
        if len(pieces) == 1:
            run(pieces[0], values, weights, given, out, alone, 1)
            return
        for t in range(len(given)):
            now = slice(t, t + 1)
            for piece in pieces:
                match piece:
                    case np.ndarray():
                        run(piece, values, weights, given[now], out[now], alone, 1)
                    case (matrix, vector, product):
                        np.dot(matrix, values[vector], values[product])

    def _share(self, pieces: Sequence[Piece]) -> list[Array]:
        """The tables of the workers; none if a timestep is too small, or numpy takes part."""
        match pieces:
            case [list(rows)] if self._weights.size >= SHARED and workers.count() > 1:
                return [*map(table_of, shared(rows, workers.count(), len(self._values)))]
        return []


def compiled(
    calls: Sequence[Instruction],
    carried: Sequence[tuple[Array, Array]],
    regions: Sequence[Array],
    machine: Any,
) -> Compiled | None:
    """What a timestep does, for the machine; ``None`` if it lacks a function.

    Args:
        calls: what a timestep does.
        carried: each state, and what it is after a timestep.
        regions: the buffers of the calls: what is given, what is made, and the states.
        machine: the module.
    """
    try:
        table = Translation(regions[0].dtype, regions).table(calls, carried)
    except NotTranslatableError:
        return None
    return Compiled(table, regions, machine)


def counter() -> Array:
    """Where workers wait for each other."""
    return np.zeros(1, np.int64)


def _packed(piece: Piece) -> Array | Outside:
    return table_of(piece) if isinstance(piece, list) else piece


def table_of(rows: Sequence[Row]) -> Array:
    """Instructions as the machine reads them."""
    return np.array(rows, np.int64).reshape(-1, len(Row._fields))
