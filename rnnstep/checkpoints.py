"""The states that a trace keeps: one row a checkpoint, the past shared with a fork's parent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnstep.equations import Array
from rnnstep.layer import Layer, Values


class Checkpoints:
    """Carried states by checkpoint number, filled in order.

    Args:
        layers: whose states they are.
        count: how many there can be.
        past: the checkpoints of the run that this one forks from.
        shared: how many of them are this run's own past, too.
    """

    def __init__(
        self, layers: Sequence[Layer], count: int, past: Checkpoints | None = None, shared: int = 0
    ) -> None:
        self._layers, self._count = layers, count
        self._past, self._shared = past, shared
        self.filled = shared
        rows = count - shared
        self._rows: list[dict[str, Array]] = [
            {s.name: np.empty((rows, *layer.shape(s.name)), layer.dtype) for s in layer.cell.states}
            for layer in layers
        ]

    def fork(self, shared: int) -> Checkpoints:
        """Checkpoints of which the first ``shared`` are these, and the others yet to come."""
        return Checkpoints(self._layers, self._count, self, shared)

    def append(self, state: Sequence[Values]) -> None:
        """Keep one more."""
        row = self.filled - self._shared
        for arrays, values in zip(self._rows, state, strict=True):
            for name, array in arrays.items():
                array[row] = values[name]
        self.filled += 1

    def __getitem__(self, index: int) -> tuple[Values, ...]:
        """The state at a checkpoint, read-only."""
        if self._past is not None and index < self._shared:
            return self._past[index]
        row = index - self._shared
        return tuple({name: _view(a, row) for name, a in arrays.items()} for arrays in self._rows)


def _view(rows: Array, row: int) -> Array:
    view = rows[row, ...]
    view.flags.writeable = False
    return view
