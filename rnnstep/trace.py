"""Time travel: any timestep of a run, from what is kept or computed again exactly."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from rnnstep.checkpoints import Checkpoints, state_bytes
from rnnstep.engine import (
    State,
    Step,
    advance,
    fit_sequence,
    initial_state,
    initial_step,
    state_with,
)
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.model import Model

INITIAL = -1
"""The place before the first timestep, where the initial state is."""

MEMORY_BUDGET = 256 * 2**20
"""Bytes of states that a trace keeps at the most."""

_SEGMENTS_KEPT = 4


class Trace:
    """A run that can be read at any timestep, in any order.

    Only what is carried between timesteps is kept: at every step if the budget allows, else
    at checkpoints, from which the steps between are run again. A step is always computed by
    the same operations from the same carried state, so its bits do not depend on how it was
    reached.

    Args:
        model: the layers.
        xs: the input, (timesteps, features).
        state: initial states by name; zeros if absent.
        budget: bytes of states to keep at the most.

    Attributes:
        parent: the trace that this one was forked from, if any.
        origin: the timestep from which it differs from its parent.
        stride: timesteps from one checkpoint to the next.
    """

    def __init__(
        self,
        model: Model,
        xs: npt.ArrayLike,
        state: Mapping[str, npt.ArrayLike] | None = None,
        budget: int = MEMORY_BUDGET,
    ) -> None:
        self.model, self.xs = fit_sequence(model, xs)
        model = self.model
        self.parent: Trace | None = None
        self.origin = 0
        self.stride = _stride(len(self.xs), state_bytes(model), budget)
        self._edited_inputs: dict[int, Array] = {}
        self._edited_states: dict[int, State] = {}
        self._checkpoints = Checkpoints(model, -(-len(self.xs) // self.stride))
        self._checkpoints.append(initial_state(model, state))
        self._segments: OrderedDict[int, list[State]] = OrderedDict()

    def __len__(self) -> int:
        """How many timesteps the run has."""
        return len(self.xs)

    @property
    def initial(self) -> Step:
        """The place before the first timestep: ``trace.initial["h_t"]`` is the initial state."""
        return initial_step(self.model, self.carried_into(0))

    def frame(self, t: int) -> Step:
        """Every value of timestep ``t``; ``INITIAL`` is the place before the first.

        Raises:
            IndexError: there is no such timestep.
        """
        if t == INITIAL:
            return self.initial
        return self._advance(t, self.carried_into(t))[0]

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Step]:
        """The timesteps from ``start`` to before ``stop``, in order."""
        stop = len(self) if stop is None else min(stop, len(self))
        if start >= stop:
            return
        carried = self.carried_into(start)
        for t in range(start, stop):
            step, carried = self._advance(t, carried)
            yield step

    def series(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """One value over time, shape (timesteps, …); the initial state is not part of it.

        Raises:
            UnknownNameError: no value has this name, or several have it.
            IndexError: there are no such timesteps.
        """
        layer, value = self.model.resolve(name)
        stop = len(self) if stop is None else min(stop, len(self))
        if not 0 <= start <= stop:
            raise IndexError(f"no timesteps {start} to {stop}: the run has {len(self)}")
        owner = self.model.layers[layer]
        result = np.empty((stop - start, *owner.shape(value)), owner.dtype)
        for row, step in enumerate(self.frames(start, stop)):
            result[row] = step.layers[layer][value]
        result.flags.writeable = False
        return result

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
        incoming = self.carried_into(t)
        fork = object.__new__(Trace)
        fork.model, fork.xs, fork.stride = self.model, self.xs, self.stride
        fork.parent, fork.origin = self, t
        fork._edited_inputs = {**self._edited_inputs}
        fork._edited_states = {**self._edited_states}
        if x_t is not None:
            fork._edited_inputs[t] = self._fitting_input(x_t)
        if state:
            fork._edited_states[t] = state_with(self.model, incoming, state)
        shared = t // self.stride + (t % self.stride != 0)
        count = -(-len(self) // self.stride)
        fork._checkpoints = Checkpoints(self.model, count, self._checkpoints, shared)
        fork._segments = OrderedDict()
        if t % self.stride == 0:
            fork._checkpoints.append(fork._arriving(t, incoming))
        return fork

    def carried_into(self, t: int) -> State:
        """What timestep ``t`` starts from: exactly what the step before it handed on."""
        if not 0 <= t < len(self):
            raise IndexError(f"no timestep {t}: the run has 0 to {len(self) - 1}")
        index, offset = divmod(t, self.stride)
        while self._checkpoints.filled <= index:
            self._run_segment(self._checkpoints.filled - 1)
        return self._checkpoints[index] if offset == 0 else self._segment(index)[offset]

    def input_at(self, t: int) -> Array:
        """The input of a timestep, as edited, in the model's dtype."""
        edited = self._edited_inputs.get(t)
        return self.xs[t] if edited is None else edited

    def _advance(self, t: int, carried: State) -> tuple[Step, State]:
        step, following = advance(self.model, t, self.input_at(t), carried)
        following = self._arriving(t + 1, following)
        index, offset = divmod(t + 1, self.stride)
        if offset == 0 and index == self._checkpoints.filled and t + 1 < len(self):
            self._checkpoints.append(following)
        return step, following

    def _arriving(self, t: int, carried: State) -> State:
        return self._edited_states.get(t, carried)

    def _fitting_input(self, x_t: npt.ArrayLike) -> Array:
        array = np.array(x_t)
        if array.shape != self.xs.shape[1:]:
            takes = f"a timestep of this sequence has {self.xs.shape[1:]}"
            raise InputError(f"x_t has shape {array.shape}; {takes}")
        return array

    def _segment(self, index: int) -> list[State]:
        """The states carried into each timestep between two checkpoints."""
        if index not in self._segments:
            self._segments[index] = self._run_segment(index)
        self._segments.move_to_end(index)
        while len(self._segments) > _SEGMENTS_KEPT:
            self._segments.popitem(last=False)
        return self._segments[index]

    def _run_segment(self, index: int) -> list[State]:
        carried, states = self._checkpoints[index], []
        start = index * self.stride
        for t in range(start, min(start + self.stride, len(self))):
            states.append(carried)
            carried = self._advance(t, carried)[1]
        return states


def _stride(timesteps: int, nbytes: int, budget: int) -> int:
    """Timesteps between checkpoints so that they and the segments run again fit the budget."""
    if timesteps * nbytes <= budget:
        return 1
    kept = max(budget // (2 * nbytes), 1)
    return -(-timesteps // kept)
