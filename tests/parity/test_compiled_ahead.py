"""Blocks that another thread runs ahead: the same bits, only where it pays, and not too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread, current_thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import InputError, Model, Session, Trace, build_layer, load_cell
from rnnstep.layer import Link
from rnnstep.making import Block, Making
from rnnstep.program import workers
from tests.parity.compiled import H, T, inputs, model, states

pytest.importorskip("numba")
pytestmark = pytest.mark.usefixtures("compiled_early")

LAST_BLOCK = T - T % 16
LONG_BLOCKS = -(-T // 16) - 1
"""All but the first timesteps, which are two short ones."""


@pytest.fixture(autouse=True)
def _two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two workers, however many cores there are, of whom nobody has anything left to do."""
    monkeypatch.setattr(workers, "count", lambda: 2)
    _end_all()
    yield
    _end_all()


def _end_all() -> None:
    workers.aside(lambda: None).result()
    workers.forget()


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many blocks another thread has made since this was asked last."""
    made: list[bool] = []
    usual = Making.block

    def block(self: Making, *arguments: Any) -> Block:
        made.append(current_thread().name.startswith("rnnstep-aside"))
        return usual(self, *arguments)

    def asked() -> int:
        workers.aside(lambda: None).result()
        count = sum(made)
        made.clear()
        return count

    monkeypatch.setattr(Making, "block", block)
    return asked


def chain() -> Model:
    """A recurrent layer on another, and a layer without a state above."""
    lstm = model("LSTM").layers[0].replaced(name="first")
    random = np.random.default_rng(5)
    weights = {
        w.name: random.uniform(-0.2, 0.2, [H for _ in w.shape]) for w in load_cell("GRU").weights
    }
    gru = build_layer("second", load_cell("GRU"), weights, np.float32, reads=(Link("first"),))
    dense = {"W": random.normal(size=(2, H)), "b": random.normal(size=2)}
    top = build_layer("top", load_cell("Dense"), dense, np.float32, reads=(Link("second"),))
    return Model((lstm, gru, top))


def reading(trace: Trace, ahead: bool) -> dict[str, np.ndarray]:
    """Every value of a run, read block by block."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in trace.model.value_names}
    for start in range(0, len(trace), trace.block):
        if ahead:
            trace.run_ahead(start)
        for name, parts in found.items():
            parts.append(trace.series(name, start, start + trace.block))
    return {name: np.concatenate(parts) for name, parts in found.items()}


@pytest.mark.parametrize(
    "of", [model("LSTM"), model("SimpleRNN"), chain()], ids=["L", "S", "chain"]
)
@pytest.mark.parametrize("budget", [1, 10**8])
def test_the_values_are_the_same_bits(of: Model, budget: int, aside: Callable[[], int]) -> None:
    expected = reading(Trace(of, inputs()), ahead=False)
    assert not aside()
    found = reading(Trace(of, inputs(), budget=budget), ahead=True)
    assert aside() == LONG_BLOCKS
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)


@given(st.lists(st.integers(0, T - 1), min_size=1, max_size=20), st.integers(0, T - 1))
def test_in_any_order_and_after_edits_too(order: list[int], edited: int) -> None:
    lstm = model("LSTM")
    whole = Trace(lstm, inputs(), states(lstm))

    def run() -> Trace:
        trace = Trace(lstm, inputs(), states(lstm))
        trace.frame(T - 1)
        return trace.fork(edited, x_t=np.ones(3, np.float32), state={"h_prev": np.full(H, 0.25)})

    expected, trace = run().series("h_t"), run()
    for t in order:
        for one, series in ((whole, None), (trace, expected)):
            one.run_ahead(t)
            then = min(t + 20, T - 1)
            for at in (then, t):
                seen = one.frame(at)["h_t"]
                if series is not None:
                    np.testing.assert_array_equal(seen, series[at])


