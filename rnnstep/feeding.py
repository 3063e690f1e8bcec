"""What layers read at some timesteps: the sequence, as edited, and the sweeps before their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.equations import Array
from rnnstep.joining import joined
from rnnstep.source import SEQUENCE, Source

if TYPE_CHECKING:
    from rnnstep.sweep import Sweep


class Upstream:
    """Gives what sources have at some timesteps, (timesteps, …).

    It knows the sweeps before the one that it feeds and not that one itself: runs that nobody
    has any longer are freed at once, with all that they remember.

    Args:
        xs: the sequence, (timesteps, features).
        inputs: the timesteps whose input is edited, and what it is instead.
        sweeps: those before, in the order in which they are run.
        homes: of each layer, which sweep it is in and where in it.
    """

    def __init__(
        self,
        xs: Array,
        inputs: Mapping[int, Array],
        sweeps: Sequence[Sweep],
        homes: Mapping[int, tuple[int, int]],
    ) -> None:
        self._xs, self._inputs, self._sweeps, self._homes = xs, inputs, tuple(sweeps), homes

    def __call__(self, times: range, source: Source) -> Array:
        """What a source has at timesteps one after another."""
        if source.layer == SEQUENCE:
            return self._sequence(times)
        number, place = self._homes[source.layer]
        sweep = self._sweeps[number]
        if not source.final:
            return joined(sweep.parts(source.layer, source.value, times), len(times))
        ended = sweep.values(sweep.last)[place][source.value]
        return np.broadcast_to(ended, (len(times), *ended.shape))

    def _sequence(self, times: range) -> Array:
        first, last = sorted((times[0], times[-1]))
        inputs = self._xs[first : last + 1]
        edited = {t: x_t for t, x_t in self._inputs.items() if t in times}
        if edited:
            inputs = inputs.astype(np.result_type(inputs, *edited.values()))
            for t, x_t in edited.items():
                inputs[t - first] = x_t
        return inputs[:: times.step]
