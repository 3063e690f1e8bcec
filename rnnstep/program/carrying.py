"""What a timestep ends with, made where the next one starts from it, so that nothing is copied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rnnstep.program.opcodes import COPY, Row, operands, reads, results, writes


def without_copies(rows: Sequence[Row]) -> list[Row]:
    """A timestep that makes each state in place, where it can, and copies the others at its end."""
    done = [*rows]
    for copy in reversed(rows):
        if copy.code != COPY:
            break
        rest = [row for row in done if row != copy]
        done = in_place(rest, copy.out, copy.a, copy.size) or done
    return done


def in_place(rows: Sequence[Row], before: int, after: int, size: int) -> list[Row] | None:
    """The instructions that make a state where its last one was.

    Args:
        rows: what a timestep does, each instruction once.
        before: where it reads what it starts from.
        after: where it makes what it ends with.
        size: of the state.

    Returns:
        ``None`` if what it starts from is still read when the other one is made, or later: vector
        instructions need results that do not overlap what they are made of.
    """
    makers = [i for i, row in enumerate(rows) if _meets(writes(row), after, size)]
    if len(makers) != 1:
        return None
    [maker] = makers
    whole = (rows[maker].out, rows[maker].size) == (after, size)
    later = rows[maker:]
    if not whole or any(_meets([*reads(row), *writes(row)], before, size) for row in later):
        return None
    moved = [_moved(row, before, after, size) for row in later]
    return None if None in moved else [*rows[:maker], *(row for row in moved if row)]


def _moved(row: Row, before: int, after: int, size: int) -> Row | None:
    """An instruction that finds the state there; ``None`` if it reads more than the state."""
    met = [bounds for bounds in [*reads(row), *writes(row)] if _meets([bounds], after, size)]
    if any(begin < after or end > after + size for begin, end in met):
        return None
    begins = {begin for begin, _ in met}
    names = [name for name in [*operands(row), *results(row)] if getattr(row, name) in begins]
    return row._replace(**{name: getattr(row, name) - after + before for name in names})


def _meets(bounds: Iterable[tuple[int, int]], place: int, size: int) -> bool:
    return any(begin < place + size and place < end for begin, end in bounds)
