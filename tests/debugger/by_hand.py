"""Edited runs by hand: line after line, timestep after timestep, each edit where it applies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rnnstep import Layer, Model
from rnnstep.equations import compile_node
from rnnstep.equations.nodes import Range
from rnnstep.forks.edit import Edit, Operation, Reach

Values = npt.NDArray[Any]


def applied(edits: Sequence[Edit], value: Values) -> Values:
    changed = np.array(value, np.float64)
    for edit in edits:
        key = tuple(slice(i.start, i.stop) if isinstance(i, Range) else i for i in edit.items)
        if edit.operation is Operation.SET:
            numbers = np.array(edit.numbers)
            one = numbers.reshape(()) if numbers.size == 1 else numbers
            changed[key] = one
        elif edit.operation is Operation.SCALE:
            changed[key] *= edit.numbers[0]
        else:
            drawn = np.random.default_rng(edit.seed)
            changed[key] += drawn.normal(0, edit.numbers[0], changed[key].shape)
    return changed


class Edits:
    """The edits of one layer at one timestep."""

    def __init__(self, model: Model, index: int, edits: Sequence[Edit], t: int) -> None:
        ends = {Reach.AT: 0, Reach.FROM: 10**9, Reach.ALWAYS: 10**9}
        self.now = [e for e in edits if e.t <= t <= e.t + ends[e.reach]]
        self.model, self.index = model, index

    def of(self, name: str) -> list[Edit]:
        return [e for e in self.now if e.name == self.model.qualified(self.index, name)]

    def itself(self, name: str) -> list[Edit]:
        """Of what is given, those that it is itself changed by, not only what reads it."""
        layer = self.model.layers[self.index]
        given = name in layer.cell.carried or self.index == 0
        return [e for e in self.of(name) if given and e.reach is Reach.AT]


def step(layer: Layer, edits: Edits, given: dict[str, Values]) -> dict[str, Values]:
    found = {name: applied(edits.itself(name), array) for name, array in given.items()}
    read = {name: applied(edits.of(name), w) for name, w in layer.weights.items()}
    for name, array in found.items():
        rest = [edit for edit in edits.of(name) if edit not in edits.itself(name)]
        read[name] = applied(rest, array)
    for equation in layer.cell.equations:
        value = np.asarray(compile_node(equation.node, layer.cell.shapes)(read))
        found[equation.name] = read[equation.name] = applied(edits.of(equation.name), value)
    return found


def run(model: Model, xs: Values, edits: Sequence[Edit]) -> list[dict[str, Values]]:
    """Every value of every timestep of layers that each read the output of the one before."""
    found: list[dict[str, Values]] = [{} for _ in xs]
    signal: list[Values] = list(xs)
    for index, layer in enumerate(model.layers):
        carried = {s.name: np.zeros(layer.shape(s.name)) for s in layer.cell.states}
        for t in reversed(range(len(xs))) if layer.reverse else range(len(xs)):
            given = {layer.cell.input.name: signal[t], **carried}
            own = step(layer, Edits(model, index, edits, t), given)
            found[t] |= {model.qualified(index, name): array for name, array in own.items()}
            carried = {before: own[after] for before, after in layer.cell.carried.items()}
            signal[t] = own[layer.cell.output]
    return found
