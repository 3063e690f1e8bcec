"""Workers that run the timesteps of one table together, each with a buffer of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program import workers
from rnnstep.program.opcodes import Row, table_of
from rnnstep.program.pace import Pace
from rnnstep.program.panels import aligned, whole
from rnnstep.program.sharing import shared

_NO_END = 2**62
"""More arrivals than any worker waits for."""


@dataclass(frozen=True)
class _Member:
    """A worker.

    Attributes:
        table: what it does.
        values: its buffer.
        ahead: where it puts what it makes ahead.
        states: where in its buffer those of the states are that it makes.
    """

    table: Array
    values: Array
    ahead: Array
    states: Sequence[slice]


class Team:
    """The workers of a table.

    Args:
        rows: what all of them do together.
        values: the buffer that each has a copy of.
        ahead: what each needs for what it makes ahead, (timesteps, places).
        states: where in the buffer the states are.
        weights: the matrices.
        machine: the module that runs them, see :mod:`rnnstep.program.machine`.

    Attributes:
        pace: how long they take.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        values: Array,
        ahead: Array,
        states: slice,
        weights: Array,
        machine: Any,
    ) -> None:
        count = workers.count()
        shares = shared(rows, count, len(values))
        self._weights, self._machine, self._states = weights, machine, states
        self._members = [
            _Member(
                table_of(table),
                own(values),
                own(ahead),
                shares.written(worker, states.start, states.stop),
            )
            for worker, table in enumerate(shares.tables)
        ]
        self._exchange = aligned(2 * whole(shares.exchanged), values.dtype).reshape(2, -1)
        self.pace = Pace(len(self._members))

    def run(self, inputs: Array, kept: Array, states: Array) -> None:
        """Run through timesteps, as :meth:`rnnstep.program.compiled.Compiled.step`.

        Args:
            inputs: what they read, (timesteps, columns).
            kept: what is carried is written to it.
            states: what the first starts from; what the one behind the last starts from is written.
        """
        waiting, began = np.zeros(1, np.int64), perf_counter()
        rest = (kept, self._exchange, waiting, len(self._members))
        for member in self._members:
            member.values[self._states] = states

        def give_up() -> None:
            waiting[0] = _NO_END

        work = [(m.table, m.values, self._weights, inputs, m.ahead, *rest) for m in self._members]
        late = workers.at_once(self._machine.run, work, give_up)
        for member in self._members:
            for part in member.states:
                begin = part.start - self._states.start
                states[begin : begin + part.stop - part.start] = member.values[part]
        self.pace.done_together((perf_counter() - began) / len(inputs), sum(late))


def own(values: Array) -> Array:
    """A copy that begins where a line of the processor's cache does."""
    copy = aligned(values.size, values.dtype).reshape(values.shape)
    copy[...] = values
    return copy
