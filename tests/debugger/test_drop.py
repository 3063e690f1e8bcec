"""A fork is let go with all below it, and comes back with undo."""

from __future__ import annotations

import pytest

from rnnstep import InputError, Session
from rnnstep.commands.parsing import parse_command
from rnnstep.commands.performing import perform
from tests.debugger.runs import session_of


def forked() -> Session:
    """Fork 2 below fork 1, and fork 3 beside that; fork 2 is looked at."""
    session = session_of()
    session.edit("zero h_t at 5")
    session.edit("zero c_t at 9")
    session.switch(0)
    session.edit("set h_t = 1 at 7")
    session.switch(2)
    return session


def numbers(session: Session) -> list[int]:
    return [fork.number for fork in session.tree.forks]


def test_what_was_forked_from_it_goes_too_and_its_parent_is_looked_at() -> None:
    session = forked()
    assert session.drop(1).number == 0
    assert numbers(session) == [0, 3]
    assert session.trace is session.tree.forks[0].trace
    with pytest.raises(InputError, match="no fork 2: there are 0, 3"):
        session.switch(2)


def test_undo_brings_back_all_of_it_and_what_was_looked_at() -> None:
    session = forked()
    tree = session.tree
    session.drop(1)
    assert session.undo().number == 2
    assert session.tree is tree
    # and then it is again the way to the parent
    assert session.undo().number == 1


def test_only_the_next_undo_brings_it_back() -> None:
    session = forked()
    session.drop()
    assert session.tree.current.number == 1
    session.switch(3)
    assert session.undo().number == 0
    assert numbers(session) == [0, 1, 3]


def test_another_one_may_go_while_this_one_stays() -> None:
    session = forked()
    assert session.drop(3).number == 2
    assert numbers(session) == [0, 1, 2]
    # no number is used twice
    assert session.edit("zero h_t at 6").number == 4


def test_redo_does_not_lead_to_what_was_let_go() -> None:
    session = forked()
    session.drop()
    with pytest.raises(InputError, match="nothing to redo"):
        session.redo()


def test_the_run_as_it_was_stays() -> None:
    session = session_of()
    for number in (None, 0):
        with pytest.raises(InputError, match="fork 0 is the run as it was: it stays"):
            session.drop(number)
    with pytest.raises(InputError, match="no fork 7: only 0"):
        session.drop(7)


def test_the_command_says_what_went_and_where_that_led() -> None:
    session = forked()
    outcome = perform(session, *parse_command("drop 1"))
    assert outcome.text == ("forks 1, 2 let go, undo brings back; now fork 0, the run as it was")
    assert outcome.data["dropped"] == [1, 2]
    assert outcome.data["fork"] == 0
    with pytest.raises(InputError, match="give a fork's number, not 'all'"):
        perform(session, *parse_command("drop all"))
