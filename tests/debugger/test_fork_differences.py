"""What a fork changes over time: the difference, its half-life, and where a held input leads."""

from __future__ import annotations

import numpy as np
import pytest

from rnnstep import InputError, Model, Trace
from rnnstep.forks.effect import Effect
from rnnstep.forks.language import parse_edit
from rnnstep.forks.making import edited
from tests.debugger.runs import D, inputs, layer_of, lstm, session_of

T = 40


def test_the_difference_its_peak_and_its_half_life() -> None:
    session = session_of()
    fork = session.edit("set c_prev = 3 at 12")
    assert session.effect is not None
    other = session.tree.forks[0].trace
    expected = np.linalg.norm(fork.trace.series("h_t") - other.series("h_t"), axis=1)
    np.testing.assert_allclose(session.effect.curve(0, "h_t", 0, T), expected, rtol=1e-5)
    np.testing.assert_array_equal(
        session.effect.curve(0, "h_t", 13, 15), session.effect.curve(0, "h_t", 0, T)[13:15]
    )
    found = session.effect.measure(0, "h_t")
    assert (found.start, found.at) == (12, int(expected.argmax()))
    assert found.peak == pytest.approx(expected.max())
    assert found.half_life is not None
    after = expected[found.at + found.half_life :]
    assert (after < found.peak / 2).all()
    assert expected[found.at + found.half_life - 1] >= found.peak / 2
    short = session.effect.measure(0, "h_t", found.at + 1)
    assert short.half_life is None
    session.undo()
    assert session.effect is None


def test_a_layer_against_time_forgets_towards_the_beginning() -> None:
    model = Model((lstm().layers[0].replaced(reverse=True),))
    trace = Trace(model, inputs())
    fork = edited(trace, parse_edit("set c_prev = 3 at 12", model, 0))
    effect = Effect(fork, trace)
    found = effect.measure(0, "h_t")
    sizes = effect.curve(0, "h_t", 0, T)
    assert found.at == int(sizes.argmax()) <= 12
    assert found.half_life is not None
    assert (sizes[: found.at - found.half_life + 1] < found.peak / 2).all()
    assert sizes[found.at - found.half_life + 1] >= found.peak / 2


def test_a_difference_of_nan_is_infinite_and_of_two_nan_none() -> None:
    trace = Trace(lstm(), inputs())
    bad = edited(trace, parse_edit("set h_t[1] = nan at 12", trace.model, 0))
    found = Effect(bad, trace).measure(0, "h_t")
    assert (found.start, found.peak, found.half_life) == (12, np.inf, None)
    assert not Effect(bad, bad).curve(0, "h_t", 0, T).any()


def test_an_input_that_is_held_leads_to_a_fixed_point() -> None:
    session = session_of(Model((layer_of("GRU", "gru", D, 0),)))
    session.goto(12)
    found = session.fixed_point(limit=5000)
    assert found.converged
    state, xs = session.trace.carried_into(12)[0]["h_prev"], inputs()[12:13]
    xs = np.repeat(xs, found.iterations + 1, axis=0)
    held = Trace(session.trace.model, xs, {"h_prev": state})
    h_t = held.series("h_t")
    np.testing.assert_array_equal(found.state["h_t"], h_t[found.iterations - 1])
    moves = np.abs(np.diff(np.vstack([state, h_t]), axis=0)).max(axis=1)
    assert (moves > 1e-6).tolist()[: found.iterations] == [True] * (found.iterations - 1) + [False]
    early = session.fixed_point(limit=3)
    assert (early.converged, early.iterations) == (False, 3)
    fork = session.hold()
    assert str(fork.edit) == "hold x_t from 12"
    np.testing.assert_array_equal(fork.trace.series("h_t", 12), h_t[: T - 12])
    np.testing.assert_array_equal(fork.trace.input_at(30), inputs()[12])
    with pytest.raises(InputError, match="at least 1 step"):
        session.fixed_point(limit=0)
    session.goto(-1)
    with pytest.raises(InputError, match="there is no input to hold"):
        session.fixed_point()
