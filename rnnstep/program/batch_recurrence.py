"""The recurrence of many sequences side by side, on buffers of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np

from rnnstep.cells import Cell, Equation
from rnnstep.equations import Array, compile_node, dependencies
from rnnstep.equations.nodes import Name, Node
from rnnstep.program.buffers import Buffer
from rnnstep.program.instructions import Find, Instruction, Instructions, NotDirectError
from rnnstep.program.packing import assign, pack_calls, stacked
from rnnstep.program.packs import Pack
from rnnstep.program.plan import plan_of

Values = Mapping[str, Array]
Shapes = Mapping[str, tuple[int, ...]]
Dtypes = Mapping[str, np.dtype[Any]]


class BatchRecurrence:
    """Runs what a timestep hands to the next one, samples side by side on the last axis.

    Values of one timestep lie one behind the other, (…, samples) each: so the gates are one
    block of memory, and one call of numpy, for a batch as they are for one sequence.

    Args:
        cell: whose equations they are.
        weights: by name.
        shapes: the shape of each value at one timestep of one sequence.
        dtypes: of each value.
        count: how many samples there are.
    """

    def __init__(
        self, cell: Cell, weights: Values, shapes: Shapes, dtypes: Dtypes, count: int
    ) -> None:
        self._cell, self._weights, self._count = cell, weights, count
        self._dtype = dtypes[cell.output]
        plan = plan_of(cell)
        packs = plan.ahead + plan.stepwise
        equations = [equation for pack in packs for equation in pack]
        read = {name for equation in equations for name in dependencies(equation.node)}
        self._inputs = {
            d.name: np.zeros((*shapes[d.name], count), dtypes[d.name])
            for d in cell.inputs
            if d.name in read
        }
        self._made = self._buffer([e.name for e in equations], shapes)
        self._states = self._buffer([s.name for s in cell.states], shapes)
        self._calls = [call for pack in packs for call in self._pack(pack)]
        self._lock = Lock()

    def run(self, inputs: Values, state: Values) -> dict[str, Array]:
        """Run through some timesteps.

        Args:
            inputs: what the layer reads, (timesteps, samples, …), by name.
            state: what the first timestep starts from, (samples, …), by name.

        Returns:
            What is carried, (timesteps, samples, …), by the names it has after a timestep.
        """
        carried = self._cell.carried
        length = len(inputs[self._cell.input.name])
        reads = {name: np.moveaxis(inputs[name], 1, -1) for name in self._inputs}
        kept = {
            after: np.empty((length, *self._made.view(after).shape), self._dtype)
            for after in carried.values()
        }
        with self._lock, np.errstate(all="ignore"):
            for name in carried:
                self._states.view(name)[...] = np.moveaxis(state[name], 0, -1)
            self._steps(length, reads, kept)
        return {name: np.moveaxis(array, -1, 1) for name, array in kept.items()}

    def _steps(self, length: int, reads: Values, kept: dict[str, Array]) -> None:
        into = [(self._inputs[name], array) for name, array in reads.items()]
        out = [
            (self._made.view(after), self._states.view(before), kept[after])
            for before, after in self._cell.carried.items()
        ]
        for t in range(length):
            for place, array in into:
                place[...] = array[t]
            for function, arguments in self._calls:
                function(*arguments)
            for made, carried, array in out:
                carried[...] = made
                array[t] = made

    def _buffer(self, names: Sequence[str], shapes: Shapes) -> Buffer:
        return Buffer({name: (*shapes[name], self._count) for name in names}, self._dtype)

    def _pack(self, pack: Pack) -> list[Instruction]:
        together = self._together(self._made, [equation.name for equation in pack])
        return pack_calls(pack, together, self._direct, self._alone)

    def _alone(self, equation: Equation) -> list[Instruction]:
        out = self._made.view(equation.name)
        try:
            return self._direct([equation.node], out)
        except NotDirectError:
            node, cell = equation.node, self._cell
            compute = compile_node(node, cell.shapes, cell.values, together=True)
            names = {name: self._rows(name) for name in dependencies(node)}
            return [(assign, (compute, names, np.moveaxis(out, -1, 0)))]

    def _rows(self, name: str) -> Array:
        """A weight, or a value with its samples on the first axis."""
        found = self._find([name])
        assert found is not None
        return found if name in self._weights else np.moveaxis(found, -1, 0)

    def _direct(self, nodes: Sequence[Node], out: Array) -> list[Instruction]:
        instructions = _BatchInstructions(self._find, self._dtype, self._weights)
        instructions.write(nodes, out)
        return instructions.calls

    def _find(self, names: Sequence[str]) -> Array | None:
        first = names[0]
        if first in self._weights:
            return stacked([self._weights[name] for name in names])
        if first in self._inputs:
            return self._inputs[first] if len(names) == 1 else None
        for store in (self._made, self._states):
            if all(name in store for name in names):
                return store.view(first) if len(names) == 1 else self._together(store, names)
        return None

    def _together(self, store: Buffer, names: Sequence[str]) -> Array | None:
        found = store.together(names)
        return None if found is None else found.reshape(-1, self._count)


class _BatchInstructions(Instructions):
    """The same calls on (…, samples): a weight beside a value is that of every sample."""

    _vector_axes = 2

    def __init__(self, find: Find, dtype: np.dtype[Any], weights: Collection[str]) -> None:
        super().__init__(find, dtype)
        self._weights = weights

    def _operand(self, nodes: Sequence[Node], room: Array | None, like: Array | None = None) -> Any:
        found = super()._operand(nodes, room, like)
        match nodes[0]:
            case Name(name=name) if name in self._weights and np.ndim(found):
                return found[..., np.newaxis]
        return found

    def _fits(self, operand: Array, out: Array) -> bool:
        return np.broadcast_shapes(np.shape(operand), out.shape) == out.shape
