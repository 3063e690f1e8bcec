"""NaN and infinity where they arise: the first line whose own arithmetic makes them."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np

from rnnstep.breaks.bounds import Bounds
from rnnstep.breaks.conditions import Condition
from rnnstep.breaks.places import Place
from rnnstep.breaks.presets import ARISES
from rnnstep.equations import Array, dependencies
from rnnstep.layer import Layer
from rnnstep.model import Model
from rnnstep.trace import Trace


class Arising(Condition):
    """Holds where a line makes NaN or infinity of finite values, and did not one timestep before.

    What a line reads from an earlier one, from a state or from another layer is not its own
    doing; a weight that is not finite is. What is not finite in the sequence counts as its own.
    """

    text = ARISES

    def __init__(self) -> None:
        self._bounds: WeakKeyDictionary[Layer, Bounds] = WeakKeyDictionary()

    def holds(self, trace: Trace, start: int, stop: int) -> Array:
        """See :meth:`Condition.holds`."""
        found = np.zeros(stop - start, bool)
        if all(self._finite(trace, *stretch) for stretch in trace.stretches(start, stop)):
            return found
        before = max(start - 1, 0)
        for _, _, arises in _lines(trace, before, stop):
            new = arises.copy()
            new[1:] &= ~arises[:-1]
            found |= new[start - before :]
        return found

    def _finite(self, trace: Trace, start: int, stop: int, model: Model) -> bool:
        """Whether all values are finite, as far as inputs, states and weights alone tell."""
        for index, layer in enumerate(model.layers):
            if layer not in self._bounds:
                self._bounds[layer] = Bounds(layer)
            bounds, cell = self._bounds[layer], layer.cell
            given = {
                name: _size(trace.glance(index, name, start, stop))
                for name in (declaration.name for declaration in (*cell.inputs, *cell.states))
            }
            if not bounds.finite(given):
                return False
        return True

    def place(self, trace: Trace, t: int) -> Place | None:
        """The first line of the first layer where it arises, and its first such entry."""
        for layer, name, arises in _lines(trace, t, t + 1):
            if arises[0]:
                value = trace.series(trace.model.qualified(layer, name), t, t + 1)[0]
                return Place(layer, name, int(np.argmax(~np.isfinite(value.reshape(-1)))))
        return None


def _size(values: Array) -> float:
    """The largest size of a number; NaN if one is NaN."""
    flat = values.reshape(-1)
    return max(
        float(np.maximum.reduce(flat, initial=0)), -float(np.minimum.reduce(flat, initial=0))
    )


def _lines(trace: Trace, start: int, stop: int) -> Iterator[tuple[int, str, Array]]:
    """For each line in the order of the run: layer, name, and at which timesteps it arises."""
    model = trace.model
    for index, layer in enumerate(model.layers):
        bad: dict[str, Array] = {
            name: _not_finite(trace, index, name, start, stop) for name in layer.cell.values
        }
        for declaration, source in zip(layer.cell.inputs, model.sources[index], strict=True):
            if source.layer < 0:
                yield index, declaration.name, bad[declaration.name]
        for equation in layer.cell.equations:
            read = [name for name in dependencies(equation.node) if name in bad]
            given = np.zeros(stop - start, bool)
            for name in read:
                given = given | bad[name]
            yield index, equation.name, bad[equation.name] & ~given


def _not_finite(trace: Trace, index: int, name: str, start: int, stop: int) -> Array:
    values = trace.glance(index, name, start, stop)
    return np.asarray(~np.isfinite(values).reshape(stop - start, -1).all(axis=1))
