"""The whole beside pieces of it, each going on from the states that the last one ended with."""

from __future__ import annotations

import numpy as np

from rnnstep.engine import initial_state
from rnnstep.equations import Array
from rnnstep.layer import Layer, Values
from rnnstep.run import Run
from rnnstep.selftest.alone import alone, initial, recorded
from rnnstep.selftest.outcome import Outcome, Place, Whole


def in_pieces(whole: Whole, size: int) -> Outcome:
    """Run pieces of so many timesteps, and hand the states on by name."""
    name = "one by one" if size == 1 else f"chunks of {size}"
    layers = whole.trace.model.layers
    if len(whole.trace.model.sweeps) == 1 and not layers[0].reverse:
        return whole.outcome(
            name, "the model in pieces, states carried by name", _model(whole, size)
        )
    found: dict[Place, Array] = {}
    for index, layer in enumerate(layers):
        made = _layer(layer, recorded(whole, index), initial(whole, index), size)
        found |= {(index, value): array for value, array in made.items()}
    return whole.outcome(name, "each layer in pieces, in its own direction", found)


def _model(whole: Whole, size: int) -> dict[Place, Array]:
    model, xs = whole.trace.model, whole.trace.xs
    state, pieces = dict(whole.states), []
    for start in range(0, len(xs), size):
        # a trace would fit the model to its piece, and prepare it again each time
        piece = Run(model, xs[start : start + size], initial_state(model, state))
        times = range(len(piece.xs))
        pieces.append({place: piece.series(*place, times) for place in whole.places()})
        for index, layer in enumerate(model.layers):
            for before, after in layer.cell.carried.items():
                state[model.qualified(index, before)] = pieces[-1][index, after][-1]
    return {place: np.concatenate([piece[place] for piece in pieces]) for place in pieces[0]}


def _layer(layer: Layer, inputs: Values, state: Values, size: int) -> dict[str, Array]:
    """A layer in pieces; one that runs against time begins with the last of them."""
    length = len(inputs[layer.cell.input.name])
    starts = list(range(0, length, size))
    pieces: dict[int, dict[str, Array]] = {}
    for start in reversed(starts) if layer.reverse else starts:
        cut = {name: array[start : start + size] for name, array in inputs.items()}
        pieces[start] = alone(layer, cut, state)
        last = 0 if layer.reverse else -1
        state = {
            before: pieces[start][after][last, ...] for before, after in layer.cell.carried.items()
        }
    return {name: np.concatenate([pieces[s][name] for s in starts]) for name in layer.cell.values}
