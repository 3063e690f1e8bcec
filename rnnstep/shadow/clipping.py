"""Where a shadow clips: the values that its formats have no number for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnstep.equations import Array, Node, compile_node, dependencies
from rnnstep.shadow.formats import FORMATS
from rnnstep.shadow.rewriting import rounded_lines, step_of
from rnnstep.trace import Trace

_CHUNK = 1024
"""Timesteps that are looked at together."""


@dataclass(frozen=True, eq=False)
class Clipping:
    """One value of a shadow's run, before it was rounded.

    Attributes:
        layer: the layer, from 0.
        name: the value; an input under its own name.
        limit: the largest size that the format has a number for.
        reached: the largest size that the value had.
        over_time: how many of them were clipped at each timestep, (timesteps,).
        over_units: how often each entry was, (entries,).
    """

    layer: int
    name: str
    limit: float
    reached: float
    over_time: Array
    over_units: Array

    @property
    def count(self) -> int:
        """How many numbers were clipped."""
        return int(self.over_units.sum())

    @property
    def entries(self) -> int:
        """How many numbers there were."""
        return len(self.over_time) * len(self.over_units)

    @property
    def times(self) -> Array:
        """The timesteps at which a number was clipped."""
        return np.flatnonzero(self.over_time)


def clippings(trace: Trace, form: str) -> tuple[Clipping, ...]:
    """What was clipped in a shadow's run, value by value in the order of the lines.

    Args:
        trace: the shadow's run.
        form: the format of its activations; nothing is clipped where they are exact.
    """
    known = FORMATS.get(form)
    if known is None:
        return ()
    found = []
    for index, layer in enumerate(trace.model.layers):
        for name, node in rounded_lines(layer):
            step = step_of(node)
            if step is None:
                limit = beyond = known.beyond
            else:
                limit, beyond = known.levels * step, (known.levels + 0.5) * step
            found.append(_clipping(trace, index, name, node.arguments[0], limit, beyond))
    return tuple(found)


def _clipping(
    trace: Trace, index: int, name: str, inner: Node, limit: float, beyond: float
) -> Clipping:
    layer = trace.model.layers[index]
    compute = compile_node(inner, layer.cell.shapes, layer.cell.values)
    units = np.zeros(int(np.prod(layer.shape(name), dtype=int)), int)
    times, reached = np.zeros(len(trace), int), 0.0
    for start in range(0, len(trace), _CHUNK):
        stop = min(start + _CHUNK, len(trace))
        with np.errstate(all="ignore"):
            values = np.asarray(compute(_names(trace, index, inner, start, stop)))
        sizes = np.abs(values.reshape(stop - start, -1).astype(np.float64))
        over = sizes >= beyond
        times[start:stop], units = over.sum(axis=1), units + over.sum(axis=0)
        reached = float(np.max(sizes, where=~np.isnan(sizes), initial=reached))
    return Clipping(index, name, limit, reached, times, units)


def _names(trace: Trace, index: int, node: Node, start: int, stop: int) -> Mapping[str, Array]:
    """What a node reads, over some timesteps."""
    layer = trace.model.layers[index]
    series = {
        name: trace.series(trace.model.qualified(index, name), start, stop)
        for name in dependencies(node)
        if name in layer.cell.values
    }
    return {**layer.weights, **series}
