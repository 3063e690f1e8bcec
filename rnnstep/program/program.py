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
from rnnstep.program.products import Products, read_only
from rnnstep.program.recurrence import Recurrence
from rnnstep.program.window import Compute, Window

Values = Mapping[str, Array]
InputProducts = tuple[Products, str, list[str]]
"""A matrix's, of which input, and the names of the values that they are."""

_AFTERWARDS = 2
"""How many windows keep what is made on the way, once that was asked for: the next one may have
been run before it was."""


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
        self._ahead = self._alone(self._products)
        self._rest = self._recurrence.made.places.keys() - cell.carried.values()
        self._wanted = 0
        self._computes: Mapping[str, Compute] = plan.computes
        self._remade: dict[str, Compute] = {name: partial(self._again, name) for name in self._rest}
        if self._ahead:
            [(_, _, products)] = self._products
            self._remade |= {name: partial(self._multiplied, name) for name in products}

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
        cell, length = self._cell, len(inputs[self._cell.input.name])
        window = Window(cell.values, length, self._weights, inputs, self._computes, self._specs)
        if not cell.states:
            return window
        machine = load_machine(self._dtype) if fast else None
        ahead = self._ahead.matrix if self._ahead else None
        if machine and self._recurrence.compiles(machine, ahead):
            self._run_compiled(window, machine, states)
        else:
            window.later(dict(self._states(states)))
            window.add(self._recurrence.run(self._given(window, None), states))
        return window

    def _run_compiled(self, window: Window, machine: Any, states: Mapping[int, Values]) -> None:
        whole, self._wanted = self._wanted > 0, max(self._wanted - 1, 0)
        window.later(self._remade)
        kept = self._recurrence.run_compiled(self._read(window, machine), states, whole)
        if whole:
            window.later({name: partial(self._kept, kept, name) for name in self._rest})
            kept = {name: array for name, array in kept.items() if name not in self._rest}
        window.add(kept)

    @property
    def on_one_core(self) -> bool:
        """See :attr:`rnnstep.layer.Layer.on_one_core`."""
        return not self._cell.states or self._recurrence.on_one_core

    @property
    def recurrent_bytes(self) -> int:
        """The bytes of weights that the recurrence reads at every timestep."""
        return self._recurrence.weight_bytes

    @property
    def seconds(self) -> float:
        """What the recurrence takes for a timestep on NumPy, about."""
        return self._recurrence.seconds

    @property
    def compiled_seconds(self) -> float:
        """What the recurrence takes for a timestep on the compiled machine, about."""
        return self._recurrence.compiled_seconds

    def _kept(self, kept: Values, name: str, _: Window) -> Array:
        """A value that was made on the way and kept."""
        self._wanted = _AFTERWARDS
        return kept[name]

    def _again(self, name: str, window: Window) -> Array:
        """A value that was made on the way, and is made again: with it, all of them are."""
        self._wanted = _AFTERWARDS
        values = self._recurrence.again(window)
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
        rows = np.empty((length, buffer.flat.size), self._dtype)
        done: set[str] = set()
        with np.errstate(all="ignore"):
            for products, name, values in self._products:
                products.write(machine, window[name], rows, buffer.places[values[0]][0])
                done.update(values)
        rest = [name for name in buffer.places if name not in done]
        for name in rest:
            begin, end = buffer.places[name]
            rows[:, begin:end] = window[name].reshape(length, -1)
        window.add(buffer.over_time(rows, done))
        return rows

    def _read(self, window: Window, machine: Any) -> Array:
        """What the machine multiplies ahead, (timesteps, columns), or what it is given instead."""
        if self._ahead is None:
            return read_only(self._given(window, machine))
        [(_, name, _)] = self._products
        return read_only(window[name].astype(self._dtype, copy=False))

    def _multiplied(self, name: str, window: Window) -> Array:
        """What the machine has multiplied ahead and not kept: with it, all of it is made again."""
        self._given(window, load_machine(self._dtype))
        return window[name]

    def _alone(self, found: Sequence[InputProducts]) -> Products | None:
        """What makes everything that the recurrence is given, if one matrix does."""
        match found:
            case [(products, _, values)] if products.packs:
                return products if len(values) == len(self._recurrence.given.places) else None
        return None

    def _input_products(self, packs: Sequence[Pack]) -> Iterator[InputProducts]:
        """The products that can be computed as one: of which input, and the values' names."""
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
                yield Products(together), found[0][2], [name for name, _, _ in found]


def shifted(name: str, starts: Mapping[int, Array], window: Values) -> Array:
    """What each timestep starts from: ``name`` of the one before it, or what is given."""
    after = window[name]
    before = np.empty_like(after)
    before[1:] = after[:-1]
    for row, state in starts.items():
        before[row] = state
    return before
