"""Where a number of a fork came from is told as what was typed, not as what it is run by."""

from __future__ import annotations

import pytest

from rnnstep import Session
from rnnstep.commands.performing import perform
from rnnstep.commands.table import BY_NAME
from rnnstep.opening import open_session
from rnnstep.provenance import Kind
from rnnstep.samples_folder import sample

PLUMBING = ("_at", "_set", "_scale", "_noise")


def forked(edit: str, t: int = 8) -> Session:
    session = open_session(sample("addition"))
    session.goto(t)
    session.edit(edit)
    session.goto(t)
    session.goto_value("h_t")
    session.goto_unit(3)
    return session


def told(session: Session, action: str) -> str:
    return perform(session, BY_NAME[action]).text


@pytest.mark.parametrize(
    ("edit", "share"),
    [
        ("set rnn/h_t[3] = 0 at 8", 1.0),
        ("set rnn/h_t = 0.5 from 5", 1.0),
        ("set rnn/h_t[3] = 0 always", 1.0),
        ("set rnn/h_prev = 1 from 5", None),
        ("set rnn/h_prev[1] = 3 at 8", None),
        ("noise rnn/a 2 seed 1 from 4", None),
    ],
)
def test_what_an_edit_put_in_is_the_edit_as_it_was_typed(edit: str, share: float | None) -> None:
    session = forked(edit)
    path, inputs = told(session, "why"), told(session, "inputs")
    assert edit in path
    assert edit in inputs
    assert not any(name in path + inputs for name in PLUMBING)
    found = session.inputs()
    assert found.edits.keys() == {edit}
    assert share is None or found.edits[edit] == share
    whole = sum(e.share for e in found.inputs) + sum(found.edits.values())
    assert whole + found.weights + found.initial + found.rest == pytest.approx(1)


def test_what_was_set_stands_in_for_what_the_line_makes() -> None:
    session = forked("set h_t[3] = 0")
    lines = [line.split("  100 %")[0].rstrip() for line in told(session, "why").splitlines()]
    assert lines[:2] == [
        "hₜ[3] = +0.000  rnn, t 8 2^8",
        "  hₜ[3] = +0.000  set rnn/h_t[3] = 0 at 8",
    ]
    cause = session.why().branches[1].cause
    assert (cause.kind, cause.edit) == (Kind.EDITED, "set rnn/h_t[3] = 0 at 8")
    data = perform(session, BY_NAME["why"]).data["why"][1]
    assert (data["value"], data["kind"]) == ("rnn/h_t", "edited")


def test_a_unit_that_no_edit_is_about_is_made_as_before() -> None:
    session = forked("set h_t[3] = 0")
    session.goto_unit(0)
    before = open_session(sample("addition"))
    before.goto(8)
    before.goto_value("h_t")
    assert told(session, "why") == told(before, "why")
    assert session.inputs().edits == {}


def test_a_scaled_line_says_so() -> None:
    session = forked("scale h_t[3] 2 from 3")
    assert "tanh(a), scale rnn/h_t[3] 2 from 3" in told(session, "why").splitlines()[0]
    assert "h_t_scale" not in told(session, "why")


def test_an_edited_input_is_told_where_it_is_another_one() -> None:
    session = forked("set x_t[0] = 5 at 8")
    lines = [line for line in told(session, "why").splitlines() if "sequence" in line]
    edited = [line for line in lines if "set rnn/x_t[0] = 5 at 8" in line]
    assert len(edited) == 1
    assert edited[0].strip().startswith("xₜ[0] = +5.000")
    assert len(lines) > 1


def test_a_state_that_no_edit_gave_is_just_edited() -> None:
    trace = open_session(sample("addition")).trace.fork(8, state={"h_prev": [1, 1, 1, 1, 1]})
    session = Session(trace)
    session.goto(8)
    session.goto_value("h_t")
    found = session.inputs()
    assert found.edits == {}
    assert found.initial > 0
    kinds = {branch.cause.kind for branch in session.why().branches}
    assert Kind.EDITED in kinds
