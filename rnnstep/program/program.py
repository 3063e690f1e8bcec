"""A layer's equations, ready to run over a window of timesteps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from rnnstep.cells import Cell
from rnnstep.equations import Array
from rnnstep.equations.nodes import Binary, Name
from rnnstep.program.fast import load_machine
from rnnstep.program.packing import stacked
from rnnstep.program.packs import Pack
from rnnstep.program.plan import plan_of
from rnnstep.program.recurrence import Recurrence
from rnnstep.program.window import Compute, Window

Values = Mapping[str, Array]


class Program:
    """Runs a layer over windows of timesteps.

    What does not wait for a state is computed for the whole window, then the recurrence runs
    step by step; all other values are computed when they are asked for. Each timestep's values
    are the same bits whatever window it is in: no operation mixes timesteps.

    Args:
        cell: the equations.
        weights: by name, in one dtype.
        shapes: the shape of each value at one timestep.
        dtype: of every value.
    """

    def __init__(
        self,
        cell: Cell,
        weights: Values,
        shapes: Mapping[str, tuple[int, ...]],
        dtype: np.dtype[Any],
    ) -> None:
        self._cell, self._weights, self._dtype = cell, weights, dtype
        self._specs = {name: (shapes[name], dtype) for name in cell.values}
        plan = plan_of(cell)
        self._recurrence = Recurrence(cell, weights, plan, shapes, dtype)
        self._products = tuple(self._input_products(plan.ahead))
        self._computes: dict[str, Compute] = dict(plan.computes)

    def run(self, inputs: Values, states: Mapping[int, Values], fast: bool = False) -> Window:
        """Run over a window.

        Args:
            inputs: what the layer reads, (timesteps, …), by name.
            states: what timesteps start from, by name: the first of the window, and each that
                does not start from what the one before it ends with.
            fast: on the compiled machine, if it is installed and can. The last bits may differ.

        Returns:
            Every value by name, (timesteps, …).
        """
        length = len(inputs[self._cell.input.name])
        computes = self._computes | dict(self._states(states))
        window = Window(self._cell.values, length, self._weights, inputs, computes, self._specs)
        if not self._cell.states:
            return window
        machine = load_machine(self._dtype) if fast else None
        given = self._given(window, machine)
        carried = self._recurrence.run_compiled(given, states, machine) if machine else None
        if carried is None:
            window.add(self._recurrence.run(given, states))
        else:
            window.add(carried)
            rest = [name for name in self._recurrence.made.places if name not in carried]
            window.later({name: partial(self._again, name, given) for name in rest})
        return window

    @property
    def recurrent_bytes(self) -> int:
        """The bytes of weights that the recurrence reads at every timestep."""
        return self._recurrence.weight_bytes

    @property
    def seconds(self) -> float:
        """What the recurrence takes for a timestep on NumPy, about."""
        return self._recurrence.seconds

    def _again(self, name: str, given: Array, window: Window) -> Array:
        """A value that was made on the way, and is made again: with it, all of them are."""
        values = self._recurrence.again(given, window)
        window.add({other: values[other] for other in values if not window.has(other)})
        return values[name]

    def _states(self, states: Mapping[int, Values]) -> Iterator[tuple[str, Compute]]:
        """How what each timestep starts from is made of what the one before it ends with."""
        for before, after in self._cell.carried.items():
            starts = {row: state[before] for row, state in states.items()}
            yield before, partial(shifted, after, starts)

    def _given(self, window: Window, machine: Any) -> Array:
        """What the recurrence reads at each timestep, and no state goes into."""
        buffer = self._recurrence.given
        length = window.length
        filled = machine.whole_groups(length) if machine else length
        every = np.empty((filled, buffer.flat.size), self._dtype)
        rows = every[:length]
        done: set[str] = set()
        with np.errstate(all="ignore"):
            for matrix, name, products in self._products:
                begin, end = buffer.places[products[0]][0], buffer.places[products[-1]][1]
                if machine:
                    machine.all_products(matrix, window[name], every, begin)
                else:
                    # one product for each, so that none depends on how many there are
                    column = window[name][..., np.newaxis]
                    rows[:, begin:end] = np.matmul(matrix, column)[..., 0]
                done.update(products)
        rest = [name for name in buffer.places if name not in done]
        for name in rest:
            begin, end = buffer.places[name]
            rows[:, begin:end] = window[name].reshape(length, -1)
        window.add(buffer.over_time(rows, done))
        return rows

    def _input_products(self, packs: Sequence[Pack]) -> Iterator[tuple[Array, str, list[str]]]:
        """The products that can be computed as one: the matrix, the input, the values' names."""
        inputs = {declaration.name for declaration in self._cell.inputs}
        for pack in packs:
            found: list[tuple[str, str, str]] = []
            for equation in pack:
                match equation.node:
                    case Binary("@", Name(matrix), Name(vector)) if vector in inputs:
                        found.append((equation.name, matrix, vector))
            given = all(name in self._recurrence.given for name, _, _ in found)
            if len(found) < len(pack) or not given or len({v for _, _, v in found}) > 1:
                continue
            together = stacked([self._weights[matrix] for _, matrix, _ in found])
            if together is not None:
                yield together, found[0][2], [name for name, _, _ in found]


def shifted(name: str, starts: Mapping[int, Array], window: Values) -> Array:
    """What each timestep starts from: ``name`` of the one before it, or what is given."""
    after = window[name]
    before = np.empty_like(after)
    before[1:] = after[:-1]
    for row, state in starts.items():
        before[row] = state
    return before
