"""A number divided among the sequence: all of it, exactly where the run is a sum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import Model, Session, Trace, build_layer, load_cell
from rnnstep.commands.performing import perform
from rnnstep.commands.table import BY_NAME
from rnnstep.provenance import Inputs, Kind, inputs
from rnnstep.provenance.tally import Tally
from rnnstep.trace import INITIAL
from tests.debugger.runs import inputs as xs_of
from tests.debugger.runs import session_of, stack
from tests.debugger.test_memory import masked_run
from tests.time.test_directions import STATE, both
from tests.time.test_trace import inputs as short_inputs

RUNS: dict[str, Callable[[], Trace]] = {
    "stack": lambda: Trace(stack(), xs_of()),
    "both": lambda: Trace(both(), short_inputs(), STATE),
    "final": lambda: Trace(both("Sum", final=True), short_inputs(), STATE),
    "masked": lambda: masked_run("LSTM"),
}


def whole(found: Inputs) -> float:
    return sum(e.share for e in found.inputs) + found.weights + found.initial + found.rest


@pytest.mark.parametrize("run", RUNS)
@given(t=st.integers(0, 22), line=st.integers(0, 60), unit=st.integers(0, 3))
def test_every_number_is_divided_whole(run: str, t: int, line: int, unit: int) -> None:
    session = Session(RUNS[run]())
    session.goto(t)
    session.next_line(line)
    session.goto_unit(unit)
    found = session.inputs(count=60)
    assert whole(found) == pytest.approx(1)
    for entry in found.inputs:
        assert 0 < entry.share <= 1.000001
        assert entry.value == session.trace.input_at(entry.t)[entry.unit]


@pytest.mark.parametrize("run", RUNS)
def test_each_number_is_looked_into_once(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    look_into = Tally.look_into

    def looked(tally: Tally, cause: object, share: float) -> None:
        seen.append((cause.layer, cause.t, cause.name, cause.unit))  # type: ignore[attr-defined]
        look_into(tally, cause, share)  # type: ignore[arg-type]

    monkeypatch.setattr(Tally, "look_into", looked)
    session = Session(RUNS[run]())
    session.goto(12)
    last = session.trace.model.layers[-1]
    session.goto_value(f"{last.name}/{last.cell.output}")
    session.inputs()
    assert len(seen) > 20
    assert len(seen) == len(set(seen))


def adding(start: float = 0.0) -> Trace:
    """A run that only adds: each input's share is known."""
    layer = build_layer("sum", load_cell("ComputeStates"), {"wx": 0.5, "wRec": 0.8})
    return Trace(Model((layer,)), np.arange(1.0, 9.0)[:, None], {"h_prev": [start]})


def test_in_a_sum_each_input_has_what_it_added() -> None:
    trace = adding(3.0)
    session = Session(trace)
    session.goto(6)
    found = session.inputs("h_t[0]", least=0.0)
    total = trace.frame(6)["h_t"][0]
    shares = {t: 0.8 ** (6 - t) * 0.5 * (t + 1) / total for t in range(7)}
    assert found.timesteps == pytest.approx(shares)
    assert found.initial == pytest.approx(0.8**7 * 3 / total)
    assert found.weights == 0
    assert found.rest == pytest.approx(0)


def test_what_is_too_small_is_in_the_rest() -> None:
    session = Session(adding())
    session.goto(6)
    for found in (session.inputs("h_t[0]", least=0.4), session.inputs("h_t[0]", count=4)):
        assert 0 < found.rest < 1
        assert whole(found) == pytest.approx(1)
        assert len(found.inputs) < 7


def test_a_gate_takes_nothing_of_what_it_lets_through() -> None:
    session = session_of()
    session.goto(12)
    gated, plain = session.inputs("h_t[1]"), session.inputs("c_t[1]")
    shares = [{(e.t, e.unit): e.share for e in found.inputs} for found in (gated, plain)]
    assert shares[0] == pytest.approx(shares[1])


def test_inputs_are_of_the_side_that_the_layer_has_read() -> None:
    trace = RUNS["both"]()
    session = Session(trace)
    session.goto(9)
    assert max(session.inputs("f/h_t[0]").timesteps) == 9
    assert min(session.inputs("b/h_t[0]").timesteps) == 9
    assert list(session.inputs("both/y_t[0]").timesteps) == list(
        session.inputs("f/h_t[0]").timesteps
    )


def test_nan_is_all_of_the_input_that_was_none() -> None:
    xs = xs_of()
    xs[20, 1] = np.nan
    session = Session(Trace(stack(), xs))
    session.goto(24)
    found = session.inputs("gru/h_t[2]")
    assert [(e.t, e.unit, e.share) for e in found.inputs] == [(20, 1, 1.0)]


def test_an_initial_state_is_all_initial() -> None:
    trace = adding(3.0)
    session = Session(trace)
    session.goto(INITIAL)
    found = inputs(trace, session.cursor) if session.goto_value("h_t") else session.inputs()
    assert (found.initial, found.cause.kind) == (1.0, Kind.INITIAL)


def test_the_command_says_it_in_text_and_data() -> None:
    session = session_of()
    session.goto(12)
    told = perform(session, BY_NAME["inputs"], "c_t[1]")
    shares = [entry["share"] for entry in told.data["inputs"]]
    assert shares == sorted(shares, reverse=True)
    total = sum(shares) + told.data["weights"] + told.data["initial"] + told.data["rest"]
    assert total == pytest.approx(1)
    assert told.text.startswith("inputs of cₜ[1] = ")
    assert "biases and numbers" in told.text
