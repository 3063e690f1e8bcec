"""The edits of a fork as its shadow has them: of its own numbers, and brought to its format."""

from __future__ import annotations

import numpy as np

from rnnstep.changes import Change, LayerChange, StateChange
from rnnstep.equations import Array, compile_node
from rnnstep.equations.nodes import Name
from rnnstep.layer import Layer
from rnnstep.shadow.calibration import Spans
from rnnstep.shadow.description import Shadow
from rnnstep.shadow.formats import FORMATS
from rnnstep.shadow.rewriting import Rewriting, only_counts
from rnnstep.trace import Trace


class Following:
    """Makes of what a run is changed by what its shadow is changed by.

    Args:
        exact: the run, not forked.
        shadow: what is done otherwise.
        spans: how far each value goes.

    Attributes:
        run: the shadow's, from the same states in the format that they have later.

    Raises:
        InputError: a format that the model's own dtype has not the digits for.
    """

    def __init__(self, exact: Trace, shadow: Shadow, spans: Spans) -> None:
        self._exact, self._shadow, self._spans = exact.model, shadow, spans
        self._rewriting = Rewriting(exact.model, shadow, spans)
        self.run = Trace(self._rewriting.model, exact.xs, self._initial(exact))
        pairs = zip(self.run.model.layers, exact.model.layers, strict=True)
        self._exact_of = {id(ours): (ours, layer) for ours, layer in pairs}

    def _initial(self, exact: Trace) -> dict[str, Array]:
        states: dict[str, Array] = {}
        for index, layer in enumerate(self._exact.layers):
            carried = exact.carried_into(len(exact) - 1 if layer.reverse else 0)[index]
            for name in layer.cell.carried:
                state = self._state(index, name, carried[name])
                states[self._exact.qualified(index, name)] = state
        return states

    def change(self, change: Change) -> Change:
        """A change of the exact run, as the shadow has it."""
        match change:
            case StateChange():
                return change.replaced(edit=lambda array: self._edited(array, change))
            case LayerChange():
                return change.replaced(edit=lambda layer: self._layer(layer, change))
        # what comes from the sequence is rounded where it is read
        return change

    def _edited(self, state: Array, change: StateChange) -> Array:
        """The shadow's own state, where the change leaves it as it is."""
        changed = change.edit(state)
        rounded = self._state(change.layer, change.name, changed)
        return np.where(changed == state, state, rounded)

    def _layer(self, layer: Layer, change: LayerChange) -> Layer:
        """The shadow of what the change makes of the layer that this is the shadow of."""
        exact = change.edit(self._exact_of[id(layer)][1])
        ours = self._rewriting.layer(change.layer, exact)
        # the layer is kept, too, so that no other one gets its id
        self._exact_of[id(ours)] = ours, exact
        return ours

    def _state(self, index: int, name: str, array: Array) -> Array:
        """A state of a layer in the format that it has when a line has made it."""
        layer, known = self._exact.layers[index], FORMATS.get(self._shadow.activations)
        shape = layer.cell.shapes[name]
        if known is None or not shape or only_counts(layer):
            return array
        limit = self._spans[index, layer.cell.carried[name]].limit
        node = known.rounding(Name(name), limit)
        with np.errstate(all="ignore"):
            return np.asarray(compile_node(node, {name: shape})({name: array}))
