"""Batch and time confused: in what is read, in what is written, or by reshaping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnnstep import Model, Trace
from rnnstep.check import Comparison, Reference, tolerance_for
from rnnstep.check.expected import from_array
from rnnstep.diagnosis import Batched, Finding, Solver
from rnnstep.explaining import explain
from tests.debugger.test_planted import CELLS, D, H, setting

Array = npt.NDArray[Any]
B, T, SAMPLE = 9, 9, 2
"""As many sequences as timesteps: no shape gives anything away, but reshaping does nothing."""
Runs = Callable[[Array], Array]
"""Runs a batch, (samples, timesteps, features), to (samples, timesteps, units)."""


def swapped(array: Array) -> Array:
    return np.swapaxes(array, 0, 1)


def reshaped(array: Array) -> Array:
    """With the first two axes the other way round, but every number where it was."""
    return array.reshape(array.shape[1], array.shape[0], array.shape[2])


BUGS: dict[str, tuple[Callable[[Runs, Array], Array], str]] = {
    "input swapped": (
        lambda run, xs: run(swapped(xs))[SAMPLE],
        "read as (time, batch, features): the sequence is batch[:, 2], not batch[2]",
    ),
    "input and values swapped": (
        lambda run, xs: swapped(run(swapped(xs)))[SAMPLE],
        "read as (time, batch, features): row t of the reference is timestep 2 of the sequence "
        "batch[:, t]",
    ),
    "values swapped": (
        lambda run, xs: swapped(run(xs))[SAMPLE],
        "batch and time of the values are swapped: row t of the reference is timestep 2",
    ),
    "values of time first reshaped": (
        lambda run, xs: reshaped(swapped(run(xs)))[SAMPLE],
        "the values (time, batch, units) are reshaped to (batch, time, units)",
    ),
    "values reshaped to time first": (
        lambda run, xs: reshaped(run(xs))[:, SAMPLE],
        "the values (batch, time, units) are reshaped to (time, batch, units)",
    ),
    "input reshaped": (
        lambda run, xs: run(swapped(reshaped(xs)))[SAMPLE],
        "the batch is reshaped to (time, batch, features), not transposed",
    ),
    "input and values reshaped": (
        lambda run, xs: reshaped(swapped(run(swapped(reshaped(xs)))))[SAMPLE],
        "the batch is reshaped to (time, batch, features), not transposed, and the values back",
    ),
}


def found(
    model: Model, xs: Array, wanted: Array, h: Array, c: Array, depth: int = 1
) -> list[Finding]:
    state = {"h_prev": h} | ({"c_prev": c} if "c_prev" in model.state_names else {})
    trace = Trace(model, xs[SAMPLE], state)
    value = from_array(0, "h_t", np.arange(len(wanted)), wanted.astype(np.float32))
    comparison = Comparison(trace, Reference("port", (value,)), tolerance_for(np.dtype(np.float32)))
    assert not comparison.passed
    solver = Solver(comparison, batch=Batched(xs, SAMPLE))
    return [one for one in solver.search(depth) if isinstance(one, Finding)]


CASES = [
    (name, timesteps)
    for name in BUGS
    for timesteps in (T, T + 4, T - 4)
    if timesteps != T or "reshaped" not in name
]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("name", "timesteps"), CASES)
def test_axes_that_are_confused_are_named(cell: str, name: str, timesteps: int) -> None:
    port, model, _, h, c = setting(cell)
    xs = np.random.default_rng(3).normal(size=(B, timesteps, D)).astype(np.float32)
    wrong, told = BUGS[name]
    rows = wrong(lambda batch: np.stack([port.run(one, h, c) for one in batch]), xs)[:timesteps]
    findings = found(model, xs, rows, h, c)
    assert [told in one.words for one in findings] == [True], [one.words for one in findings]


def test_axes_and_weights_are_found_together() -> None:
    port, model, _, h, c = setting("LSTM")
    xs = np.random.default_rng(3).normal(size=(B, T, D)).astype(np.float32)
    port.recurrent = np.transpose
    rows = swapped(np.stack([port.run(one, h, c) for one in swapped(xs)]))[SAMPLE]
    (one,) = found(model, xs, rows, h, c, 2)
    assert "the recurrent kernel is transposed" in one.words
    assert "batch[:, t]" in one.words


def test_the_first_of_a_batch_cannot_tell_swapped_axes_from_a_state_that_is_reset() -> None:
    # its timestep 0, over the batch, is a first timestep in each row
    port, model, *_ = setting("GRU")
    xs = np.random.default_rng(3).normal(size=(B, T, D)).astype(np.float32)
    zero = np.zeros(H, np.float32)
    rows = np.stack([port.run(xs[0, t : t + 1], zero, zero)[0] for t in range(T)])
    value = from_array(0, "h_t", np.arange(T), rows)
    tolerance = tolerance_for(np.dtype(np.float32))
    comparison = Comparison(Trace(model, xs[0]), Reference("port", (value,)), tolerance)
    told = "\n".join(explain(comparison, 1, batch=Batched(xs, 0)).lines)
    assert "the state is reset at every timestep" in told
    assert "timestep 0 of the sequence batch[:, t]" in told
    assert "another sequence of the batch (--sample) can" in told
