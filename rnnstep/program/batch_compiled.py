"""A table for many sequences that runs on the machine for them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program import workers
from rnnstep.program.buffers import Buffer
from rnnstep.program.grouped import GROUP, Grouped, Sum
from rnnstep.program.opcodes import table_of
from rnnstep.program.panels import aligned

_GROUPS = 4
"""Groups that go through a timestep together, at the most: for them a matrix is read once."""

Values = Mapping[str, Array]


class CompiledBatch:
    """Runs a table.

    Args:
        table: of a group.
        machine: the module that runs it, see :mod:`rnnstep.program.batch_machine`.
    """

    def __init__(self, table: Grouped, machine: Any) -> None:
        self._machine, self._kept, self._values = machine, table.kept, table.values
        self._starts, self._given = table.starts.buffer, table.given.buffer
        self._begin, self._table = table_of(table.starts.rows), table_of(table.rows)
        self._sums = np.array(table.sums, np.uint64).reshape(-1, len(Sum._fields))
        self._weights = np.concatenate([table.values[:0], *table.panels])
        self._buffers: list[Array] = []

    @property
    def given(self) -> tuple[str, ...]:
        """The names of what it reads at each timestep."""
        return tuple(self._given.places)

    def run(self, given: Values, starts: Values, length: int, count: int) -> dict[str, Array]:
        """Run through some timesteps.

        Args:
            given: what is read at each timestep, (timesteps, samples, …), by name.
            starts: what the first timestep starts from, (samples, …), by name.
            length: how many timesteps there are.
            count: how many samples there are.

        Returns:
            What is stored, (timesteps, samples, …), by name; one timestep more, the first of them
            with anything in it, if the timesteps start from each other.
        """
        stored = length + bool(self._starts.places)
        made = np.empty((stored, count, len(self._kept.flat)), self._values.dtype)
        before = {name: starts[name][np.newaxis] for name in self._starts.places}
        groups = max(min(_GROUPS, -(-count // GROUP) // workers.count()), 1)
        firsts = iter(range(0, count, groups * GROUP))

        def some() -> None:
            # each takes the next sequences once it is done with others, until none are left
            for first in firsts:
                own = slice(first, min(first + groups * GROUP, count))
                buffers = self._taken()
                self._machine.run(
                    self._begin,
                    self._table,
                    self._sums,
                    self._weights,
                    buffers[:groups],
                    _in_order(self._given, given, own, length),
                    _in_order(self._starts, before, own, 1),
                    made,
                    np.uint64(first),
                    np.uint64(count),
                )
                self._buffers.append(buffers)

        with workers.claimed(length * count * self._weights.size) as free:
            workers.at_once(some, [()] * (workers.count() if free else 1), in_turns=True)
        arrays = self._kept.apart(made.reshape(stored * count, -1))
        return {n: array.reshape(stored, count, *array.shape[1:]) for n, array in arrays.items()}

    def _taken(self) -> Array:
        """Buffers for the groups that one worker runs together, (groups, places)."""
        with suppress(IndexError):
            return self._buffers.pop()
        found = aligned(_GROUPS * len(self._values), self._values.dtype).reshape(_GROUPS, -1)
        found[:] = self._values
        return found


def _in_order(buffer: Buffer, values: Values, own: slice, length: int) -> Array:
    """Some samples' values one behind the other, (timesteps, samples, places)."""
    found = np.empty((length, own.stop - own.start, len(buffer.flat)), buffer.flat.dtype)
    for name, array in buffer.over_time(found).items():
        array[...] = values[name][:, own]
    return found
