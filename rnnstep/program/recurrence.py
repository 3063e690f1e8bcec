"""The part of a layer that has to run a timestep after the other, on buffers of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnstep.cells import Cell, Equation
from rnnstep.equations import Array, Node, compile_node, dependencies
from rnnstep.program.buffers import Buffer
from rnnstep.program.instructions import Instruction, Instructions, NotDirectError
from rnnstep.program.packing import assign, pack_calls, stacked
from rnnstep.program.packs import Pack
from rnnstep.program.plan import Plan
from rnnstep.program.products import read_only

if TYPE_CHECKING:
    from rnnstep.program.compiled import Compiled
    from rnnstep.program.translate import Table

Values = Mapping[str, Array]
States = Mapping[int, Values]
"""What timesteps start from, by name."""

CALL, _READ = 0.7e-6, 5e10
"""Seconds for a call of NumPy, and bytes of weights read in a second, about."""
_QUICKER, _SHARED = 16, 1.2
"""How many times as fast the machine is at what a call does, and at reading weights."""


class Recurrence:
    """Runs the equations of the recurrence.

    Args:
        cell: whose equations they are.
        weights: by name.
        plan: when and how they run.
        shapes: the shape of each name at one timestep.
        dtype: of every value.
    """

    def __init__(
        self,
        cell: Cell,
        weights: Mapping[str, Array],
        plan: Plan,
        shapes: Mapping[str, tuple[int, ...]],
        dtype: np.dtype[Any],
    ) -> None:
        self._cell, self._weights, self._dtype = cell, weights, dtype
        self.given = Buffer({name: shapes[name] for name in plan.given}, dtype)
        self.made = Buffer({e.name: shapes[e.name] for pack in plan.stepwise for e in pack}, dtype)
        self.states = Buffer({state.name: shapes[state.name] for state in cell.states}, dtype)
        self._shapes = shapes
        self.kept = Buffer({name: shapes[name] for name in cell.carried.values()}, dtype)
        self._calls = [call for pack in plan.stepwise for call in self._pack(pack)]
        self._carried = [
            (self.states.view(before), self.made.view(after))
            for before, after in cell.carried.items()
        ]
        self._lock = Lock()
        self._compiled: Compiled | None = None
        self._lacking = False
        self.weight_bytes = sum(weights[name].nbytes for name in plan.weights)

    @property
    def seconds(self) -> float:
        """What NumPy takes for a timestep, about."""
        return (len(self._calls) + len(self._carried)) * CALL + self.weight_bytes / _READ

    @property
    def compiled_seconds(self) -> float:
        """What the compiled machine takes for a timestep, about."""
        return len(self._calls) * CALL / _QUICKER + self.weight_bytes / _READ / _SHARED

    @property
    def on_one_core(self) -> bool:
        """Whether the machine has run it, and needs neither other cores nor the interpreter."""
        return self._compiled is not None and self._compiled.on_one_core

    def run(self, given: Array, states: States) -> Values:
        """Run through some timesteps on NumPy.

        Args:
            given: what was computed before, (timesteps, places).
            states: what a timestep starts from, for the first and for each that does not start
                from what the one before it ends with.

        Returns:
            What was made, (timesteps, …), by name.
        """
        made = np.empty((len(given), self.made.flat.size), self._dtype)
        with self._lock, np.errstate(all="ignore"):
            for times in self._starting(states, len(given), self.states.flat):
                self._step(given[times], made[times])
        return self.made.over_time(made)

    def compiles(self, machine: Any, ahead: Array | None) -> bool:
        """Whether the machine has all functions that it takes.

        Args:
            machine: see :func:`rnnstep.program.fast.load_machine`.
            ahead: the matrix that makes what is given of the input, if one does.
        """
        from rnnstep.program.translate import NotTranslatableError

        with self._lock:
            if self._compiled is None and not self._lacking:
                try:
                    self._compiled = self._compile(machine, ahead)
                except NotTranslatableError:
                    self._lacking = True
            return self._compiled is not None

    def run_compiled(self, inputs: Array, states: States, whole: bool = False) -> Values:
        """The same on the machine, if it :meth:`compiles`.

        Args:
            inputs: what is multiplied ahead, or what was computed before if nothing is,
                (timesteps, columns), read-only.
            states: as for :meth:`run`.
            whole: keep everything that is made, not only what is carried.

        Returns:
            What is kept, and what each timestep starts from, (timesteps, …), by name.
        """
        buffer = self.made if whole else self.kept
        parts: list[Values] = []
        with self._lock:
            compiled = self._compiled
            assert compiled is not None
            for times in self._starting(states, len(inputs), compiled.states):
                rows = np.empty((1 + times.stop - times.start, buffer.flat.size), self._dtype)
                parts.append(self._named(buffer.apart(rows), compiled.states))
                compiled.step(inputs[times], rows, whole)
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _named(self, arrays: Values, states: Array) -> Values:
        """Where what is kept will be: a state is what the timestep before it ends with."""
        found = {name: array[1:] for name, array in arrays.items()}
        for before, after in self._cell.carried.items():
            begin, end = self.states.places[before]
            array = arrays[after]
            array[0] = states[begin:end].reshape(array.shape[1:])
            found[before] = array[:-1]
        return found

    def again(self, values: Values) -> Values:
        """What was made when the machine ran, in the same bits.

        Args:
            values: by name what was computed before, and what each timestep starts from,
                (timesteps, …).

        Returns:
            What was made, (timesteps, …), by name.
        """
        compiled = self._compiled
        assert compiled is not None
        names = [*self.given.places, *self.states.places]
        read = [values[name].reshape(len(values[name]), -1) for name in names]
        made = np.empty((len(read[0]), self.made.flat.size), self._dtype)
        compiled.again(read_only(np.concatenate(read, axis=1)), made)
        return self.made.over_time(made)

    def table(self, ahead: Array | None = None) -> Table:
        """What the machine runs, see :class:`rnnstep.program.translate.Translation`.

        Args:
            ahead: the matrix that makes what is given of the input, if one does.

        Raises:
            NotTranslatableError: it lacks a function.
        """
        from rnnstep.program.translate import Translation

        regions = (self.given.flat, self.made.flat, self.states.flat)
        made = [end - begin for begin, end in self.made.places.values()]
        return Translation(self._dtype, regions).table(self._calls, self._carried, ahead, made)

    def alone(self) -> Table:
        """What the machine runs to make a timestep's values of what it starts from.

        Raises:
            NotTranslatableError: it lacks a function.
        """
        from rnnstep.program.translate import Translation

        regions = (self.given.flat, self.made.flat, self.states.flat)
        return Translation(self._dtype, regions).alone(self._calls)

    def _starting(self, states: States, length: int, into: Array) -> Iterator[slice]:
        """The timesteps from one that a state is given for to the next, the state put in place."""
        for begin, end in pairwise([*sorted(states), length]):
            for name, array in states[begin].items():
                into[slice(*self.states.places[name])] = array.reshape(-1)
            yield slice(begin, end)

    def _compile(self, machine: Any, ahead: Array | None) -> Compiled:
        from rnnstep.program.compiled import Compiled

        regions = (self.given.flat, self.made.flat, self.states.flat)
        return Compiled(self.table(ahead), regions, machine)

    def _step(self, given: Array, made: Array) -> None:
        reads, makes = self.given.flat, self.made.flat
        calls = [*self._calls, *((np.copyto, pair) for pair in self._carried)]
        for before, after in zip(given, made, strict=True):
            reads[...] = before
            for function, arguments in calls:
                function(*arguments)
            after[...] = makes

    def _pack(self, pack: Pack) -> list[Instruction]:
        together = self.made.together([equation.name for equation in pack])
        return pack_calls(pack, together, self._direct, self._alone)

    def _alone(self, equation: Equation) -> list[Instruction]:
        out = self.made.view(equation.name)
        try:
            return self._direct([equation.node], out)
        except NotDirectError:
            compute = compile_node(equation.node, self._cell.shapes)
            names = {name: self._find([name]) for name in dependencies(equation.node)}
            return [(assign, (compute, names, out))]

    def _direct(self, nodes: Sequence[Node], out: Array) -> list[Instruction]:
        instructions = Instructions(self._find, self._dtype)
        instructions.write(nodes, out)
        return instructions.calls

    def _find(self, names: Sequence[str]) -> Array | None:
        first = names[0]
        if first in self._weights:
            return stacked([self._weights[name] for name in names])
        for store in (self.given, self.made, self.states):
            if all(name in store for name in names):
                return store.view(first) if len(names) == 1 else store.together(names)
        return None
