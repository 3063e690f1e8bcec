"""A fixed point: the input is held, and the layers run until their states move no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from rnnstep.changes import in_one_pass
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.model import Model
from rnnstep.run import Run
from rnnstep.trace import Trace

_CHUNK = 64


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """Where the states go while an input is held.

    Attributes:
        t: the timestep whose input is held, and from whose incoming state it starts.
        converged: whether the last step moved no state by more than the tolerance.
        iterations: how many steps were made.
        moved: how far the last one moved a state at the most.
        state: the states after it, by name.
    """

    t: int
    converged: bool
    iterations: int
    moved: float
    state: Mapping[str, Array]


def fixed_point(trace: Trace, t: int, tolerance: float = 1e-6, limit: int = 1000) -> FixedPoint:
    """Hold the input of a timestep, and run on until the states move no more.

    Args:
        trace: the run.
        t: the timestep.
        tolerance: how far one step may move an entry of a state at the most.
        limit: steps to make at the most.

    Raises:
        InputError: the layers do not run through time together, or carry no state.
        IndexError: there is no such timestep.
    """
    model = trace.model_at(t)
    if not in_one_pass(model):
        raise InputError("layers that run backwards need the future: it has no fixed point")
    states = _states(model)
    if not states:
        raise InputError("no layer carries a vector: it has no fixed point")
    if limit < 1:
        raise InputError(f"at least 1 step, not {limit}")
    row = trace.input_at(t)
    run = Run(model, np.broadcast_to(row, (limit, *row.shape)), trace.carried_into(t))
    step, moved = 0, np.inf
    for moved in _moves(run, states, limit):
        step += 1
        if moved <= tolerance:
            break
    last = run.values(step - 1)
    found = {model.qualified(layer, after): last[layer][after] for layer, _, after in states}
    return FixedPoint(t, moved <= tolerance, step, float(moved), found)


def _states(model: Model) -> list[tuple[int, str, str]]:
    """The states that are vectors, before and after a step; one that only counts is none."""
    return [
        (index, state.name, layer.cell.carried[state.name])
        for index, layer in enumerate(model.layers)
        for state in layer.cell.states
        if state.shape
    ]


def _moves(run: Run, states: list[tuple[int, str, str]], limit: int) -> Iterator[float]:
    """How far each step moves any entry of a state; infinitely far if it is not finite."""
    for start in range(0, limit, _CHUNK):
        times = range(start, min(start + _CHUNK, limit))
        moved = np.zeros(len(times))
        for layer, before, after in states:
            with np.errstate(all="ignore"):
                difference = run.series(layer, after, times) - run.series(layer, before, times)
                sizes = np.abs(difference.reshape(len(times), -1).astype(np.float64)).max(axis=1)
            moved = np.maximum(moved, np.where(np.isnan(sizes), np.inf, sizes))
        yield from moved.tolist()
