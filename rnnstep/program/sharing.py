"""A table of instructions shared out among workers: who does which numbers.

Each number is made of the same operations whoever makes it, so how many workers there are
changes no bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mode

from rnnstep.program.exchanging import exchanges, told
from rnnstep.program.opcodes import RECEIVE, Row, steps, writes
from rnnstep.program.panels import LANES


@dataclass(frozen=True)
class Shares:
    """What each worker does.

    Each has a buffer of its own: where several write to one, the processor takes its lines from
    each other's caches, also those that only stand beside what is read.

    Attributes:
        tables: of each worker; all of them wait at the same instructions.
        exchanged: how many numbers are exchanged in a timestep.
    """

    tables: Sequence[Sequence[Row]]
    exchanged: int

    def written(self, worker: int, begin: int, end: int) -> list[slice]:
        """Where in a region of its buffer a worker writes what it makes."""
        own = [row for row in self.tables[worker] if row.code != RECEIVE]
        found = [bounds for row in own for bounds in writes(row)]
        return [slice(*bounds) for bounds in found if begin <= bounds[0] < bounds[1] <= end]


def shared(table: Sequence[Row], workers: int, places: int) -> Shares:
    """Share out a table.

    Units stay with a worker: of the gates that stand side by side it has the same rows, so that
    what is made of them has to wait for nobody.

    Args:
        table: what all of them do together, once for each timestep.
        workers: how many there are.
        places: the size of the buffer.
    """
    unit = mode(row.size for row in table)
    parts = [[_part(row, worker, workers, unit) for worker in range(workers)] for row in table]
    runs, exchanged = exchanges(parts, places)
    tables: list[list[Row]] = [[] for _ in range(workers)]
    for i, part in enumerate(parts):
        for worker, row in enumerate(part):
            tables[worker] += told(runs[i], worker) if i in runs else ()
            tables[worker] += [row] if row else ()
    return Shares(tables, exchanged)


def _part(row: Row, worker: int, workers: int, unit: int) -> Row | None:
    """What a worker does of an instruction, if anything."""
    block = unit if row.size % unit == 0 and unit % LANES == 0 else row.size
    lines = -(-block // LANES)
    first, last = (LANES * (w * lines // workers) for w in (worker, worker + 1))
    count = min(last, block) - first
    if count <= 0:
        return None
    d_out, d_a, d_b, d_c = (block * step for step in steps(row))
    out, a, b, c = (
        place + first * step for place, step in zip(row.places, steps(row), strict=True)
    )
    return Row(row.code, count, out, a, b, c, row.size // block, d_out, d_a, d_b, d_c)
