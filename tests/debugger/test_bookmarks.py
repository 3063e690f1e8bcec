"""Bookmarks: a place and a note, in the order of time."""

from __future__ import annotations

import pytest

from rnnstep import InputError, Session
from rnnstep.commands.table import BY_NAME
from rnnstep.frame import Cursor
from tests.debugger.runs import session_of, stack


def said(session: Session, name: str, text: str = "") -> str:
    does = BY_NAME[name].does
    assert does is not None
    return does(session, text).text


def test_a_mark_is_come_back_to() -> None:
    session = session_of(stack())
    session.goto(8)
    session.goto_value("gru/h_t")
    session.goto_unit(2)
    place = session.cursor
    shown = "bookmark 1: t 8  hₜ[2] of gru  the gate opens"
    assert said(session, "mark", "the gate opens") == shown
    session.goto(3)
    session.goto_line(0, 0)
    assert said(session, "visit", "1") == shown
    assert session.cursor == place
    assert session.frame().bookmarks == session.bookmarks


def test_they_are_numbered_in_the_order_of_time() -> None:
    session = session_of()
    for t in (9, -1, 4):
        session.goto(t)
        session.mark(f"at {t}")
    assert said(session, "bookmarks").splitlines() == [
        "1: initial state  Wx_i·xₜ[0] of lstm  at -1",
        "2: t 4  Wx_i·xₜ[0] of lstm  at 4",
        "3: t 9  Wx_i·xₜ[0] of lstm  at 9",
    ]
    said(session, "unmark", "2")
    assert [known.place.t for known in session.bookmarks] == [-1, 9]
    said(session, "unmark", "all")
    assert said(session, "bookmarks") == "no bookmarks"


def test_a_place_that_is_marked_gets_another_note() -> None:
    session = session_of()
    session.mark("one")
    session.mark("two\x1b[2J")
    assert [(known.place, known.note) for known in session.bookmarks] == [(Cursor(), "two␛[2J")]


def test_one_that_is_not_there_is_an_error() -> None:
    session = session_of()
    with pytest.raises(InputError, match="no bookmark 1: there are none"):
        said(session, "visit", "1")
    session.mark()
    with pytest.raises(InputError, match="no bookmark 2: 1 to 1"):
        said(session, "unmark", "2")
    with pytest.raises(InputError, match="give a number, not 'x'"):
        said(session, "visit", "x")
