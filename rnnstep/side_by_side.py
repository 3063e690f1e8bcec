"""A layer whose values are those of many sequences side by side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar
from weakref import WeakKeyDictionary

from rnnstep.layer import Layer, Values
from rnnstep.program import Window
from rnnstep.program.batch import BatchProgram

_WEIGHED = 8
"""How many times over a batch's values count beside weights."""


class BatchLayer(Layer, eq=False):
    """A layer that runs many sequences side by side: its values are (samples, …).

    Attributes:
        count: how many sequences.
    """

    watched: ClassVar[bool] = False

    count: int = 1

    def shape(self, name: str) -> tuple[int, ...]:
        """The lengths of the axes of a value at one timestep, the samples first."""
        return (self.count, *super().shape(name))

    def run(self, inputs: Values, states: Mapping[int, Values], fast: bool = False) -> Window:
        """Run the equations over some timesteps, (timesteps, samples, …)."""
        return self._batch_program.run(inputs, states, fast)

    @cached_property
    def recurrent_bytes(self) -> int:
        """What a timestep costs, as bytes: of many samples the values outweigh the weights."""
        return _WEIGHED * self.value_bytes

    @cached_property
    def seconds(self) -> float:
        """What a timestep takes on NumPy, about; nothing if the compiled machine saves nothing."""
        return self._batch_program.seconds

    @cached_property
    def _batch_program(self) -> BatchProgram:
        shapes = {name: self.shape(name)[1:] for name in self.cell.values}
        dtypes = {name: self.input_dtypes.get(name, self.dtype) for name in self.cell.values}
        return BatchProgram(self.cell, self.weights, shapes, dtypes, self.count)


_made: WeakKeyDictionary[Layer, BatchLayer] = WeakKeyDictionary()
"""Of each layer the one that was made last, for what it takes to run it is worth keeping."""


def side_by_side(layer: Layer, count: int) -> BatchLayer:
    """The same layer for so many sequences."""
    made = _made.get(layer)
    if made is None or made.count != count:
        fields = {name: getattr(layer, name) for name in layer.field_names}
        made = BatchLayer(**fields, count=count)
        _made[layer] = made
    return made
