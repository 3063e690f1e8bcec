"""A table of instructions shared out among workers: who does which numbers, and who waits when.

Each number is made of the same operations whoever makes it, so how many workers there are
changes no bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mode

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.opcodes import Row, reads, steps, writes
from rnnstep.program.panels import LANES


def shared(table: Sequence[Row], workers: int, places: int) -> list[list[Row]]:
    """The table of each worker; all of them wait at the same instructions.

    Units stay with a worker: of the gates that stand side by side it has the same rows, so that
    what is made of them has to wait for nobody.

    Args:
        table: what all of them do together, once for each timestep.
        workers: how many there are.
        places: the size of the buffer.
    """
    unit = mode(row.size for row in table)
    parts = [[_part(row, worker, workers, unit) for worker in range(workers)] for row in table]
    waits = _waits(parts, places)
    return [
        [row for i, part in enumerate(parts) for row in _after(i in waits, part[worker])]
        for worker in range(workers)
    ]


def _after(wait: bool, row: Row | None) -> Iterator[Row]:
    if wait:
        yield Row.wait()
    if row is not None:
        yield row


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


def _waits(parts: Sequence[Sequence[Row | None]], places: int) -> set[int]:
    """The instructions before which all have to wait.

    Those that read or write what another worker has written since they last waited, or write
    what another has read since. The table is gone through twice, for its end comes before its
    beginning.
    """
    waits: set[int] = set()
    workers = range(len(parts[0]))
    read, written = (np.zeros((len(workers), places), bool) for _ in range(2))
    for i, part in [*enumerate(parts)] * 2:
        rows = [(worker, row) for worker, row in enumerate(part) if row is not None]
        if i in waits or any(_clashes(row, worker, read, written) for worker, row in rows):
            waits.add(i)
            read[:], written[:] = False, False
        for worker, row in rows:
            for begin, end in reads(row):
                read[worker, begin:end] = True
            for begin, end in writes(row):
                written[worker, begin:end] = True
    return waits


def _clashes(row: Row, worker: int, read: Array, written: Array) -> bool:
    others = [w for w in range(len(read)) if w != worker]
    return any(
        written[others, begin:end].any() for begin, end in [*reads(row), *writes(row)]
    ) or any(read[others, begin:end].any() for begin, end in writes(row))
