"""Of a table only what one value takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rnnstep.equations import Array
from rnnstep.program.fusing import Sizes
from rnnstep.program.opcodes import LOAD, PRODUCT, STORE, Row, reads, steps, writes


def pruned(
    rows: Sequence[Row], matrices: Sequence[Array], sizes: Sizes
) -> tuple[list[Row], list[Array]]:
    """The instructions without which what is stored would be another, and their matrices.

    Values that are made as one are made one by one, for others of them may not be needed.

    Args:
        rows: what a timestep does, all of it.
        matrices: those of the products, in their order.
        sizes: of the values and of what stands between them.
    """
    left = iter(matrices)
    parts = [part for row in rows for part in _parts(row, sizes.get(row.out, row.size), left)]
    wanted: set[int] = set()
    found: list[tuple[Row, Array | None]] = []
    for row, matrix in reversed(parts):
        if row.code in (LOAD, STORE) or any(begin in wanted for begin, _ in writes(row)):
            found.append((row, matrix))
            wanted.update(begin for begin, _ in reads(row))
    found.reverse()
    return [row for row, _ in found], [matrix for _, matrix in found if matrix is not None]


def _parts(row: Row, size: int, matrices: Iterator[Array]) -> Iterator[tuple[Row, Array | None]]:
    """An instruction for each of the values that are made as one."""
    matrix = next(matrices) if row.code == PRODUCT else None
    if row.code in (LOAD, STORE):
        yield row, None
        return
    for n in range(0, row.size, size):
        out, a, b, c = (
            place + n * step for place, step in zip(row.places, steps(row), strict=True)
        )
        part = row._replace(size=size, out=out, a=a, b=b, c=c)
        yield part, None if matrix is None else matrix[n : n + size]
