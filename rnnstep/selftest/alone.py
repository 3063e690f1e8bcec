"""One layer by itself, over inputs that were recorded in a run of its model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnstep.equations import Array
from rnnstep.layer import Layer, Values
from rnnstep.model import SEQUENCE, Source
from rnnstep.selftest.outcome import Whole
from rnnstep.sweep import Sweep


def recorded(whole: Whole, index: int) -> dict[str, Array]:
    """What a layer of a run reads, (timesteps, …), by the names of its inputs."""
    inputs = whole.trace.model.layers[index].cell.inputs
    return {declaration.name: whole.series((index, declaration.name)) for declaration in inputs}


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
    sweep = Sweep({0: layer}, {0: sources}, length, feed, (state,), 0)
    return {name: sweep.series(0, name, range(length)) for name in layer.cell.values}
