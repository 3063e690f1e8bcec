"""The compiled machine and time travel: the same bits however a timestep is reached."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import Model, Trace
from rnnstep.trace import INITIAL
from tests.parity.compiled import CELLS, H, T, inputs, model, states

pytest.importorskip("numba")
pytestmark = pytest.mark.usefixtures("compiled_early")


@given(st.integers(1, 4000), st.lists(st.integers(INITIAL, T - 1), min_size=1, max_size=30))
def test_any_order_and_any_budget_give_the_same_bits(budget: int, order: list[int]) -> None:
    lstm, xs = model("LSTM"), inputs()
    straight = Trace(lstm, xs, states(lstm))
    assert straight.compiled
    all_values = {name: straight.series(name) for name in lstm.layers[0].cell.values}
    trace = Trace(lstm, xs, states(lstm), budget=budget)
    for t in order:
        if t != INITIAL:
            frame = trace.frame(t)
            for name, series in all_values.items():
                np.testing.assert_array_equal(frame[name], series[t])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("edited", [False, True])
def test_what_is_kept_on_the_way_is_what_is_made_again(cell: str, edited: bool) -> None:
    """Who has asked for all values of a block is given those of the next one as they are made."""
    of, xs = model(cell), inputs()

    def run() -> Trace:
        trace = Trace(of, xs, states(of))
        size = of.layers[0].shape("h_prev")
        return trace.fork(T // 2, state={"h_prev": np.full(size, 0.25)}) if edited else trace

    program = of.layers[0]._program
    one_by_one: dict[str, np.ndarray] = {}
    for name in of.layers[0].cell.values:
        program._wanted = 0
        one_by_one[name] = run().series(name)
    at_once = run().values()
    assert program._wanted
    for name, expected in one_by_one.items():
        np.testing.assert_array_equal(at_once[name], expected)


@given(st.integers(0, T - 1), st.integers(0, T - 1), st.integers(1, 4000), st.booleans())
def test_a_fork_has_its_parents_past_in_every_bit(
    t: int, then: int, budget: int, backwards: bool
) -> None:
    lstm, xs = model("LSTM"), inputs()
    if backwards:
        lstm = Model((lstm.layers[0].replaced(reverse=True),))
    trace = Trace(lstm, xs, budget=budget)
    fork = trace.fork(t, state={"c_prev": np.full(H, 0.5)}).fork(then, x_t=[1.0, 2.0, 3.0])
    again = trace.fork(t, state={"c_prev": np.full(H, 0.5)}).fork(then, x_t=[1.0, 2.0, 3.0])
    first = max(t, then) + 1 if backwards else min(t, then)
    shared = slice(first, None) if backwards else slice(first)
    for name in ("a_f", "c_t", "h_t"):
        np.testing.assert_array_equal(fork.series(name)[shared], trace.series(name)[shared])
        np.testing.assert_array_equal(fork.series(name), again.series(name))


def test_a_block_that_was_dropped_is_run_the_same_way_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first block by numpy and the others compiled, whichever was run first."""
    monkeypatch.setattr("rnnstep.sweep._BLOCKS_BYTES", 1)
    lstm, xs = model("LSTM"), inputs()
    forwards, backwards = Trace(lstm, xs), Trace(lstm, xs)
    there = [forwards.frame(t)["h_t"] for t in range(T)]
    back = [backwards.frame(t)["h_t"] for t in reversed(range(T))]
    np.testing.assert_array_equal(there, back[::-1])


_LOADED = """
import sys
import numpy as np
from rnnstep import Trace
from rnnstep.ranges import LOOKED_AT
from tests.time.test_trace import model
trace = Trace(model("LSTM"), np.zeros((1_000_000, 3), np.float32))
assert trace.compiled
trace.frame(0), trace.series("h_t", 0, LOOKED_AT)
print("numba" in sys.modules)
trace.frame(5_000)
print("numba" in sys.modules)
"""


def test_numba_is_loaded_beyond_what_the_first_screen_shows() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]
