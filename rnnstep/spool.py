"""A whole run's values on their way to a file: in memory while they are few, else on the disk."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np

from rnnstep.batch import Batch
from rnnstep.equations import Array
from rnnstep.trace import Trace

IN_MEMORY = 64 * 2**20
"""Bytes of values up to which a run is held in memory; beyond, they are in a temporary file."""

_WINDOW = 2**20
"""Bytes of values that are written and read at once."""

INITIAL_PREFIX = "initial/"
"""Before the names of the states before the first timestep: ``initial/h_t``."""


class Spool:
    """Every value over time, one after another in a file that is in memory while it is small.

    Attributes:
        specs: for each name, the dtype, the shape with time first, or of a batch the samples and
            then time, and the place in the file.
    """

    def __init__(self, trace: Trace | Batch, folder: Path) -> None:
        self._samples = len(trace.xs) if isinstance(trace, Batch) else 0
        self.specs: dict[str, tuple[np.dtype[Any], tuple[int, ...], int]] = {}
        self.size = 0
        for name, (index, value) in trace.model.value_names.items():
            layer = trace.model.layers[index]
            lead, rest = (len(trace.xs), trace.timesteps), layer.shape(value)[1:]
            one = (trace.timesteps, *layer.shape(value))
            self._place(name, layer.dtype, (*lead, *rest) if self._samples else one)
        for name in trace.initial:
            array = trace.initial[name]
            self._place(INITIAL_PREFIX + name, array.dtype, array.shape)
        small = self.size <= IN_MEMORY
        self.file: IO[bytes]
        self.file = io.BytesIO() if small else tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def _place(self, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self.specs[name] = (dtype, shape, self.size)
        self.size += math.prod(shape) * dtype.itemsize

    def fill(self, trace: Trace | Batch) -> Iterator[int]:
        """Go through the run, once, a window of timesteps at a time; yields each that is done."""
        for name in trace.initial:
            self._write(INITIAL_PREFIX + name, 0, trace.initial[name])
        length = trace.timesteps
        rows = max(length * _WINDOW // max(self.size, 1), 1)
        steps = trace.frames()
        for start in range(0, length, rows):
            count = min(rows, length - start)
            window: dict[str, Array] = {}
            for name in trace.model.value_names:
                index, value = trace.model.value_names[name]
                shape = trace.model.layers[index].shape(value)
                window[name] = np.empty((count, *shape), self.specs[name][0])
            for step in islice(steps, count):
                for name, (layer, value) in trace.model.value_names.items():
                    window[name][step.t - start] = step.layers[layer][value]
                yield step.t
            for name, array in window.items():
                if not self._samples:
                    self._write(name, start, array)
                for sample in range(self._samples):
                    self._write(name, sample * length + start, array[:, sample])

    def _write(self, name: str, row: int, array: Array) -> None:
        """Put timesteps one after another where they belong."""
        dtype, _, place = self.specs[name]
        self.file.seek(place + row * math.prod(array.shape[1:]) * dtype.itemsize)
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
def spooled(trace: Trace | Batch, folder: Path) -> Iterator[Spool]:
    """Where a run's values go to; ``folder`` is where they lie if they are many."""
    spool = Spool(trace, folder)
    with spool.file:
        yield spool
