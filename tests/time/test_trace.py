"""Time travel: the same bits however a timestep is reached, and a past that is never changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import InputError, Model, Session, Trace, build_layer, load_cell, steps
from rnnstep.errors import UnknownNameError
from rnnstep.sweep import Sweep
from rnnstep.trace import INITIAL

T, D, H = 23, 3, 4


def model(cell: str = "LSTM", seed: int = 0) -> Model:
    random = np.random.default_rng(seed)
    listing = load_cell(cell)
    sizes = {"input": D, "hidden": H, "output": 2}
    weights = {
        w.name: random.normal(size=[sizes[str(a)] for a in w.shape]).astype(np.float32)
        for w in listing.weights
    }
    return Model((build_layer("layer", listing, weights),))


def inputs(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(T, D)).astype(np.float32)


STATE = {"h_prev": [0.1, -0.2, 0.3, 0.4], "c_prev": [1.0, 0.5, -0.5, 0.0]}


@given(
    st.integers(1, 4000),
    st.lists(st.integers(INITIAL, T - 1), min_size=1, max_size=30),
)
def test_any_order_and_any_budget_give_the_same_bits(budget: int, order: list[int]) -> None:
    lstm, xs = model(), inputs()
    straight = list(steps(lstm, xs, STATE))
    trace = Trace(lstm, xs, STATE, budget=budget)
    for t in order:
        frame = trace.frame(t)
        if t == INITIAL:
            assert frame["c_t"].tolist() == STATE["c_prev"]
        else:
            for name in lstm.layers[0].cell.values:
                np.testing.assert_array_equal(frame[name], straight[t][name])


def test_what_is_read_is_no_part_of_the_callers_sequence() -> None:
    """Not even where a line only hands it on."""
    linear = build_layer("same", load_cell("Activation", {"activation": "linear"}), {}, np.float32)
    xs = inputs()
    trace = Trace(Model((linear,)), xs)
    for name in linear.cell.values:
        series = trace.series(name)
        assert not np.shares_memory(series, xs)
        np.testing.assert_array_equal(series, xs)


@given(st.integers(0, T - 1), st.integers(0, T - 1), st.integers(1, 4000))
def test_a_fork_shares_the_past_and_leaves_its_parent_alone(t: int, then: int, budget: int) -> None:
    lstm, xs = model(), inputs()
    trace = Trace(lstm, xs, budget=budget)
    before = trace.series("h_t").copy()
    fork = trace.fork(t, state={"c_prev": [9.0, 9.0, 9.0, 9.0]}).fork(then, x_t=[1.0, 2.0, 3.0])
    edited = xs.copy()
    edited[then] = [1.0, 2.0, 3.0]
    if then >= t:
        first = Trace(lstm, xs).carried_into(t)[0]["h_prev"]
        rest = Trace(lstm, edited[t:], {"h_prev": first, "c_prev": [9.0] * 4}).series("h_t")
        np.testing.assert_array_equal(fork.series("h_t")[t:], rest)
        np.testing.assert_array_equal(fork.series("h_t")[:t], before[:t])
    np.testing.assert_array_equal(trace.series("h_t"), before)


def test_a_step_is_immutable_and_named() -> None:
    step = next(steps(model("SimpleRNN"), inputs()))
    assert step.t == 0
    assert list(step) == ["x_t", "h_prev", "Wx_x", "Wh_h", "a", "h_t"]
    assert step.h_t is step["h_t"]
    assert set(step.carried) == {"h_t"}
    with pytest.raises(ValueError, match="read-only"):
        step.h_t[0] = 1.0
    with pytest.raises(AttributeError):
        step.nothing  # noqa: B018


@pytest.mark.parametrize("xs", [np.zeros((3, D + 1)), np.zeros((0, D)), np.zeros((1, 2, 3, 4))])
def test_a_sequence_that_does_not_fit(xs: np.ndarray) -> None:
    with pytest.raises(InputError):
        Trace(model(), xs)


MOTIONS = ["step", "back", "next_line", "previous_line", "next_unit", "previous_unit"]
MOTIONS += ["next_layer", "previous_layer", "goto", "goto_unit"]


@given(st.lists(st.tuples(st.sampled_from(MOTIONS), st.integers(-50, 50)), max_size=20))
def test_the_cursor_stays_inside_and_a_change_says_what_moved(moves: list[tuple[str, int]]) -> None:
    session = Session(Trace(model(), inputs()))
    for motion, count in moves:
        before = session.cursor
        changed = getattr(session, motion)(count)
        after = session.cursor
        assert changed == {
            name
            for name in ("t", "layer", "line", "unit")
            if getattr(before, name) != getattr(after, name)
        }
        assert INITIAL <= after.t < T
        assert 0 <= after.line < len(session.frame().layer.cell.equations)
        assert 0 <= after.unit < H


@given(st.integers(0, T), st.integers(0, T), st.booleans())
def test_several_values_are_those_of_each(start: int, stop: int, backwards: bool) -> None:
    start, stop = sorted((start, stop))
    lstm = model()
    if backwards:
        lstm = Model((lstm.layers[0].replaced(reverse=True),))
    trace = Trace(lstm, inputs())
    together = trace.values(None, start, stop)
    assert [*together] == [*trace.model.value_names]
    for name, values in together.items():
        np.testing.assert_array_equal(values, trace.series(name, start, stop))
    assert [*trace.values(["c_t"], start, stop)] == ["c_t"]


def test_values_of_a_name_that_is_unknown_or_timesteps_that_are_not_there() -> None:
    trace = Trace(model(), inputs())
    with pytest.raises(UnknownNameError):
        trace.values(["h_t", "q_t"])
    with pytest.raises(IndexError):
        trace.values(None, 5, 3)


@given(st.integers(0, T - 1), st.integers(1, 4000), st.booleans(), st.booleans())
def test_a_timestep_is_reached_block_by_block(
    t: int, budget: int, backwards: bool, forked: bool
) -> None:
    lstm = model()
    if backwards:
        lstm = Model((lstm.layers[0].replaced(reverse=True),))
    alone, trace = (Trace(lstm, inputs(), budget=budget) for _ in range(2))
    if forked:
        alone, trace = (run.fork(T // 2, x_t=[1.0, 2.0, 3.0]) for run in (alone, trace))
    runs = 0

    def counted(sweep: Sweep, *of: Any) -> Any:
        nonlocal runs
        runs += 1
        return run_block(sweep, *of)

    run_block = Sweep._run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sweep, "_run", counted)
        parts = []
        for count in trace.reach(t):
            parts.append((count, runs))
            runs = 0
        last = trace.frame(t)
    assert all(blocks <= 2 for _, blocks in parts)
    assert [count for count, _ in parts] == sorted({count for count, _ in parts})
    # the frame itself needs no more than what lies between two kept states
    assert runs <= trace.stride // trace.block
    np.testing.assert_array_equal(last["c_t"], alone.frame(t)["c_t"])
    assert not forked or backwards or t <= T // 2 or parts


def test_a_timestep_that_is_not_there_is_not_reached() -> None:
    with pytest.raises(IndexError):
        next(Trace(model(), inputs()).reach(T))
