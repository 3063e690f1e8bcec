"""One layer by itself, over what a run of its model gives it to read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnstep.equations import Array
from rnnstep.joining import joined
from rnnstep.layer import Layer, Values
from rnnstep.making import Making
from rnnstep.selftest.outcome import Whole
from rnnstep.source import SEQUENCE, Source
from rnnstep.sweep import Sweep


def recorded(whole: Whole, index: int) -> dict[str, Array]:
    """What a layer of a run should read, (timesteps, …), by the names of its inputs.

    It comes from where it is made, not from what the layer has read.
    """
    model = whole.trace.model
    inputs = model.layers[index].cell.inputs
    sources = zip(inputs, model.sources[index], strict=True)
    return {declaration.name: _given(whole, source) for declaration, source in sources}


def _given(whole: Whole, source: Source) -> Array:
    if source.layer == SEQUENCE:
        return np.asarray(whole.trace.xs)
    found = whole.series((source.layer, source.value))
    if not source.final:
        return found
    ended = found[0 if whole.trace.model.layers[source.layer].reverse else -1]
    return np.broadcast_to(ended, found.shape)


def initial(whole: Whole, index: int) -> dict[str, Array]:
    """What a layer of a run starts from, by its own names."""
    return {name: array for (layer, name), array in whole.carried.items() if layer == index}


def alone(layer: Layer, inputs: Mapping[str, Array], state: Values) -> dict[str, Array]:
    """Every value of a layer, (timesteps, …), over inputs of its own."""
    length = len(inputs[layer.cell.input.name])

    def feed(times: range, source: Source) -> Array:
        found = inputs[source.value]
        return np.stack([found[t] for t in times])

    sources = tuple(Source(SEQUENCE, declaration.name) for declaration in layer.cell.inputs)
    sweep = Sweep(Making({0: layer}, {0: sources}), length, feed, (state,), 0)
    times = range(length)
    return {name: joined(sweep.parts(0, name, times), length) for name in layer.cell.values}
