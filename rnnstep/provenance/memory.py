"""What a state remembers: what each past timestep wrote to it, and what is left of that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnstep.errors import InputError
from rnnstep.layer import Layer
from rnnstep.provenance.affine import Affine, affine
from rnnstep.provenance.past import End, Past
from rnnstep.trace import Trace

LIMIT = 10_000
"""Timesteps that are looked back at the most, unless another number is given."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one timestep wrote.

    Attributes:
        t: the timestep.
        wrote: what it added to the state.
        left: the product of what every timestep since has kept.
    """

    t: int
    wrote: float
    left: float

    @property
    def now(self) -> float:
        """What of it is in the state now."""
        return self.wrote * self.left


@dataclass(frozen=True, eq=False)
class Memory:
    """One entry of a state as the sum of what each past timestep wrote, after all forgetting.

    Attributes:
        layer: the layer, from 0.
        name: the state after a step, ``c_t``.
        unit: the entry.
        t: the timestep.
        value: the entry as it was computed, in the layer's dtype.
        form: what is kept and what is written, as equations.
        written: what each timestep wrote, the newest first.
        rest: what was there before them; its ``wrote`` is the state, its ``t`` the timestep that
            it was carried into.
        end: what the rest is.
    """

    layer: int
    name: str
    unit: int
    t: int
    value: float
    form: Affine
    written: tuple[Written, ...]
    rest: Written
    end: End

    @property
    def sum(self) -> float:
        """What is left of all that was written, and of the rest: the value but for rounding."""
        with np.errstate(all="ignore"):
            return float(np.sum([part.now for part in (*self.written, self.rest)]))

    @property
    def size(self) -> float:
        """The sizes of all parts together: what a part's share is of."""
        return sum(abs(part.now) for part in (*self.written, self.rest))


def memory(trace: Trace, layer: int, state: str, unit: int, t: int, limit: int = LIMIT) -> Memory:
    """What an entry of a state is made of, by the timestep that wrote it.

    Sums are of double precision, over values of the layer's own: they differ from the state by
    the roundings of the run.

    Args:
        trace: the run.
        layer: the layer, from 0.
        state: the state's name before a step, ``c_prev``.
        unit: the entry.
        t: the timestep.
        limit: timesteps to look back at the most; the rest says what is left of older ones.

    Raises:
        InputError: the state's next value is not a factor times the state, and a rest.
        IndexError: there is no such timestep.
    """
    owner = trace.model_at(t).layers[layer]
    form = affine(owner.cell, state)
    if form is None:
        raise InputError(_nothing_kept(owner, state))
    name = owner.cell.carried[state]
    value = float(trace.frame(t).layers[layer][name].reshape(-1)[unit])
    past = Past(trace, layer, state, unit, t, form)
    written, rest, end = _look_back(past, value, limit)
    return Memory(layer, name, unit, t, value, form, tuple(written), rest, end)


def states_kept(layer: Layer) -> tuple[str, ...]:
    """The states of a layer, by their names before a step, that a memory can be made of."""
    cell = layer.cell
    return tuple(state.name for state in cell.states if affine(cell, state.name) is not None)


def _nothing_kept(layer: Layer, state: str) -> str:
    name = layer.cell.carried[state]
    line = layer.cell.equation(name)
    made = layer.mathematics(line) if line else ""
    before, after = layer.title(state), layer.title(name)
    return f"{after} = {made} keeps nothing of {before} as it is: each timestep makes it anew"


def _look_back(past: Past, value: float, limit: int) -> tuple[list[Written], Written, End]:
    """What was written, the newest first, until there is nothing more or no more of it left."""
    written: list[Written] = []
    left, rest = 1.0, Written(past.t, np.nan, 1.0)
    fades = float(np.finfo(past.owner.dtype).eps)
    for step in past.steps(limit):
        written.append(Written(step.t, step.wrote, left))
        left = left * step.kept
        rest = Written(step.t, step.held, left)
        if step.begins:
            return written, rest, step.begins
        if abs(left) <= fades and abs(rest.now) <= fades * abs(value):
            return written, rest, End.FADED
    return written, rest, End.LIMIT
