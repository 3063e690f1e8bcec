"""A whole run's values on their way to a file: in memory while they are few, else on the disk."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np

from rnnstep.equations import Array
from rnnstep.trace import Trace

Progress = Callable[[int], None]

IN_MEMORY = 64 * 2**20
"""Bytes of values up to which a run is held in memory; beyond, they are in a temporary file."""

_WINDOW = 2**20
"""Bytes of values that are written and read at once."""

INITIAL_PREFIX = "initial/"
"""Before the names of the states before the first timestep: ``initial/h_t``."""


class Spool:
    """Every value over time, one after another in a file that is in memory while it is small.

    Attributes:
        specs: for each name, the dtype, the shape with time first, and the place in the file.
    """

    def __init__(self, trace: Trace, folder: Path) -> None:
        self.specs: dict[str, tuple[np.dtype[Any], tuple[int, ...], int]] = {}
        self.size = 0
        for name, (index, value) in trace.model.value_names.items():
            layer = trace.model.layers[index]
            self._place(name, layer.dtype, (len(trace), *layer.shape(value)))
        for name in trace.initial:
            array = trace.initial[name]
            self._place(INITIAL_PREFIX + name, array.dtype, array.shape)
        small = self.size <= IN_MEMORY
        self.file: IO[bytes]
        self.file = io.BytesIO() if small else tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def _place(self, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self.specs[name] = (dtype, shape, self.size)
        self.size += math.prod(shape) * dtype.itemsize

    def fill(self, trace: Trace, progress: Progress) -> None:
        """Go through the run, once, a window of timesteps at a time."""
        for name in trace.initial:
            self._write(INITIAL_PREFIX + name, 0, trace.initial[name])
        rows = max(len(trace) * _WINDOW // max(self.size, 1), 1)
        steps = trace.frames()
        for start in range(0, len(trace), rows):
            count = min(rows, len(trace) - start)
            window: dict[str, Array] = {}
            for name in trace.model.value_names:
                dtype, shape, _ = self.specs[name]
                window[name] = np.empty((count, *shape[1:]), dtype)
            for step in islice(steps, count):
                for name, (layer, value) in trace.model.value_names.items():
                    window[name][step.t - start] = step.layers[layer][value]
                progress(step.t)
            for name, array in window.items():
                self._write(name, start, array)

    def _write(self, name: str, start: int, array: Array) -> None:
        dtype, shape, place = self.specs[name]
        self.file.seek(place + start * math.prod(shape[1:]) * dtype.itemsize)
        self.file.write(array.tobytes())

    def windows(self, name: str) -> Iterator[Array]:
        """A value again, some of its rows at a time."""
        dtype, shape, place = self.specs[name]
        self.file.seek(place)
        row = math.prod(shape[1:])
        at_once = max(_WINDOW // max(row * dtype.itemsize, 1), 1)
        left = shape[0] if shape else 1
        while left:
            count = min(left, at_once)
            data = self.file.read(count * row * dtype.itemsize)
            yield np.frombuffer(data, dtype).reshape(count, *shape[1:])
            left -= count


@contextmanager
def spooled(trace: Trace, folder: Path, progress: Progress) -> Iterator[Spool]:
    """A run's values, gone through once; ``folder`` is where they lie if they are many."""
    spool = Spool(trace, folder)
    with spool.file:
        spool.fill(trace, progress)
        yield spool
