"""Products of vectors that are known for all timesteps: many of them at once, matrix by matrix."""

from __future__ import annotations

from collections.abc import Sequence

from rnnstep.program.opcodes import PRODUCT, REPEATED, TAKE, Row


def multiplied_ahead(rows: Sequence[Row], known: slice, column: int) -> tuple[list[Row], int]:
    """The instructions with such products made before the timesteps begin, in the same bits.

    Args:
        rows: what a timestep does.
        known: the places of the buffer whose numbers are known.
        column: of the first of these numbers in what is read at each timestep.

    Returns:
        the instructions; how many numbers of a timestep are multiplied ahead.
    """
    ahead: list[Row] = []
    rest: list[Row] = []
    size = 0
    for row in rows:
        if row.code == PRODUCT and known.start <= row.a and row.a + row.c <= known.stop:
            vectors = column + row.a - known.start
            ahead.append(row._replace(code=REPEATED, out=size, a=vectors))
            rest.append(Row(TAKE, row.size, row.out, size))
            size += row.size
        else:
            rest.append(row)
    return [*ahead, *rest], size
