"""Time travel: any timestep of a run, from what is kept or computed again exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from rnnstep.changes import Change, InputChange, Models, StateChange, in_one_pass
from rnnstep.economy import MEMORY_BUDGET
from rnnstep.engine import Step, initial_state, initial_step, state_with
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.fitting import fit_sequence
from rnnstep.joining import copy_parts, glance, one_array
from rnnstep.making import State
from rnnstep.model import Model
from rnnstep.pieces import Pieces
from rnnstep.room import room

if TYPE_CHECKING:
    import numpy.typing as npt

    from rnnstep.passes import Passes

INITIAL = -1
"""The place before the first timestep, where the initial state is."""


class Trace:
    """A run that can be read at any timestep, in any order.

    Timesteps are run in blocks. Only what is carried into a block is kept, for every block if
    the budget allows, else for some; the others are run again. A step is always computed by
    the same operations from the same carried state, so its bits do not depend on how it was
    reached.

    Args:
        model: the layers.
        xs: the input, (timesteps, features).
        state: initial states by name; zeros if absent.
        budget: bytes of states to keep at the most.

    Attributes:
        model: the layers; where a fork changes them over a stretch, see :meth:`model_at`.
        parent: the trace that this one was forked from, if any.
        origin: the timestep from which it differs from its parent.
        block: timesteps that are run together; reading one of them costs what reading all does.
        changes: what its parent was changed by.
    """

    def __init__(
        self,
        model: Model,
        xs: npt.ArrayLike,
        state: Mapping[str, npt.ArrayLike] | None = None,
        budget: int = MEMORY_BUDGET,
    ) -> None:
        self.model, self.xs = fit_sequence(model, xs)
        self.parent: Trace | None = None
        self.changes: tuple[Change, ...] = ()
        self.origin = 0
        first = initial_state(self.model, state)
        self._run = _run_of(self.model, self.xs, first, budget)
        self.block = max(sweep.blocks.long for sweep in self._run.sweeps)

    def __len__(self) -> int:
        """How many timesteps the run has."""
        return len(self.xs)

    @property
    def timesteps(self) -> int:
        """As ``len(trace)``."""
        return len(self.xs)

    @property
    def initial(self) -> Step:
        """The place before the first timestep: ``trace.initial["h_t"]`` is the initial state."""
        return initial_step(self.model_at(0), self.carried_into(0))

    def reach(self, t: int) -> Iterator[int]:
        """Run on to a timestep in parts, where reading it would take long without a word.

        Yields:
            how many timesteps have been run; none if all states on the way are kept already. Of
            layers that run through time apart, each from its own beginning.

        Raises:
            IndexError: there is no such timestep.
        """
        self._check(t)
        yield from self._run.reach(t)

    def run_ahead(self, t: int) -> None:
        """Go on running from a timestep while something is done with its block, where that pays.

        For who reads one block after the other: the values are the same, and sooner there.

        Raises:
            IndexError: there is no such timestep.
        """
        self._check(t)
        self._run.run_ahead(t)

    def frame(self, t: int) -> Step:
        """Every value of timestep ``t``; ``INITIAL`` is the place before the first.

        Raises:
            IndexError: there is no such timestep.
        """
        if t == INITIAL:
            return self.initial
        self._check(t)
        return Step(t, self._run.model_at(t), self._run.values(t))

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Step]:
        """The timesteps from ``start`` to before ``stop``, in order."""
        stop = len(self) if stop is None else min(stop, len(self))
        for t in range(start, stop):
            yield self.frame(t)

    def series(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """One value over time, shape (timesteps, …); the initial state is not part of it.

        Raises:
            UnknownNameError: no value has this name, or several have it.
            IndexError: there are no such timesteps.
        """
        layer, value = self.model.resolve(name)
        stop = len(self) if stop is None else min(stop, len(self))
        self._check_stretch(start, stop)
        if start == stop:
            owner = self.model.layers[layer]
            return np.empty((0, *owner.shape(value)), owner.dtype)
        result = one_array(self._run.parts(layer, value, range(start, stop)), stop - start)
        if np.may_share_memory(result, self.xs):
            # the sequence is the caller's, who may write to it
            result = result.copy()
        result.flags.writeable = False
        return result

    def glance(self, layer: int, name: str, start: int, stop: int) -> Array:
        """A value over time for who does not keep it: it may be a part of all values of a block.

        Args:
            layer: its place in the model.
            name: of the value, as the layer calls it.
            start: the first timestep.
            stop: the one behind the last; at least one is looked at.
        """
        return glance(self._run.parts(layer, name, range(start, stop)), stop - start)

    def values(
        self, names: Iterable[str] | None = None, start: int = 0, stop: int | None = None
    ) -> dict[str, Array]:
        """Several values over time by name, as :meth:`series` gives each; all if ``None``.

        The timesteps are run once for all of them, even where they are too many to be remembered.

        Raises:
            UnknownNameError: no value has such a name, or several have it.
            IndexError: there are no such timesteps.
        """
        stop = len(self) if stop is None else min(stop, len(self))
        self._check_stretch(start, stop)
        found: dict[str, Array] = {}
        places: dict[str, tuple[int, str]] = {}
        for name in self.model.value_names if names is None else names:
            layer, value = places[name] = self.model.resolve(name)
            owner = self.model.layers[layer]
            dtype = owner.input_dtypes.get(value, owner.dtype)
            found[name] = room((stop - start, *owner.shape(value)), dtype)
        bounds = [start, *range((start // self.block + 1) * self.block, stop, self.block), stop]
        for begin, end in pairwise(bounds) if start < stop else ():
            times = range(begin, end)
            copy_parts(
                (found[name][begin - start + place :], part)
                for name, where in places.items()
                for place, part in self._run.parts(*where, times)
            )
            # memory that was used before is there at once
            self._run.forget(1)
        for array in found.values():
            array.flags.writeable = False
        return found

    def fork(
        self,
        t: int,
        *,
        x_t: npt.ArrayLike | None = None,
        state: Mapping[str, npt.ArrayLike] | None = None,
    ) -> Trace:
        """A run that shares this one's past and differs from timestep ``t`` on.

        Args:
            t: the timestep whose input or incoming state is edited.
            x_t: its input instead, shape (features,).
            state: states carried into it instead, by name: ``{"h_prev": …}``.

        Raises:
            InputError: a shape or a name that does not fit.
            IndexError: there is no such timestep.
        """
        self._check(t)
        changes: list[Change] = []
        if x_t is not None:
            row = self._fitting_input(x_t)
            changes.append(InputChange(t, t + 1, lambda _: row[np.newaxis]))
        before = initial_state(self.model)
        after = state_with(self.model, before, state or {})
        for layer, (old, new) in enumerate(zip(before, after, strict=True)):
            given = {name: array for name, array in new.items() if array is not old[name]}
            changes += [StateChange(t, layer, n, partial(_given, a)) for n, a in given.items()]
        return self.changed(changes, t)

    def changed(self, changes: Sequence[Change], origin: int) -> Trace:
        """A run that shares this one's past and has some changes more.

        Args:
            changes: of inputs, states or layers.
            origin: the first timestep that any of them is about.

        Raises:
            InputError: layers that do not run through time together would change over a stretch.
        """
        fork = object.__new__(Trace)
        fork.xs, fork.parent, fork.origin, fork.block = self.xs, self, origin, self.block
        fork.changes = tuple(changes)
        fork._run = self._run.changed(changes, origin)
        fork.model = fork._run.model
        return fork

    def model_at(self, t: int) -> Model:
        """The layers that run at a timestep; before the first, those of the first."""
        return self._run.model_at(max(t, 0))

    def stretches(self, start: int, stop: int) -> Iterator[tuple[int, int, Model]]:
        """From ``start`` to before ``stop``: where each stretch begins and ends, and its layers."""
        return self._run.stretches(start, stop)

    def carried_into(self, t: int) -> State:
        """What timestep ``t`` starts from, for each layer: what the one before it handed on."""
        self._check(t)
        return self._run.carried_into(t)

    def input_at(self, t: int) -> Array:
        """The input of a timestep, as edited."""
        self._check(t)
        return self._run.input_at(t)

    def forget(self) -> None:
        """Drop the values of the blocks used last; they are computed again when asked for."""
        self._run.forget()

    @property
    def stride(self) -> int:
        """Timesteps from one kept state to the next: a block of them, or several."""
        return self._run.stride

    @property
    def whole_budget(self) -> int:
        """The budget with which the state before each block would be kept."""
        sweeps = self._run.sweeps
        return len(sweeps) * max(sweep.states_bytes for sweep in sweeps)

    @property
    def compiled(self) -> bool:
        """Whether timesteps far into the run are run by the compiled machine."""
        return any(sweep.compiled_from is not None for sweep in self._run.sweeps)

    def prepare(self) -> None:
        """Load what timesteps far into the run need; else the first of them waits for it."""
        for sweep in self._run.sweeps:
            sweep.prepare()

    def stay_on_numpy(self) -> None:
        """Run all that has not been run yet on NumPy, also far into the run."""
        for sweep in self._run.sweeps:
            sweep.compiled_from = None

    def _check_stretch(self, start: int, stop: int) -> None:
        if not 0 <= start <= stop:
            raise IndexError(f"no timesteps {start} to {stop}: the run has {len(self)}")

    def _check(self, t: int) -> None:
        if not 0 <= t < len(self):
            raise IndexError(f"no timestep {t}: the run has 0 to {len(self) - 1}")

    def _fitting_input(self, x_t: npt.ArrayLike) -> Array:
        array = np.array(x_t)
        if array.shape != self.xs.shape[1:]:
            takes = f"a timestep of this sequence has {self.xs.shape[1:]}"
            raise InputError(f"x_t has shape {array.shape}; {takes}")
        return array


def _run_of(model: Model, xs: Array, first: State, budget: int) -> Pieces | Passes:
    if in_one_pass(model):
        return Pieces(Models(model), xs, first, budget)
    from rnnstep.passes import Passes

    return Passes(Models(model), xs, first, budget)


def _given(array: Array, _: Array) -> Array:
    return array
