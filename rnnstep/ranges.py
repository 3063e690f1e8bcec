"""How large each value gets over a run: what fixes the colour scale while stepping."""

from __future__ import annotations

from rnnstep.scale import largest
from rnnstep.trace import Trace

LOOKED_AT = 2000
"""Timesteps that are run to find the ranges; a longer run is judged by its first ones."""


class Ranges:
    """The largest finite size of each value over the run, found when first asked for."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._found: list[dict[str, float]] = []

    @property
    def timesteps(self) -> int:
        """How many timesteps the ranges are taken from."""
        return min(len(self._trace), LOOKED_AT)

    def of(self, layer: int, name: str) -> float:
        """The largest finite size of a layer's value or weight; 0 if it has none."""
        if not self._found:
            self._found = self._look()
        return self._found[layer][name]

    def _look(self) -> list[dict[str, float]]:
        layers = self._trace.model.layers
        found = [{name: largest(w) for name, w in layer.weights.items()} for layer in layers]
        for step in self._trace.frames(0, self.timesteps):
            for sizes, values in zip(found, step.layers, strict=True):
                for name, array in values.items():
                    sizes[name] = max(sizes.get(name, 0.0), largest(array))
        return found
