"""A model over one sequence: every layer's values at any timestep, whichever way it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rnnstep.economy import MEMORY_BUDGET
from rnnstep.equations import Array
from rnnstep.feeding import Upstream
from rnnstep.joining import Part, joined
from rnnstep.layer import Values
from rnnstep.making import State
from rnnstep.model import Model
from rnnstep.source import SEQUENCE
from rnnstep.sweep import Sweep

Interval = tuple[int, int]
"""The first and the last timestep of a stretch."""


class Run:
    """The sweeps of a model over a sequence, each fed by the sequence and the sweeps before it.

    Args:
        model: the layers, fitted to the sequence.
        xs: the input, (timesteps, features).
        state: the states before the first timestep, of every layer.
        budget: bytes of states to keep at the most.
    """

    def __init__(self, model: Model, xs: Array, state: State, budget: int = MEMORY_BUDGET) -> None:
        self.model, self.xs = model, xs
        self._inputs: dict[int, Array] = {}
        self.sweeps: list[Sweep] = []
        share = budget // len(model.sweeps)
        for making in model.makings:
            states = tuple([state[index] for index in making.layers])
            self.sweeps.append(Sweep(making, len(xs), self._feed(), states, share))

    def _feed(self) -> Upstream:
        """What feeds the sweep after those that there are."""
        return Upstream(self.xs, self._inputs, self.sweeps, self.model.homes)

    def values(self, t: int) -> tuple[Values, ...]:
        """Every value of every layer at a timestep."""
        found = [sweep.values(t) for sweep in self.sweeps]
        homes = (self.model.homes[layer] for layer in range(len(self.model.layers)))
        return tuple(found[number][place] for number, place in homes)

    def reach(self, t: int) -> Iterator[int]:
        """Run on to a timestep, sweep by sweep; how many timesteps of each have been run."""
        for sweep in self.sweeps:
            yield from sweep.reach(t)

    def run_ahead(self, t: int) -> None:
        """See :meth:`rnnstep.sweep.Sweep.run_ahead`."""
        for sweep in self.sweeps:
            sweep.run_ahead(t)

    def carried_into(self, t: int) -> State:
        """What each layer starts a timestep from."""
        found = [sweep.carried_into(t) for sweep in self.sweeps]
        homes = (self.model.homes[layer] for layer in range(len(self.model.layers)))
        return tuple(found[number][place] for number, place in homes)

    def input_at(self, t: int) -> Array:
        """The input of a timestep, as edited."""
        edited = self._inputs.get(t)
        return self.xs[t] if edited is None else edited

    def forget(self, keep: int = 0) -> None:
        """Drop the values that are remembered, not the states that are kept."""
        for sweep in self.sweeps:
            sweep.forget(keep)

    @property
    def stride(self) -> int:
        """Timesteps from one kept state to the next, at the most."""
        return max(sweep.stride for sweep in self.sweeps)

    def parts(self, layer: int, name: str, times: range) -> Iterator[Part]:
        """A layer's value at timesteps one after another, block by block."""
        yield from self.sweeps[self.model.homes[layer][0]].parts(layer, name, times)

    def series(self, layer: int, name: str, times: range) -> Array:
        """A layer's value at timesteps one after another, (timesteps, …)."""
        return joined(self.parts(layer, name, times), len(times))

    def fork(self, t: int, x_t: Array | None, state: Mapping[int, Values]) -> Run:
        """The same run with another input, or other states carried into a timestep.

        Args:
            t: the timestep.
            x_t: its input instead, if that is edited.
            state: the whole state of each layer whose state is edited.
        """
        fork = object.__new__(Run)
        fork.model, fork.xs = self.model, self.xs
        fork._inputs = self._inputs if x_t is None else {**self._inputs, t: x_t}
        fork.sweeps = []
        changed: list[Interval | None] = []
        for number, layers in enumerate(self.model.sweeps):
            reads = self._changed_reads(layers, changed, (t, t) if x_t is not None else None)
            edited = any(layer in state for layer in layers)
            stretch = _union(reads, (t, t) if edited else None)
            sweep = self.sweeps[number]
            if stretch is None:
                fork.sweeps.append(sweep)
                changed.append(None)
                continue
            reverse = self.model.layers[layers[0]].reverse
            carried = sweep.carried_into(t)
            whole = tuple(state.get(i, own) for i, own in zip(layers, carried, strict=True))
            begins = stretch[1] if reverse else stretch[0]
            into = {t: whole} if edited else {}
            fork.sweeps.append(sweep.fork(fork._feed(), begins, into))
            changed.append((0, begins) if reverse else (begins, len(self.xs) - 1))
        return fork

    def _changed_reads(
        self, layers: tuple[int, ...], changed: list[Interval | None], inputs: Interval | None
    ) -> Interval | None:
        """When what some layers read from outside their sweep differs from before."""
        stretch: Interval | None = None
        for source in (source for layer in layers for source in self.model.sources[layer]):
            if source.layer == SEQUENCE:
                stretch = _union(stretch, inputs)
            elif source.layer not in layers:
                other = changed[self.model.homes[source.layer][0]]
                everywhere = other is not None and source.final
                stretch = _union(stretch, (0, len(self.xs) - 1) if everywhere else other)
        return stretch


def _union(first: Interval | None, second: Interval | None) -> Interval | None:
    if first is None or second is None:
        return first or second
    return min(first[0], second[0]), max(first[1], second[1])
