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

if TYPE_CHECKING:
    from rnnstep.program.compiled import Compiled

Values = Mapping[str, Array]
States = Mapping[int, Values]
"""What timesteps start from, by name."""

_CALL, _READ = 0.7e-6, 5e10
"""Seconds for a call of NumPy, and bytes of weights read in a second, about."""


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
        self._states = Buffer({state.name: shapes[state.name] for state in cell.states}, dtype)
        self._kept = Buffer({name: shapes[name] for name in cell.carried.values()}, dtype)
        self._calls = [call for pack in plan.stepwise for call in self._pack(pack)]
        self._carried = [
            (self._states.view(before), self.made.view(after))
            for before, after in cell.carried.items()
        ]
        self._lock = Lock()
        self._compiled: Compiled | None = None
        self._lacking = False
        self.weight_bytes = sum(weights[name].nbytes for name in plan.weights)

    @property
    def seconds(self) -> float:
        """What NumPy takes for a timestep, about."""
        return (len(self._calls) + len(self._carried)) * _CALL + self.weight_bytes / _READ

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
            for times in self._starting(states, len(given), self._states.flat):
                self._step(given[times], made[times])
        return self.made.over_time(made)

    def run_compiled(self, given: Array, states: States, machine: Any) -> Values | None:
        """The same on the machine, see :func:`rnnstep.program.fast.load_machine`.

        Returns:
            What is carried, (timesteps, …), by name; ``None`` if the machine lacks a function.
        """
        with self._lock:
            compiled = self._compile(machine)
            if compiled is None:
                return None
            kept = np.empty((len(given), self._kept.flat.size), self._dtype)
            for times in self._starting(states, len(given), compiled.states):
                compiled.step(given[times], kept[times])
        return self._kept.over_time(kept)

    def again(self, given: Array, states: Values) -> Values:
        """What was made when the machine ran, in the same bits.

        Args:
            given: what was computed before, (timesteps, places).
            states: what each timestep starts from, (timesteps, …), by name.

        Returns:
            What was made, (timesteps, …), by name.
        """
        compiled = self._compiled
        assert compiled is not None
        length = len(given)
        starts = [states[name].reshape(length, -1) for name in self._states.places]
        made = np.empty((length, self.made.flat.size), self._dtype)
        compiled.again(np.concatenate([given, *starts], axis=1), made)
        return self.made.over_time(made)

    def _starting(self, states: States, length: int, into: Array) -> Iterator[slice]:
        """The timesteps from one that a state is given for to the next, the state put in place."""
        for begin, end in pairwise([*sorted(states), length]):
            for name, array in states[begin].items():
                into[slice(*self._states.places[name])] = array.reshape(-1)
            yield slice(begin, end)

    def _compile(self, machine: Any) -> Compiled | None:
        if self._compiled is None and not self._lacking:
            from rnnstep.program.compiled import compiled

            regions = (self.given.flat, self.made.flat, self._states.flat)
            self._compiled = compiled(self._calls, self._carried, regions, machine)
            self._lacking = self._compiled is None
        return self._compiled

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
        for store in (self.given, self.made, self._states):
            if all(name in store for name in names):
                return store.view(first) if len(names) == 1 else store.together(names)
        return None
