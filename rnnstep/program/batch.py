"""A layer's equations for many sequences side by side: one product of matrices a timestep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property, partial

from rnnstep.cells import Cell
from rnnstep.equations import Array, compile_node
from rnnstep.program.batch_compiled import CompiledBatch
from rnnstep.program.batch_recurrence import BatchRecurrence, Dtypes, Shapes
from rnnstep.program.batch_tables import of_recurrence, of_value
from rnnstep.program.fast import load_batch_machine
from rnnstep.program.plan import plan_of, with_products
from rnnstep.program.program import Values, shifted
from rnnstep.program.recurrence import CALL, Recurrence
from rnnstep.program.translate import NotTranslatableError
from rnnstep.program.window import Compute, Window

FEW = 4
"""Samples from which on the machine, which runs a group of eight, is faster than NumPy."""

_NUMBER, _PRODUCT = 1e-9, 1.2e-11
"""Seconds for which NumPy computes a number, and multiplies two and adds them up, about."""


class BatchProgram:
    """Runs a layer over windows of timesteps of many sequences.

    Kept is what is carried; all other values are computed from it when they are asked for, those
    of the recurrence by whoever ran it, NumPy or the compiled machine.

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
        self._plan = with_products(plan_of(cell), cell)
        self._shapes, self._dtypes, self._dtype = shapes, dtypes, dtypes[cell.output]
        self._tables: dict[str, CompiledBatch] = {}
        self._computes: dict[str, Compute] = {
            e.name: compile_node(e.node, cell.shapes, cell.values, together=True)
            for e in cell.equations
        }

    def run(self, inputs: Values, states: Mapping[int, Values], fast: bool = False) -> Window:
        """Run over a window.

        Args:
            inputs: what the layer reads, (timesteps, samples, …), by name.
            states: what the first timestep starts from, (samples, …), by name.
            fast: on the compiled machine, if it is installed and can. The last bits may differ.

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
        compiled = self._compiled if fast and cell.states else None
        if compiled:
            made = compiled.run(inputs, states[0], length, self._count)
            for before, after in cell.carried.items():
                made[after][0] = states[0][before]
                window.add({before: made[after][:-1], after: made[after][1:]})
            window.later({name: partial(self._asked, name) for name in self._made(window)})
        elif cell.states:
            window.add(self._recurrence.run(inputs, states[0]))
        return window

    def _made(self, window: Window) -> list[str]:
        """What the machine makes on the way and does not keep."""
        equations = [equation for pack in self._plan.stepwise for equation in pack]
        return [equation.name for equation in equations if not window.has(equation.name)]

    def _asked(self, name: str, window: Window) -> Array:
        """One of these, made again of what each timestep starts from."""
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = CompiledBatch(
                of_value(self._one, name), load_batch_machine(self._dtype)
            )
        given = {other: window[other] for other in table.given}
        return table.run(given, {}, window.length, self._count)[name]

    @property
    def seconds(self) -> float:
        """What NumPy takes for a timestep of all sequences where the machine is faster, about."""
        if not self._cell.states or self._count < FEW:
            return 0.0
        equations = [equation for pack in self._plan.stepwise for equation in pack]
        numbers = sum(math.prod(self._shapes[equation.name]) for equation in equations)
        weights = sum(self._weights[name].size for name in self._plan.weights)
        return len(equations) * CALL + self._count * (numbers * _NUMBER + weights * _PRODUCT)

    @cached_property
    def _recurrence(self) -> BatchRecurrence:
        """The recurrence on NumPy."""
        return BatchRecurrence(self._cell, self._weights, self._shapes, self._dtypes, self._count)

    @cached_property
    def _compiled(self) -> CompiledBatch | None:
        """The recurrence on the machine; ``None`` if that cannot be had or lacks a function."""
        machine = load_batch_machine(self._dtype)
        if machine is None:
            return None
        try:
            return CompiledBatch(of_recurrence(self._one), machine)
        except NotTranslatableError:
            return None

    @cached_property
    def _one(self) -> Recurrence:
        """That of one sequence, the input's products a part of it."""
        return Recurrence(self._cell, self._weights, self._plan, self._shapes, self._dtype)
