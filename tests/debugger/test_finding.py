"""Searches: the timesteps where something holds, when a state was written, what has a name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import ExpressionError, InputError, Model, Session, Trace, build_layer
from rnnstep.cells import Cell
from rnnstep.finding.queries import Found, Search
from rnnstep.labels import Labels
from rnnstep.progress import Progress
from tests.debugger.runs import D, H, inputs, lstm, session_of, stack

T = 40


def ended(search: Search) -> Found | None:
    last: Progress | Found | None = None
    for report in search:
        last = report
    return last if isinstance(last, Found) else None


def found(session: Session, text: str) -> int | None:
    """The timestep where it was found; the session has gone there."""
    one = ended(session.find(text))
    assert one is None or one.t in (session.cursor.t, None)
    return one.t if one else None


@given(st.integers(-1, T - 1), st.sampled_from(["h_t[2] > h_prev[2]", "any(c_t > 1)", "t == 17"]))
def test_next_previous_and_last_are_those_of_the_run(t: int, text: str) -> None:
    session = session_of()
    h, c = (session.trace.series(name) for name in ("h_t", "c_t"))
    holds = {
        "h_t[2] > h_prev[2]": h[:, 2] > np.append(0, h[:-1, 2]),
        "any(c_t > 1)": (c > 1).any(axis=1),
    }
    times = np.flatnonzero(holds.get(text, np.arange(T) == 17)).tolist()
    after, before = [s for s in times if s > t], [s for s in times if s < t]
    session.goto(t)
    assert found(session, text) == (after or times)[0]
    for forward, there, around in (True, after, times), (False, before[::-1], times[::-1]):
        session.goto(t)
        one = ended(session.find_again(forward))
        assert one is not None
        assert (one.t, one.wrapped) == ((there or around)[0], not there)
    session.goto(t)
    latest = [s for s in times if s <= t]
    assert found(session, f"last {text}") == (latest[-1] if latest else None)
    assert session.cursor.t == (latest[-1] if latest else t)


def test_what_holds_nowhere_is_said_and_nothing_moves() -> None:
    session = session_of()
    session.goto(7)
    assert found(session, "h_t[0] > 2") is None
    assert session.missed == "h_t[0] > 2: at no timestep"
    assert found(session, "last h_t[0] > 2") is None
    assert session.missed == "h_t[0] > 2: at no timestep up to t 7"
    assert session.cursor.t == 7


def test_what_is_found_is_the_number_that_it_is_about() -> None:
    session = session_of(stack())
    assert found(session, "gru/h_t[3] > gru/h_prev[3]") is not None
    cursor, frame = session.cursor, session.frame()
    assert (cursor.layer, frame.equation.name, cursor.unit) == (1, "h_t", 3)


def latest(written: np.ndarray[tuple[int], np.dtype[np.bool_]], t: int) -> int | None:
    times = np.flatnonzero(written[: t + 1])
    return int(times[-1]) if times.size else None


@given(st.integers(0, T - 1), st.integers(0, H - 1))
def test_a_cell_state_is_written_where_more_than_half_of_it_is_new(t: int, unit: int) -> None:
    session = session_of(stack())
    series = session.trace.series
    c, f, before = (series(f"lstm/{name}")[:, unit] for name in ("c_t", "f_t", "c_prev"))
    session.goto(t)
    written = np.abs(c - f * before) > 0.5 * np.abs(c)
    assert found(session, f"written c_t[{unit}]") == latest(written, t)
    n, z, h = (series(f"gru/{name}")[:, unit] for name in ("n_t", "z_t", "h_t"))
    session.goto(t)
    written = np.abs((1 - z) * n) > 0.5 * np.abs(h)
    assert found(session, f"written gru/h_t[{unit}]") == latest(written, t)


CELL = "\n".join(
    [
        "input  x_t:    input",
        "state  c_prev: hidden",
        "weight Wx_i:   hidden, input",
        "weight Wx_f:   hidden, input",
        "i_t = Wx_i @ x_t",
        "a_f = Wx_f @ x_t",
        "f_t = sigmoid(a_f)",
        "c_t = f_t * c_prev - tanh(i_t) + i_t",
    ]
)


def test_under_a_mask_it_is_written_where_the_mask_lets_it_be() -> None:
    text = CELL.replace("c_t = ", "m_t = i_t > 0\nc_new = ") + "\nc_t = where(m_t, c_new, c_prev)"
    random = np.random.default_rng(4)
    weights = {name: random.normal(size=(H, D)).astype(np.float32) for name in ("Wx_i", "Wx_f")}
    layer = build_layer("own", Cell.from_text(text, "own", "own.txt"), weights)
    session = Session(Trace(Model((layer,)), inputs(T)))
    i, f, c, before, m = (
        session.trace.series(name)[:, 1] for name in ("i_t", "f_t", "c_t", "c_prev", "m_t")
    )
    new = f * before - np.tanh(i) + i
    assert np.allclose(np.where(m != 0, new, before), c)
    written = (m != 0) & (np.abs(i - np.tanh(i)) > 0.5 * np.abs(new))
    for t in range(T):
        session.goto(t)
        assert found(session, "written c_t[1]") == latest(written, t)


def test_what_is_kept_may_have_a_line_of_its_own() -> None:
    text = CELL.replace(
        "c_t = f_t * c_prev - tanh(i_t) + i_t", "keep = f_t * c_prev\nc_t = keep + i_t"
    )
    random = np.random.default_rng(4)
    weights = {name: random.normal(size=(H, D)).astype(np.float32) for name in ("Wx_i", "Wx_f")}
    layer = build_layer("own", Cell.from_text(text, "own", "own.txt"), weights)
    session = Session(Trace(Model((layer,)), inputs(T)))
    i, c = (session.trace.series(name)[:, 1] for name in ("i_t", "c_t"))
    for t in range(T):
        session.goto(t)
        assert found(session, "written c_t[1]") == latest(np.abs(i) > 0.5 * np.abs(c), t)


def test_a_layer_against_time_was_written_at_a_later_timestep() -> None:
    layer = lstm().layers[0].replaced(reverse=True)
    session = Session(Trace(Model((layer,)), inputs(T)))
    added = session.trace.series("i_t")[:, 2] * session.trace.series("g_t")[:, 2]
    written = np.abs(added) > 0.5 * np.abs(session.trace.series("c_t")[:, 2])
    for t in range(T):
        session.goto(t)
        later = [s for s in np.flatnonzero(written) if s >= t]
        assert found(session, "written c_t[2]") == (later[0] if later else None)


def test_the_entry_at_the_cursor_is_meant_when_none_is_named() -> None:
    session = session_of()
    session.goto_value("c_t")
    session.goto_unit(2)
    session.goto(20)
    at = found(session, "written")
    session.goto(20)
    assert found(session, "written c_t[2]") == at
    assert session.cursor.unit == 2


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("written f_t[0]", InputError, "f_t is no state: .*; states are: h_t, c_t"),
        ("written h_t[0]", InputError, "h_t is made anew at every timestep"),
        ("written c_t[4]", ExpressionError, "index 4 is outside: 0 to 3"),
        ("written nobody", InputError, "'nobody' is no state"),
        ("h_t[4]", ExpressionError, "index 4 is outside"),
        ("h_t[0] >", ExpressionError, "something is missing at the end"),
        ("last h_q > 1", ExpressionError, "unknown name 'h_q'"),
        ("h_t changes sing", ExpressionError, "a rule is one of"),
        ("hh_t", InputError, "nothing is called 'hh_t'; did you mean 'h_t'?"),
        ("wiper", InputError, "nothing is called 'wiper'; a condition is written as"),
        ("17", InputError, "nothing is called '17'"),
    ],
)
def test_what_cannot_be_looked_for_is_told(text: str, error: type[Exception], said: str) -> None:
    session = session_of()
    with pytest.raises(error, match=said):
        session.find(text)
    with pytest.raises(InputError, match="nothing was looked for yet"):
        session_of().find_again()


LABELS = Labels(
    timesteps=("t", "b", "the", "cat", "The", "theatre", *("dot",) * (T - 6)),
    inputs=("b", "cat food", "z"),
    units=("subject", "count", "carry", "the unit"),
)


def named(session: Session, text: str) -> tuple[str, int, str, int]:
    one = ended(session.find(text))
    assert one is not None
    return one.text, session.cursor.t, session.frame().equation.name, session.cursor.unit


def test_a_name_is_found_and_what_is_called_so_comes_after_it() -> None:
    session = Session(Trace(lstm(), inputs(T)), LABELS)
    assert named(session, "f_t") == ("value f_t", 0, "f_t", 0)
    assert named(session, "f_t[3]") == ("value f_t", 0, "f_t", 3)
    assert named(session, "Wx_g") == ("weight Wx_g", 0, "Wx_x_g", 3)
    assert named(session, "h_prev[1]") == ("value h_prev", 0, "Wh_h_i", 1)
    assert named(session, "carry") == ("unit carry", 0, "h_t", 2)
    assert named(session, "CARRY") == ("unit carry", 0, "h_t", 2)
    assert named(session, "the") == ("timestep the", 2, "h_t", 2)
    assert named(session, "b") == ("timestep b", 1, "h_t", 2)
    assert named(session, "t") == ("timestep t", 0, "h_t", 2)
    session.goto(2)
    assert named(session, "cat f") == ("input cat food", 2, "Wx_x_i", 1)
    assert named(session, "thea") == ("timestep theatre", 5, "Wx_x_i", 1)
    assert named(session, "lst")[0] == "layer lstm"


def test_timesteps_of_a_name_are_gone_through_both_ways() -> None:
    session = Session(Trace(lstm(), inputs(T)), LABELS)
    assert named(session, "dot")[:2] == ("timestep dot (1 of 34)", 6)
    for forward, t, wrapped in (True, 7, False), (False, 6, False), (False, 39, True):
        one = ended(session.find_again(forward))
        assert one is not None
        assert (one.t, one.wrapped, session.cursor.t) == (t, wrapped, t)


def test_what_has_no_timestep_is_gone_through_in_order() -> None:
    session = session_of(stack())
    assert named(session, "h_t")[0] == "value lstm/h_t"
    own = [f"lstm/Wh_h_{gate}" for gate in "ifgo"] + [f"gru/Wh_h_{gate}" for gate in "rzn"]
    one = ended(session.find("Wh_h_"))
    for number in (*range(7), 0):
        assert one is not None
        assert one.text == f"value {own[number]} ({number + 1} of 7)"
        last, one = one, ended(session.find_again())
    assert last.wrapped
