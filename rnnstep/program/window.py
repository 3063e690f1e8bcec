"""A layer's values over some timesteps, each computed when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from rnnstep.equations import Array

Compute = Callable[["Window"], Any]


class Window(Mapping[str, Array]):
    """Values by name, (timesteps, …), read-only.

    Args:
        names: the names that it has.
        length: how many timesteps it has.
        weights: what the equations read beside the values.
        ready: the values that are there.
        computes: how the others are made of them.
        specs: the shape at one timestep and the dtype of each of the others.
        samples: how many sequences run side by side, on an axis behind the timesteps; none if
            it is one alone.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        length: int,
        weights: Mapping[str, Array],
        ready: Mapping[str, Array],
        computes: Mapping[str, Compute],
        specs: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]],
        samples: tuple[int, ...] = (),
    ) -> None:
        self._names, self.length, self._weights = names, length, weights
        self._ready: dict[str, Array] = {}
        self._computes, self._specs, self._samples = dict(computes), specs, samples
        self.add(ready)

    def add(self, ready: Mapping[str, Array]) -> None:
        """Put values in that were computed elsewhere."""
        for name, array in ready.items():
            array.flags.writeable = False
            self._ready[name] = array

    def later(self, computes: Mapping[str, Compute]) -> None:
        """Say how values are made otherwise."""
        self._computes.update(computes)

    def has(self, name: str) -> bool:
        """Whether a value is there, and need not be computed."""
        return name in self._ready

    def __getitem__(self, name: str) -> Array:
        """A value over the timesteps; a weight, which no timestep changes."""
        found = self._ready.get(name)
        if found is not None:
            return found
        if name in self._weights:
            return self._weights[name]
        shape, dtype = self._specs[name]
        with np.errstate(all="ignore"):
            array = np.asarray(self._computes[name](self), dtype)
        if array.ndim == len(shape):
            # a line that reads weights alone is the same at every timestep
            array = np.broadcast_to(array, (self.length, *self._samples, *array.shape))
        self.add({name: array})
        return array

    def __contains__(self, name: object) -> bool:
        """Whether there is such a value."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """The names of the values."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many values there are."""
        return len(self._names)


class Moment(Mapping[str, Array]):
    """One timestep of a window.

    Args:
        window: the values over some timesteps.
        row: which of them.
    """

    __slots__ = ("_found", "_row", "_window")

    def __init__(self, window: Window, row: int) -> None:
        self._window, self._row = window, row
        self._found: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        """A value, read-only; the same object each time."""
        found = self._found.get(name)
        if found is None:
            if name not in self._window:
                raise KeyError(name)
            # of a scalar, too, a view
            found = self._found[name] = self._window[name][self._row, ...]
        return found

    def __contains__(self, name: object) -> bool:
        """Whether there is such a value."""
        return name in self._window

    def __iter__(self) -> Iterator[str]:
        """The names of the values."""
        return iter(self._window)

    def __len__(self) -> int:
        """How many values there are."""
        return len(self._window)