def test_a_search_runs_ahead_forwards_and_not_what_was_looked_at(aside: Callable[[], int]) -> None:
    lstm = model("LSTM")
    session = Session(Trace(lstm, inputs()))
    session.add_break("abs(h_t[3]) > 2")
    assert session.continue_forward() is None
    assert aside() == LONG_BLOCKS
    session.goto(T - 1)
    session.trace.forget()
    session.add_break("abs(h_t[3]) > 3")
    assert session.continue_back() is None
    assert aside() == 1  # the last, which is looked at first
    session.trace.forget()
    assert session.violation("abs(h_t[3]) < 2") is None
    # the short one that is compiled, too: all states are known now
    assert aside() == LONG_BLOCKS + 1


def test_a_search_finds_what_it_finds_without(monkeypatch: pytest.MonkeyPatch) -> None:
    values = Trace(model("LSTM"), inputs()).series("h_t")[:, 3]
    least = float(np.sort(values)[-5])
    expected = [int(t) for t in np.flatnonzero(values > least)]
    for count in (1, 2):
        monkeypatch.setattr(workers, "count", lambda count=count: count)
        session = Session(Trace(model("LSTM"), inputs()))
        session.add_break(f"h_t[3] > {least!r}")
        found = [stop.t for _ in expected if (stop := session.continue_forward())]
        assert found == expected


@pytest.mark.parametrize("why", ["numpy", "one worker", "reverse", "large", "told to"])
def test_where_it_would_not_pay_it_is_not_done(
    why: str, aside: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    of = model("LSTM", hidden=128 if why == "large" else H)
    if why == "numpy":
        monkeypatch.setattr("rnnstep.program.fast.PAYS", 1e9)
    if why == "one worker":
        monkeypatch.setattr(workers, "count", lambda: 1)
    if why == "reverse":
        of = Model((of.layers[0].replaced(reverse=True),))
    trace = Trace(of, inputs())
    if why == "told to":
        trace.frame(20)
        trace.stay_on_numpy()
    reading(trace, ahead=True)
    assert not aside()


def test_no_more_is_run_ahead_than_may_be_asked_for(aside: Callable[[], int]) -> None:
    trace = Trace(model("LSTM"), inputs())
    trace.frame(T - 1)
    trace.forget()
    for t in (32, 32, 32):
        trace.run_ahead(t)
    assert aside() == 3
    trace.run_ahead(48)
    assert aside() == 1
    trace.run_ahead(LAST_BLOCK)
    assert aside() == 1
    [sweep] = trace._run.sweeps
    assert len(sweep._ahead._coming) == 1
    trace.forget()
    assert not sweep._ahead._coming


def test_what_numpy_is_to_run_after_all_is_not_taken_from_the_machine() -> None:
    lstm = model("LSTM")
    trace = Trace(lstm, inputs())
    trace.frame(20)
    trace.run_ahead(20)
    trace.stay_on_numpy()
    numpy = Trace(lstm, inputs())
    numpy.frame(20)
    numpy.stay_on_numpy()
    np.testing.assert_array_equal(trace.series("h_t"), numpy.series("h_t"))


def test_an_error_there_is_raised_here_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace, usual = Trace(model("LSTM"), inputs()), Making.block

    def block(self: Making, *arguments: Any) -> Block:
        if current_thread().name.startswith("rnnstep-aside"):
            raise InputError("the file ended")
        return usual(self, *arguments)

    trace.frame(20)
    monkeypatch.setattr(Making, "block", block)
    trace.run_ahead(20)
    with pytest.raises(InputError, match="the file ended"):
        trace.frame(40)
    monkeypatch.setattr(Making, "block", usual)
    expected = Trace(model("LSTM"), inputs()).series("h_t")
    np.testing.assert_array_equal(trace.series("h_t"), expected)


def test_several_threads_may_ask(aside: Callable[[], int]) -> None:
    """As a screen, which shows a timestep of a run that is searched."""
    lstm = model("LSTM")
    expected = Trace(lstm, inputs()).series("h_t")
    wrong: list[int] = []

    def read() -> None:
        trace = Trace(lstm, inputs())
        for t in range(T):
            trace.run_ahead(t)
            if not np.array_equal(trace.frame(t)["h_t"], expected[t]):
                wrong.append(t)

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert aside()
