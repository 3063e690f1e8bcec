"""The tables of a batch: of the recurrence, and of each value that is asked for afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rnnstep.program.fusing import Sizes
from rnnstep.program.grouped import Grouped, Loaded, all_sizes, grouped
from rnnstep.program.opcodes import STORE, Row, reads
from rnnstep.program.pruning import pruned
from rnnstep.program.recurrence import Recurrence


def of_recurrence(recurrence: Recurrence) -> Grouped:
    """Each timestep from what the one before it ends with; stored is what is carried.

    Args:
        recurrence: that of one sequence, which is given its inputs alone.

    Raises:
        NotTranslatableError: the machine lacks a function, or a matrix is too large for a copy.
    """
    places, sizes = _places(recurrence)
    starts, given = Loaded(recurrence.states, places), Loaded(recurrence.given, places)
    return grouped(recurrence.table(), sizes, starts, given, recurrence.kept)


def of_value(recurrence: Recurrence, name: str) -> Grouped:
    """One value of what each timestep starts from, which is given as its inputs are.

    Args:
        recurrence: that of one sequence, which is given its inputs alone.
        name: of one of the values that it makes.

    Raises:
        NotTranslatableError: as :func:`of_recurrence`.
    """
    places, sizes = _places(recurrence)
    kept, table = recurrence.made.only([name]), recurrence.alone()
    rows = [*table.rows, Row(STORE, len(kept.flat), 0, places[name], 0, len(kept.flat))]
    rows, matrices = pruned(rows, table.matrices, all_sizes(rows, sizes))
    read = {begin for row in rows for begin, _ in reads(row)}
    everything = recurrence.given.and_also(recurrence.states)
    given = everything.only(name for name in everything.places if places[name] in read)
    less = replace(table, forwards=(rows,), matrices=tuple(matrices))
    nothing = Loaded(given.only([]), places)
    return grouped(less, sizes, nothing, Loaded(given, places), kept)


def _places(recurrence: Recurrence) -> tuple[Mapping[str, int], Sizes]:
    """The place of each value in the buffer of one sequence, and their sizes by place."""
    places: dict[str, int] = {}
    sizes: dict[int, int] = {}
    end = 0
    for buffer in (recurrence.given, recurrence.made, recurrence.states):
        for name, (first, last) in buffer.places.items():
            places[name] = end + first
            sizes[end + first] = last - first
        end += len(buffer.flat)
    return places, sizes
