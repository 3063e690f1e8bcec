"""A recurrence that runs on the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program import workers
from rnnstep.program.opcodes import Row
from rnnstep.program.panels import aligned, whole
from rnnstep.program.products import read_only
from rnnstep.program.sharing import shared
from rnnstep.program.translate import Outside, Piece, Table

SHARED = 2**16
"""Numbers of matrices from which on a timestep is shared out among workers."""
_NO_END = 2**62
"""More arrivals than any worker waits for."""

_SLOWER = 1.5
"""How many times as long as at best a timestep takes when other processes want the cores."""


@dataclass(frozen=True)
class _Member:
    """A worker.

    Attributes:
        table: what it does.
        values: its buffer.
        states: those of the states that it makes.
        ahead: where it puts what it makes ahead, (timesteps, places).
    """

    table: Array
    values: Array
    states: Sequence[slice]
    ahead: Array


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
        self._best = inf
        self._ahead = self._some_timesteps(len(regions[0]))
        self._exchange = _both_turns(0, self._values.dtype)
        before = sum(map(len, regions[:-1]))
        self._places = slice(before, before + len(regions[-1]))
        self.states = self._values[self._places]
        """What the next timestep starts from."""
        self._team = self._share(table.forwards)

    def step(self, inputs: Array, given: Array | None, kept: Array) -> None:
        """Run through timesteps that each start from what the one before it ends with.

        Args:
            inputs: what the table multiplies ahead, if it does, (timesteps, columns).
            given: what was computed before, (timesteps, places); ``None`` if it is made ahead.
            kept: what is carried is written to it, (timesteps, places).
        """
        with workers.claimed(len(kept) * self._weights.size) as free:
            if free and self._team:
                self._together(inputs, given, kept)
            else:
                given = self._ahead if given is None else given
                self._run(self._forwards, self._values, inputs, given, kept)

    def _together(self, inputs: Array, given: Array | None, kept: Array) -> None:
        waiting, began = counter(), perf_counter()
        for member in self._team:
            member.values[self._places] = self.states
        work = [
            (
                member.table,
                member.values,
                self._weights,
                inputs,
                member.ahead if given is None else given,
                kept,
                self._exchange,
                waiting,
                len(self._team),
            )
            for member in self._team
        ]

        def give_up() -> None:
            waiting[0] = _NO_END

        late = workers.at_once(self._machine.run, work, give_up)
        for member in self._team:
            for part in member.states:
                self._values[part] = member.values[part]
        taken = (perf_counter() - began) / len(kept)
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
            now = given[times]
            self._run(self._again, self._values.copy(), read_only(now[:, :0]), now, made[times])

        workers.spread(part, len(given), self._weights.size)

    def _run(
        self,
        pieces: Sequence[Array | Outside],
        values: Array,
        inputs: Array,
        given: Array,
        out: Array,
    ) -> None:
        run, weights = self._machine.run, self._weights
        alone = self._exchange, counter(), 1
        if len(pieces) == 1:
            run(pieces[0], values, weights, inputs, given, out, *alone)
            return
        for t in range(len(out)):
            now = slice(t, t + 1)
            for piece in pieces:
                match piece:
                    case np.ndarray():
                        here = given[now] if len(given) == len(out) else given
                        run(piece, values, weights, inputs[now], here, out[now], *alone)
                    case (matrix, vector, product):
                        np.dot(matrix, values[vector], values[product])

    def _some_timesteps(self, places: int) -> Array:
        timesteps: int = self._machine.AT_ONCE
        return aligned(timesteps * places, self._values.dtype).reshape(timesteps, places)

    def _share(self, pieces: Sequence[Piece]) -> list[_Member]:
        """The workers; none if a timestep is too small, or numpy takes part."""
        match pieces:
            case [list(rows)] if self._weights.size >= SHARED and workers.count() > 1:
                shares = shared(rows, workers.count(), len(self._values))
                self._exchange = _both_turns(shares.exchanged, self._values.dtype)
                bounds = self._places.start, self._places.stop
                return [
                    _Member(
                        table_of(rows),
                        _own(self._values),
                        shares.written(worker, *bounds),
                        self._some_timesteps(self._ahead.shape[1]),
                    )
                    for worker, rows in enumerate(shares.tables)
                ]
        return []


def _both_turns(size: int, dtype: np.dtype[Any]) -> Array:
    return aligned(2 * whole(size), dtype).reshape(2, -1)


def _own(values: Array) -> Array:
    own = aligned(len(values), values.dtype)
    own[:] = values
    return own


def counter() -> Array:
    """Where workers wait for each other."""
    return np.zeros(1, np.int64)


def _packed(piece: Piece) -> Array | Outside:
    return table_of(piece) if isinstance(piece, list) else piece


def table_of(rows: Sequence[Row]) -> Array:
    """Instructions as the machine reads them."""
    return np.array(rows, np.uint64).reshape(-1, len(Row._fields))
