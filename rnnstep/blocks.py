"""Which timesteps of a run are run together: in blocks, longer ones where they are compiled."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from rnnstep.making import Making
from rnnstep.program import first_compiled
from rnnstep.record import Record

_LONGEST, _SHORTEST = 1024, 8
_LONGEST_COMPILED = 4096
_AT_ONCE = 12e-3
"""Seconds that a block may take, about: less than a frame, to go anywhere at once."""
_BYTES = 16 * 2**20
"""Bytes of values of a block, beyond the shortest."""
_UNWATCHED = 4
"""How many times as many bytes a block may have for which nobody waits."""


class Blocks(Record):
    """A run cut into blocks; places count from its start.

    Attributes:
        length: timesteps of the run.
        short: timesteps of a block at the beginning, where NumPy runs them.
        long: timesteps of a block that the compiled machine runs, a multiple of it. Long blocks
            begin at multiples of their own length.
        compiled_from: the place from which on blocks are compiled, where one begins; ``None`` if
            none is.
    """

    length: int
    short: int
    long: int
    compiled_from: int | None

    @classmethod
    def of(cls, length: int, making: Making) -> Self:
        """As layers that run together need them: a block of a large layer has fewer timesteps."""
        watched, seconds, values = making.watched, making.seconds, making.value_bytes
        if not watched:
            values //= _UNWATCHED
        most = _BYTES // max(values, 1)
        short = min(_fitting(_LONGEST, most, seconds if watched else 0.0), length)
        first = first_compiled(length, seconds, watched)
        if not watched:
            # each block has its own cost: none is a rest of a few timesteps
            short = -(-length // -(-length // short))
        if first is None or not watched:
            return cls(length, short, short, first)
        long = max(_fitting(_LONGEST_COMPILED, most, making.compiled_seconds), short)
        parts = -(-long // short)
        short = long // parts
        long = short * parts
        return cls(length, short, long, -(-first // short) * short)

    @cached_property
    def count(self) -> int:
        """How many there are."""
        return self.number(self.length - 1) + 1

    def number(self, place: int) -> int:
        """The block that a timestep is in, counted from the start of the run."""
        head = self._head
        if place < head:
            return place // self.short
        return head // self.short + (place - head) // self.long

    def places(self, number: int) -> range:
        """The places of a block."""
        head = self._head
        before = head // self.short
        size = self.short if number < before else self.long
        begin = number * size if number < before else head + (number - before) * size
        return range(begin, min(begin + size, self.length))

    @cached_property
    def _head(self) -> int:
        """The places before the first long block."""
        return -(-(self.compiled_from or 0) // self.long) * self.long


def _fitting(longest: int, most: int, seconds: float) -> int:
    """How many timesteps fit into a block.

    Args:
        longest: of any block.
        most: for which there is memory.
        seconds: that a timestep takes, about.
    """
    quick = int(_AT_ONCE / max(seconds, _AT_ONCE / longest))
    return max(min(quick, most, longest), _SHORTEST)
