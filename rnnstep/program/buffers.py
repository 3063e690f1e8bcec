"""Named values one behind another in one flat buffer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rnnstep.equations import Array


class Buffer:
    """The values of one timestep, in a given order, in one array.

    Args:
        shapes: for each name its shape, in the order of the places.
        dtype: of all of them.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], dtype: np.dtype[Any]) -> None:
        self.places: dict[str, tuple[int, int]] = {}
        self._shapes = dict(shapes)
        end = 0
        for name, shape in shapes.items():
            begin, end = end, end + math.prod(shape)
            self.places[name] = begin, end
        self.flat = np.zeros(end, dtype)

    def only(self, names: Iterable[str]) -> Buffer:
        """A buffer of some of the values, in this order."""
        return Buffer({name: self._shapes[name] for name in names}, self.flat.dtype)

    def and_also(self, other: Buffer) -> Buffer:
        """A buffer of these values and, behind them, another one's."""
        return Buffer(self._shapes | other._shapes, self.flat.dtype)

    def __contains__(self, name: object) -> bool:
        """Whether it has a place for ``name``."""
        return name in self.places

    def view(self, name: str) -> Array:
        """The place of a value, in its shape."""
        begin, end = self.places[name]
        return self.flat[begin:end].reshape(self._shapes[name])

    def together(self, names: Sequence[str]) -> Array | None:
        """The places of several values as one vector; ``None`` if they are not neighbours."""
        begin, end = self.places[names[0]]
        for name in names[1:]:
            if self.places[name][0] != end:
                return None
            end = self.places[name][1]
        return self.flat[begin:end]

    def over_time(self, rows: Array, names: Iterable[str] | None = None) -> dict[str, Array]:
        """The values in the rows of a (timesteps, …, size) array."""
        return {
            name: rows[..., slice(*self.places[name])].reshape(
                *rows.shape[:-1], *self._shapes[name]
            )
            for name in (self.places if names is None else names)
        }

    def apart(self, rows: Array) -> dict[str, Array]:
        """The values in a (timesteps, size) array in which they lie one behind the other."""
        flat, count = rows.reshape(-1), len(rows)
        return {
            name: flat[begin * count : end * count].reshape(count, *self._shapes[name])
            for name, (begin, end) in self.places.items()
        }


def apart(rows: Array, sizes: Iterable[int]) -> Iterator[Array]:
    """The arrays, (timesteps, size) each, that lie behind each other in a (timesteps, size) one."""
    flat, begin = rows.reshape(-1), 0
    for size in sizes:
        end = begin + size * len(rows)
        yield flat[begin:end].reshape(len(rows), size)
        begin = end
