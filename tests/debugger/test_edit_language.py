"""The language of edits: a text reads back as its edit, and a mistake says its column."""

from __future__ import annotations

import pytest

from rnnstep import ExpressionError, InputError, RnnstepError
from rnnstep.forks.language import parse_edit
from tests.debugger.runs import lstm, session_of, stack

T = 40


def test_a_text_reads_back_as_the_same_edit() -> None:
    model = stack()
    for text in ("zero lstm/h_t[3]", "scale gru/z_t 0.5 always", "hold lstm/x_t from 3"):
        edit = parse_edit(text, model, 12)
        assert parse_edit(str(edit), model, 5) == edit
    edit = parse_edit("set lstm/Wh_f[3, 0:2] = 0.2, -1e-3", model, 12)
    assert str(edit) == "set lstm/Wh_f[3, 0:2] = 0.2 -0.001 from 12"
    assert parse_edit(str(edit), model, 5) == edit
    edit = parse_edit("noise f_t 0.1", model, 12)
    assert str(edit) == "noise lstm/f_t 0.1 seed 0 at 12"
    edit = parse_edit("swap h_prev from 3 from 9", lstm(), 12)
    assert str(edit) == "swap h_prev from 3 from 9"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("change h_t = 1", 1, "an edit is one of: set, scale, noise, swap, hold, zero"),
        ("set h_q[3] = 0", 5, "unknown name 'h_q'"),
        ("set h_t[9] = 0", 5, "index 9 is outside: 0 to 3"),
        ("set h_t[3]", 11, "write set NAME = NUMBER"),
        ("set h_t = 1 2 3", 10, "this takes 1 number, or 4, not 3"),
        ("set h_t = 1 x", 13, "'x' is no number"),
        ("set h_t[3] + 1 = 0", 5, "one value or weight is edited"),
        ("scale f_t", 10, "write scale NAME FACTOR"),
        ("scale f_t 1 2", 10, "this takes 1 number, not 2"),
        ("noise h_prev", 13, "write noise NAME DEVIATION"),
        ("swap Wh_f from 3", 10, "a weight is of no timestep"),
        ("set h_t = 0 at -3", 13, "'at -3' is no timestep of the run"),
        ("scale f_t 2 from -1", 13, "'from -1' is no timestep of the run"),
        ("zero t", 6, "one value or weight is edited"),
    ],
)
def test_a_mistake_says_its_column_and_changes_nothing(
    text: str, column: int, message: str
) -> None:
    session = session_of()
    tree = session.tree
    with pytest.raises(ExpressionError) as caught:
        session.edit(text)
    assert caught.value.column == column
    assert message in str(caught.value)
    assert caught.value.text == text
    assert session.tree is tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("zero h_t at 40", "no timestep 40 to edit: the run has 0 to 39"),
        ("swap h_prev from 99", "no timestep 99"),
        ("swap h_prev nowhere.npy", "nowhere.npy"),
        ("hold f_t", "only the sequence itself can be held"),
    ],
)
def test_an_edit_that_does_not_fit_the_run_changes_nothing(text: str, message: str) -> None:
    session = session_of()
    tree = session.tree
    with pytest.raises(InputError, match=message):
        session.edit(text)
    assert session.tree is tree


def test_before_the_first_timestep_there_is_nothing_to_edit() -> None:
    session = session_of()
    session.goto(-1)
    with pytest.raises(RnnstepError, match="nothing runs before the first timestep"):
        session.edit("zero h_prev")
    assert session.edit("zero h_prev at 0").number == 1
