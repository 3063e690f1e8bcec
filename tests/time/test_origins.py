"""From a number to what made it: the line, the layer, the timestep; and back again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnstep import InputError, Session, Trace
from rnnstep.cells import following
from rnnstep.trace import INITIAL
from tests.time.test_directions import STATE, both
from tests.time.test_trace import inputs, model


def at(session: Session, t: int, layer: str, value: str, unit: int) -> Session:
    session.goto(t)
    session.goto_value(f"{layer}/{value}")
    session.goto_unit(unit)
    return session


def stereo() -> Session:
    return Session(Trace(both(), inputs(), STATE))


def where(session: Session) -> tuple[int, str, str, int]:
    frame = session.frame()
    cursor = frame.cursor
    return cursor.t, frame.layer.name, frame.equation.name, cursor.unit


def test_an_output_leads_through_the_join_to_the_half_that_made_it() -> None:
    session = at(stereo(), 5, "up", "W_x", 1)
    terms = session.frame().values["x_t"] * session.frame().layer.weights["W"][1]
    largest = int(np.abs(terms).argmax())
    session.to_origin()
    assert where(session) == (5, "both", "y_t", largest)
    session.to_origin()
    half, entry = ("f", largest) if largest < 4 else ("b", largest - 4)
    assert where(session) == (5, half, "h_t", entry)


def test_a_chosen_term_leads_to_its_own_entry() -> None:
    session = at(stereo(), 5, "up", "W_x", 1)
    terms = np.abs(session.frame().values["x_t"] * session.frame().layer.weights["W"][1])
    for rank, entry in enumerate(np.argsort(-terms, kind="stable")):
        session.to_origin(rank)
        assert where(session) == (5, "both", "y_t", int(entry))
        session.from_origin()
        assert where(session) == (5, "up", "W_x", 1)


@pytest.mark.parametrize(("half", "t"), [("f", 4), ("b", 6)])
def test_a_state_leads_to_the_timestep_that_made_it(half: str, t: int) -> None:
    session = at(stereo(), 5, half, "Wh_h_i", 2)
    session.to_origin()
    assert where(session)[:3] == (t, half, "h_t")


def test_the_first_state_leads_to_the_initial_one_which_nothing_made() -> None:
    session = at(stereo(), 0, "f", "Wh_h_i", 2)
    session.to_origin()
    assert session.cursor.t == INITIAL
    with pytest.raises(InputError, match="nothing made it"):
        session.to_origin()


def test_the_input_and_a_reverse_layer_s_first_state_are_given() -> None:
    for layer, value, t in (("f", "Wx_x_i", 3), ("b", "Wh_h_i", len(inputs()) - 1)):
        with pytest.raises(InputError, match="is given"):
            at(stereo(), t, layer, value, 0).to_origin()


@given(st.integers(0, len(inputs()) - 1), st.integers(0, 40), st.integers(0, 3))
def test_what_is_led_to_has_the_number_that_was_read(t: int, line: int, unit: int) -> None:
    session = Session(Trace(model("GRU"), inputs(), {"h_prev": STATE["f/h_prev"]}))
    session.goto(t)
    session.goto_line(0, line)
    session.goto_unit(unit)
    before = session.frame()
    try:
        session.to_origin()
    except InputError as error:
        assert "is given" in str(error)
        return
    after = session.frame()
    made = after.values[after.equation.name].reshape(-1)[after.cursor.unit]
    names = [after.equation.name]
    names += [state for state in before.layer.cell.carried if following(state) == names[0]]
    read = [before.values[name].reshape(-1) for name in names if name in before.values]
    assert any(made in values for values in read)
    session.from_origin()
    assert session.cursor == before.cursor
