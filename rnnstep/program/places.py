"""The places of arrays in the machine's one buffer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.program.panels import aligned, whole


class Places:
    """Gives each array that calls of numpy read and write a place.

    Args:
        dtype: of every value.
        regions: arrays, parts of which the calls read and write; they come first, in order.
    """

    def __init__(self, dtype: np.dtype[Any], regions: Sequence[Array]) -> None:
        self._dtype, self._regions = dtype, regions
        self._size = sum(map(len, regions))
        self._others: dict[int, int] = {}
        self._contents: list[tuple[int, Array]] = []

    def of(self, array: Array) -> int:
        """Where an array is."""
        inside = self._inside(array)
        if inside is not None:
            return inside
        if id(array) not in self._others:
            self._others[id(array)] = self.holding(array)
        return self._others[id(array)]

    def new(self, size: int) -> int:
        """A place of its own, which begins where a line of the cache does."""
        begin = whole(self._size)
        self._size = begin + size
        return begin

    def holding(self, array: Array) -> int:
        """A place of its own that holds an array's numbers at the start."""
        place = self.new(array.size)
        self._contents.append((place, array))
        return place

    def known(self, array: Array) -> bool:
        """Whether an array has a place already, and so may be written to."""
        return id(array) in self._others or self._inside(array) is not None

    def buffer(self) -> Array:
        """The buffer at the start."""
        values = aligned(self._size, self._dtype)
        for begin, array in self._contents:
            values[begin : begin + array.size] = array.reshape(-1)
        return values

    def _inside(self, array: Array) -> int | None:
        begin, address = 0, array.ctypes.data
        for region in self._regions:
            offset = address - region.ctypes.data
            if 0 <= offset < region.nbytes:
                return begin + offset // region.itemsize
            begin += len(region)
        return None
