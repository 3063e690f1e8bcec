"""A layer's equations for many sequences side by side: one product of matrices a timestep."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from rnnstep.cells import Cell
from rnnstep.equations import compile_node
from rnnstep.program.batch_recurrence import BatchRecurrence, Dtypes, Shapes
from rnnstep.program.program import Values, shifted
from rnnstep.program.window import Compute, Window


class BatchProgram:
    """Runs a layer over windows of timesteps of many sequences.

    Kept is what is carried; all other values are computed from it when they are asked for.

    Args:
        cell: the equations.
        weights: by name, in one dtype.
        shapes: the shape of each value at one timestep of one sequence.
        dtypes: of each value.
        count: how many sequences there are.
    """

    def __init__(
        self, cell: Cell, weights: Values, shapes: Shapes, dtypes: Dtypes, count: int
    ) -> None:
        self._cell, self._weights, self._count = cell, weights, count
        self._specs = {name: (shapes[name], dtypes[name]) for name in cell.values}
        self._recurrence = BatchRecurrence(cell, weights, shapes, dtypes, count)
        self._computes: dict[str, Compute] = {
            e.name: compile_node(e.node, cell.shapes, cell.values, together=True)
            for e in cell.equations
        }

    def run(self, inputs: Values, states: Mapping[int, Values]) -> Window:
        """Run over a window.

        Args:
            inputs: what the layer reads, (timesteps, samples, …), by name.
            states: what the first timestep starts from, (samples, …), by name.

        Returns:
            Every value by name, (timesteps, samples, …).
        """
        cell, length = self._cell, len(inputs[self._cell.input.name])
        computes = dict(self._computes)
        for before, after in cell.carried.items():
            computes[before] = partial(shifted, after, {0: states[0][before]})
        window = Window(
            cell.values, length, self._weights, inputs, computes, self._specs, (self._count,)
        )
        if cell.states:
            window.add(self._recurrence.run(inputs, states[0]))
        return window
