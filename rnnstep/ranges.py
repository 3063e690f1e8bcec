"""How large each value gets over a run: what fixes the colour scale while stepping."""

from __future__ import annotations

from rnnstep.scale import largest
from rnnstep.trace import Trace

LOOKED_AT = 2000
"""Timesteps that are run to find the ranges; a longer run is judged by its first ones."""


class Ranges:
    """The largest finite size of each value over the run, each found when first asked for."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._found: dict[tuple[int, str], float] = {}

    @property
    def timesteps(self) -> int:
        """How many timesteps the ranges are taken from."""
        return min(len(self._trace), LOOKED_AT)

    def of(self, layer: int, name: str) -> float:
        """The largest finite size of a layer's value or weight; 0 if it has none."""
        key = (layer, name)
        if key not in self._found:
            self._found[key] = self._look(layer, name)
        return self._found[key]

    def _look(self, layer: int, name: str) -> float:
        model = self._trace.model
        stretches = self._trace.stretches(0, len(self._trace))
        known = (part.layers[layer].weights for _, _, part in stretches)
        weights = {id(own[name]): own[name] for own in known if name in own}
        if weights:
            return max(map(largest, weights.values()))
        return largest(self._trace.series(model.qualified(layer, name), 0, self.timesteps))
