"""Which timesteps of the sequence a number came from, along every way to it at once."""

from __future__ import annotations

from collections.abc import Generator

from rnnstep.frame import Cursor
from rnnstep.progress import Progress, last_of
from rnnstep.provenance.causes import number
from rnnstep.provenance.tally import Inputs, Tally
from rnnstep.trace import Trace

LOOKED_INTO = 2_000
"""Numbers that are looked into at the most, unless another number is given."""
LEAST = 1e-3
"""The share below which a number is not looked into."""


def inputs(trace: Trace, cursor: Cursor, count: int = LOOKED_INTO, least: float = LEAST) -> Inputs:
    """All of :func:`divided` at once."""
    found = last_of(divided(trace, cursor, count, least))
    assert found is not None
    return found


def divided(
    trace: Trace, cursor: Cursor, count: int = LOOKED_INTO, least: float = LEAST
) -> Generator[Progress | Inputs, None, None]:
    """The shares that the entries of the sequence have of a number.

    A number is divided among what it is made of: terms of a sum by their sizes, a function's
    whole to its argument, a gated value's whole to what the gate lets through, other factors of
    a product evenly. That is a convention, and no derivative: it says along which ways a number
    was made, not how it would change.

    Args:
        trace: the run.
        cursor: the line, its timestep and the entry of its value.
        count: numbers to look into at the most.
        least: the share below which a number is not looked into.

    Yields:
        how far it is, number by number, and then the shares.
    """
    start = number(trace, cursor)
    tally = Tally(trace)
    tally.add(start, 1.0)
    while tally.waiting:
        cause, share = tally.next()
        if share < least or count <= 0:
            tally.rest += share
        else:
            tally.look_into(cause, share)
            count -= 1
            yield Progress(cause.t)
    yield tally.told(start)
