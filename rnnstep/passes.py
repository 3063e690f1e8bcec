"""A run of layers that do not go through time together, with changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rnnstep.changes import Change, InputChange, LayerChange, Models, StateChange, refuse_stretch
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.joining import Part
from rnnstep.layer import Values
from rnnstep.making import State
from rnnstep.model import Model
from rnnstep.run import Run
from rnnstep.sweep import Sweep


class Passes:
    """A run in several passes through time.

    Its layers change for all timesteps. The sequence and states change at a timestep, and each
    of these changes forks the run with those before it: a pass after another, and in each in
    the order in which it comes through them.

    Args:
        models: the model, and what changes make of it.
        xs: the sequence, (timesteps, features).
        state: the states before the first timestep.
        budget: bytes of states to keep at the most.
    """

    def __init__(self, models: Models, xs: Array, state: State, budget: int) -> None:
        self._models, self._xs, self._state, self._budget = models, xs, state, budget
        self._changes: tuple[Change, ...] = ()
        self._unforked = self._run = Run(models.of(()), xs, state, budget)

    def changed(self, changes: Sequence[Change], origin: int) -> Passes:  # noqa: ARG002
        """The same run with some changes more.

        Raises:
            InputError: a layer or the sequence would change over a part of the run.
        """
        fork = object.__new__(Passes)
        fork.__dict__.update(self.__dict__)
        fork._changes = (*self._changes, *changes)
        layers = [change for change in fork._changes if isinstance(change, LayerChange)]
        if not all(change.whole(len(self._xs)) for change in layers):
            raise refuse_stretch(self.model)
        model = self._models.of(layers)
        if model is not self._unforked.model:
            fork._unforked = Run(model, self._xs, self._state, self._budget)
        run = fork._unforked
        for change in fork._changes:
            if isinstance(change, InputChange):
                run = _with_input(run, change)
        states = [change for change in fork._changes if isinstance(change, StateChange)]
        for state in sorted(states, key=lambda change: _when(model, change)):
            run = _with_state(run, state)
        fork._run = run
        return fork

    @property
    def model(self) -> Model:
        """The layers, as changed."""
        return self._run.model

    def model_at(self, t: int) -> Model:  # noqa: ARG002
        """The layers of a timestep."""
        return self._run.model

    def values(self, t: int) -> tuple[Values, ...]:
        """Every value of every layer at a timestep."""
        return self._run.values(t)

    def reach(self, t: int) -> Iterator[int]:
        """Run on to a timestep, sweep by sweep; how many timesteps of each have been run."""
        return self._run.reach(t)

    def run_ahead(self, t: int) -> None:
        """See :meth:`rnnstep.sweep.Sweep.run_ahead`."""
        self._run.run_ahead(t)

    def carried_into(self, t: int) -> State:
        """What each layer starts a timestep from."""
        return self._run.carried_into(t)

    def input_at(self, t: int) -> Array:
        """The input of a timestep, as edited."""
        return self._run.input_at(t)

    def parts(self, layer: int, name: str, times: range) -> Iterator[Part]:
        """A layer's value at timesteps one after another, block by block."""
        yield from self._run.parts(layer, name, times)

    def stretches(self, start: int, stop: int) -> Iterator[tuple[int, int, Model]]:
        """The one stretch between two timesteps: begin, end and the layers."""
        yield start, stop, self.model

    def forget(self, keep: int = 0) -> None:
        """Drop the values that are remembered, not the states that are kept."""
        self._run.forget(keep)

    @property
    def sweeps(self) -> list[Sweep]:
        """Of each pass one."""
        return self._run.sweeps

    @property
    def stride(self) -> int:
        """Timesteps from one kept state to the next, at the most."""
        return self._run.stride


def _when(model: Model, change: StateChange) -> tuple[int, int]:
    """The pass that a state is changed in, and when it comes there."""
    number, _ = model.homes[change.layer]
    return number, -change.start if model.layers[change.layer].reverse else change.start


def _with_input(run: Run, change: InputChange) -> Run:
    if change.stop != change.start + 1:
        raise InputError("the sequence of this model can be changed at one timestep at a time")
    row = change.edit(np.asarray(run.input_at(change.start))[np.newaxis])[0]
    return run.fork(change.start, row, {})


def _with_state(run: Run, change: StateChange) -> Run:
    states = dict(run.carried_into(change.start)[change.layer])
    array = change.edit(states[change.name])
    array.flags.writeable = False
    states[change.name] = array
    return run.fork(change.start, None, {change.layer: states})
