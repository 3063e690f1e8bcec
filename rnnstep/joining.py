"""Values over time: the parts of blocks that they lie in, and all of them as one array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from rnnstep.equations import Array
from rnnstep.room import room

_COPY = 16
"""Products of numbers that take as long as to copy one number that is in no cache, about."""

_MANY = 2**16
"""Numbers from which on all workers might copy them."""

_LITTLE = 4
"""How many times its own bytes a value may keep that is not copied."""

Part = tuple[int, Array]
"""At which of the timesteps that are wanted it begins, and the values, (timesteps, …): a view,
which keeps a whole block with every value of it."""


def joined(parts: Iterable[Part], length: int, into: Array | None = None) -> Array:
    """A copy of the parts as one array.

    Args:
        parts: all of them, in any order.
        length: timesteps of all of them, at least one.
        into: what they are written to, if there is an array already.
    """
    for begin, part in parts:
        if into is None:
            into = room((length, *part.shape[1:]), part.dtype)
        _copy(part, into[begin : begin + len(part)])
    if into is None:
        raise ValueError("no parts")
    return into


def glance(parts: Iterator[Part], length: int) -> Array:
    """The one part itself, or a copy of several, made as they come: each keeps its block.

    Args:
        parts: at least one.
        length: timesteps of all of them.
    """
    first = next(parts)
    return first[1] if len(first[1]) == length else joined(chain([first], parts), length)


def one_array(parts: Iterator[Part], length: int) -> Array:
    """The values as an array to keep: the one part itself where little else is kept with it.

    Args:
        parts: at least one.
        length: timesteps of all of them.
    """
    seen = glance(parts, length)
    return seen if _is_most(seen) else joined([(0, seen)], length)


def _is_most(part: Array) -> bool:
    """Whether a view may be given away: it keeps little else, and is in order."""
    owner = part if part.base is None else part.base
    little = isinstance(owner, np.ndarray) and owner.nbytes <= _LITTLE * part.nbytes
    return little and part.flags.c_contiguous


def _copy(source: Array, target: Array) -> None:
    if source.size < _MANY:
        target[...] = source
    else:
        copy_parts([(target, source)])


def copy_parts(parts: Iterable[tuple[Array, Array]]) -> None:
    """Copy each part to the beginning of an array, all of them side by side, timestep by timestep.

    Args:
        parts: where to, and the part, (timesteps, …).
    """
    from rnnstep.program.workers import spread

    pairs = [*parts]

    def copy(times: slice) -> None:
        for into, part in pairs:
            into[: len(part)][times] = part[times]

    longest = max((len(part) for _, part in pairs), default=0)
    numbers = sum(part.size for _, part in pairs)
    spread(copy, longest, _COPY * numbers // max(longest, 1))
