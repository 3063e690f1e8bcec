"""Breakpoints: where they stop, forward and back, and what they say of a mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import ExpressionError, InputError, Model, Session, Trace, build_layer
from rnnstep.breaks.breakpoints import Stop
from rnnstep.breaks.parsing import parse_condition
from rnnstep.breaks.presets import PRESETS
from rnnstep.progress import Progress
from tests.debugger.runs import H, inputs, layer_of, lstm, session_of, stack

T = 40
Values = npt.NDArray[Any]


def forward(session: Session) -> list[int]:
    session.goto(-1)
    found = []
    while (stop := session.continue_forward()) is not None:
        found.append(stop.t)
        assert session.cursor.t == stop.t
    return found


def back(session: Session) -> list[int]:
    session.goto(T - 1)
    found = []
    while (stop := session.continue_back()) is not None:
        found.append(stop.t)
    return found[::-1]


HAND: dict[str, Callable[[Callable[[str], Values]], Values]] = {
    "abs(h_t[3]) > 0.5": lambda s: np.abs(s("h_t")[:, 3]) > 0.5,
    "any(c_t > 1) and t >= 5": lambda s: (s("c_t") > 1).any(axis=1) & (np.arange(T) >= 5),
    "t == 17": lambda _: np.arange(T) == 17,
    "h_t[2] changes sign": lambda s: changed(np.sign(s("h_t")[:, 2])),
    "h_t crosses 0.25": lambda s: changed(s("h_t") >= 0.25),
    "norm(Wh_h_f) > norm(Wx_x_f)": lambda s: (
        np.linalg.norm(s("Wh_h_f"), axis=1) > np.linalg.norm(s("Wx_x_f"), axis=1)
    ),
    "max(i_t) > 0.9 becomes true": lambda s: rises(s("i_t").max(axis=1) > 0.9),
    "max(i_t) > 0.9 becomes false": lambda s: rises(s("i_t").max(axis=1) <= 0.9),
    "norm(h_t - h_prev) is largest": lambda s: only(
        np.argmax(np.linalg.norm(s("h_t") - s("h_prev"), axis=1))
    ),
    "f_t[1] is smallest": lambda s: only(np.argmin(s("f_t")[:, 1])),
}


def changed(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    differs = (values[1:] != values[:-1]).reshape(T - 1, -1).any(axis=1)
    return np.concatenate([[False], differs])


def rises(truth: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate([[False], truth[1:] & ~truth[:-1]])


def only(t: Any) -> npt.NDArray[Any]:
    return np.asarray(np.arange(T) == t)


@pytest.mark.parametrize("text", HAND)
def test_a_condition_stops_where_numpy_says(text: str) -> None:
    session = session_of()
    session.add_break(text)
    expected = np.flatnonzero(HAND[text](session.trace.series)).tolist()
    assert expected, "the example has to hold somewhere"
    assert forward(session) == expected


CONDITIONS = st.sampled_from([*HAND, "h_t changes", "c_t[0] changes sign", "t == 0", "t == 39"])


@given(st.lists(CONDITIONS, min_size=1, max_size=3), st.integers(0, 12), st.integers(0, 40))
def test_back_finds_exactly_what_forward_found(
    texts: list[str], ignore: int, looked_at_first: int
) -> None:
    session = session_of()
    for text in texts:
        session.add_break(text, ignore)
    session.goto(looked_at_first)
    session.continue_back()
    going = forward(session)
    session.goto(T)
    last = [T - 1] if T - 1 in going else []
    assert back(session) + last == going
    assert forward(session_with(texts, ignore)) == going
    assert session.breakpoints.marks(session.trace, 0, T) == going


def session_with(texts: list[str], ignore: int) -> Session:
    session = session_of()
    for text in texts:
        session.add_break(text, ignore)
    return session


def test_the_first_hits_can_be_ignored_and_one_stop_be_enough() -> None:
    every = forward(session_with(["h_t[2] changes sign"], 0))
    assert forward(session_with(["h_t[2] changes sign"], 3)) == every[3:]
    session = session_of()
    session.add_break("h_t[2] changes sign", once=True)
    assert forward(session) == every[:1]
    assert session.breakpoints.all == ()


def test_disabled_and_removed_breakpoints_stop_nothing() -> None:
    session = session_of()
    first, second = session.add_break("t == 3"), session.add_break("t == 5")
    session.breakpoints.enable(first.number, False)
    assert forward(session) == [5]
    session.breakpoints.enable(first.number, True)
    session.breakpoints.remove(second.number)
    assert forward(session) == [3]
    with pytest.raises(InputError, match="no breakpoint 2: 1"):
        session.breakpoints.remove(second.number)


def test_a_stop_shows_the_number_it_is_about() -> None:
    session = session_of(stack())
    session.add_break("any(gru/h_t > 0.3)")
    stop = session.continue_forward()
    assert stop is not None
    frame = session.frame()
    assert (frame.layer.name, frame.equation.name) == ("gru", "h_t")
    assert frame.values["h_t"][frame.cursor.unit] > 0.3
    session.add_break("lstm/c_t[2] changes sign")
    session.breakpoints.remove(1)
    session.goto(-1)
    assert session.continue_forward() is not None
    assert (session.frame().layer.name, session.cursor.unit) == ("lstm", 2)


@pytest.mark.parametrize(
    ("weight", "line"), [("Wh_f", "Wh_h_f"), ("b_g", "a_g"), ("Wx_o", "Wx_x_o")]
)
def test_nan_stops_where_it_arises(weight: str, line: str) -> None:
    model = lstm()
    layer = model.layers[0]
    weights = {name: array.copy() for name, array in layer.weights.items()}
    # unit 2 of the line reads it; at the first timestep all others are finite
    weights[weight][2] = np.nan
    session = session_of(Model((build_layer("lstm", layer.cell, weights),)))
    session.add_break("nan")
    session.goto(-1)
    stop = session.continue_forward()
    assert stop is not None
    assert stop.t == 0
    assert (session.frame().equation.name, session.cursor.unit) == (line, 2)


def test_nan_of_the_sequence_is_the_sequences_own() -> None:
    xs = inputs(T)
    xs[13, 1] = np.inf
    session = Session(Trace(lstm(), xs))
    session.add_break("nan")
    stop = session.continue_forward()
    assert stop is not None
    assert stop.place is not None
    assert (stop.t, stop.place.name, stop.place.unit) == (13, "x_t", 1)


@pytest.mark.parametrize("preset", [preset.name for preset in PRESETS])
def test_presets_are_conditions_of_a_gated_layer(preset: str) -> None:
    session = session_of()
    session.add_break(preset)
    reports = list(session.seek())
    assert reports


def test_a_search_can_be_given_up_and_keeps_what_it_found() -> None:
    session = session_of()
    session.add_break("t == 39")
    search = session.seek()
    first = next(search)
    search.close()
    assert isinstance(first, Progress)
    assert session.cursor.t == 0
    assert isinstance(list(session.seek())[-1], Stop)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("abs(h_t) > 0.9", 1, "4 numbers, not one: write any"),
        ("h_t[4] > 0", 1, "index 4 is outside: 0 to 3"),
        ("c_t[0] > hh_t[0]", 10, "did you mean 'h_t'"),
        ("h_t[1] crosses x", 16, "'x' is no number"),
        ("h_t[1] changes colour", 8, "a rule is one of"),
        ("Wh_f @ x_t > 0", 1, "inner axes"),
    ],
)
def test_a_mistake_has_its_column_and_changes_nothing(text: str, column: int, message: str) -> None:
    session = session_of()
    with pytest.raises(ExpressionError) as caught:
        session.add_break(text)
    assert caught.value.column == column
    assert message in str(caught.value)
    assert session.breakpoints.all == ()


def test_a_bare_name_of_several_layers_is_not_guessed() -> None:
    two = Model((*lstm().layers, layer_of("LSTM", "again", H, 5)), focus=0)
    session = session_of(two)
    assert session.add_break("again/h_t[0] > 2").condition.text == "again/h_t[0] > 2"
    assert session.add_break("h_t[0] > 2").number == 2


@given(st.sampled_from(("h_t[0] > 0.1", "t < 20", "h_t[1] changes sign")), st.booleans())
def test_a_violation_is_the_first_timestep_that_differs(text: str, never: bool) -> None:
    session = session_of()
    condition = parse_condition(text, session.trace.model)
    wrong = np.flatnonzero(condition.holds(session.trace, 0, 40) == never)
    assert session.violation(text, never) == (int(wrong[0]) if wrong.size else None)
    session.goto(7)
    assert session.holds(text) == bool(condition.holds(session.trace, 7, 8)[0])


def test_what_holds_once_in_every_run_is_no_assertion() -> None:
    session = session_of()
    with pytest.raises(ExpressionError, match="one timestep of every run"):
        session.violation("h_t[0] is largest")
    session.goto(-1)
    with pytest.raises(InputError, match="before the first timestep"):
        session.holds("t == 0")


def test_what_stops_where_the_cursor_begins_is_not_missed() -> None:
    session = session_of()
    session.add_break("t == 0 or t == 3")
    # the next one is after it, as everywhere
    assert session.continue_forward() == session.stop
    assert session.cursor.t == 3
    session.goto(0)
    session.breakpoints.clear()
    session.add_break("c_t[2] > -100 and t == 0")
    assert session.continue_forward() is None
    here = session.stop_here()
    assert here is not None
    assert (here.t, session.frame().equation.name, session.cursor.unit) == (0, "c_t", 2)
    # it is said once
    assert session.stop_here() is None
    session.goto(1)
    assert session.stop_here() is None


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("h_t[3] > ", 9, "something is missing at the end"),
        ("t = 3", 3, "this compares: write '=='"),
        ("encoder/q[2] < 0.1", 1, r"unknown name 'encoder/q'; known: gru/…, lstm/…$"),
        ("lstm_2/f_t[2] < 0.1", 1, r"unknown name 'lstm_2/f_t'; did you mean 'lstm/f_t'?"),
        ("0 < q", 5, r"unknown name 'q'; known: [^/]*$"),
    ],
)
def test_a_mistake_is_short_and_at_its_column(text: str, column: int, told: str) -> None:
    session = session_of(stack())
    with pytest.raises(ExpressionError, match=told) as error:
        session.add_break(text)
    assert error.value.column == column
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("text", "name", "chosen"),
    [
        ("min(i_t) < -1 or min(f_t) < 2", "f_t", np.argmin),
        ("t < 0 or max(o_t) > 0", "o_t", np.argmax),
        ("t >= 0 and 0 < max(c_t) + 9", "c_t", lambda _: 0),
        ("-1 < max(abs(c_t))", "c_t", lambda c: np.argmax(np.abs(c))),
        ("norm(h_t) > 0", "h_t", lambda h: np.argmax(np.abs(h))),
        ("mean(abs(g_t) > 0.5) >= 0", "g_t", lambda g: np.argmax(np.abs(g) > 0.5)),
        ("not all(h_t > 5)", "h_t", lambda _: 0),
        ("any(c_t > -9)", "c_t", lambda _: 0),
        ("f_t[2] - i_t[1] > -9", "f_t", lambda _: 2),
        ("norm(Wh_h_i) is largest", "Wh_h_i", lambda a: np.argmax(np.abs(a))),
    ],
)
def test_a_stop_leads_to_the_number_that_made_it(text: str, name: str, chosen: Any) -> None:
    session = session_of()
    session.goto(7)
    session.add_break(text)
    stop = session.continue_forward() or session.continue_back()
    assert stop is not None
    value = session.trace.frame(stop.t)[name]
    assert session.frame().equation.name == name
    assert session.cursor.unit == int(chosen(value))


def test_where_no_value_is_meant_it_leads_nowhere() -> None:
    session = session_of()
    session.add_break("t == 9")
    stop = session.continue_forward()
    assert stop is not None
    assert stop.place is None


def test_what_holds_at_one_timestep_holds_there_alone() -> None:
    session = session_of()
    largest = int(session.trace.series("h_t")[:, 0].argmax())
    for t in (largest, 0 if largest else 1):
        session.goto(t)
        assert session.holds("h_t[0] is largest") == (t == largest)
