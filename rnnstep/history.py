"""A value over a stretch of time, kept in chunks so that stepping computes nothing twice."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from rnnstep.equations import Array
from rnnstep.scale import strongest
from rnnstep.trace import Trace

CHUNK = 64
"""Timesteps that are computed and kept together."""

MEMORY_BUDGET = 64 * 2**20
"""Bytes of values that are kept at the most."""


class History:
    """Values of a run over time, each timestep's as one vector."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._kept: OrderedDict[tuple[int, str, int, int], Array] = OrderedDict()
        self._bytes = 0
        self._shown: tuple[tuple[int, str, int, int, int], Array] | None = None

    def window(self, layer: int, name: str, start: int, stop: int) -> Array:
        """A value from ``start`` to before ``stop``: (timesteps, entries)."""
        chunks = [
            self._chunk(layer, name, number) for number in range(start // CHUNK, -(-stop // CHUNK))
        ]
        first = start // CHUNK * CHUNK
        return np.concatenate(chunks)[start - first : stop - first]

    def blocks(self, layer: int, name: str, size: int, start: int, stop: int) -> Array:
        """The strongest entries of blocks of ``size`` timesteps, from block ``start``.

        Read-only, and the same array when it is asked for again, as it is at most steps.
        """
        key = (layer, name, size, start, stop)
        if self._shown is None or self._shown[0] != key:
            self._shown = key, self._blocks(*key)
        return self._shown[1]

    def _blocks(self, layer: int, name: str, size: int, start: int, stop: int) -> Array:
        if size == 1:
            # a part would keep all of which it is one, and could be written to through that
            found = np.array(self.window(layer, name, start, stop))
        else:
            blocks = [self._block(layer, name, size, number) for number in range(start, stop)]
            found = np.stack(blocks)
        found.flags.writeable = False
        return found

    def _chunk(self, layer: int, name: str, number: int) -> Array:
        key = (layer, name, 1, number)
        if key not in self._kept:
            self._keep(key, self._series(layer, name, CHUNK, number))
        self._kept.move_to_end(key)
        return self._kept[key]

    def _block(self, layer: int, name: str, size: int, number: int) -> Array:
        key = (layer, name, size, number)
        if key not in self._kept:
            # a block is looked at once: what it is made of need not be kept
            window = self._series(layer, name, size, number)
            self._keep(key, np.asarray(strongest(window, (1, window.shape[1]))[0]))
        self._kept.move_to_end(key)
        return self._kept[key]

    def _series(self, layer: int, name: str, size: int, number: int) -> Array:
        """One stretch of ``size`` timesteps, each as one vector."""
        qualified = self._trace.model.qualified(layer, name)
        stop = min((number + 1) * size, len(self._trace))
        series = self._trace.series(qualified, number * size, stop)
        return series.reshape(len(series), -1)

    def _keep(self, key: tuple[int, str, int, int], array: Array) -> None:
        self._kept[key] = array
        self._bytes += array.nbytes
        while self._bytes > MEMORY_BUDGET and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].nbytes
