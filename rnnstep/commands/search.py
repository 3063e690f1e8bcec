"""Search by command: for values, units and timesteps, the next one and the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.commands import checks, words
from rnnstep.commands.action import Action, Outcome, Parts, Takes, ending
from rnnstep.commands.moving import whereabouts
from rnnstep.render.numbers import signed
from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.finding.queries import Found, Search

_GROUP = "Search"


def find(session: Session, said: str) -> Parts:
    """Look for something, and go there."""
    return _found(session, session.find(said))


def find_next(session: Session, _: str) -> Parts:
    """The next of it."""
    return _found(session, session.find_again())


def find_previous(session: Session, _: str) -> Parts:
    """The one before."""
    return _found(session, session.find_again(forward=False))


def _found(session: Session, search: Search) -> Parts:
    return ending(search, lambda one: found(session, one))


def found(session: Session, one: Found | None) -> Outcome:
    """What was found, and where; the cursor is there already."""
    if one is None:
        return Outcome(session.missed, {"found": None})
    there = whereabouts(session).data
    number = "" if there["number"] is None else f" = {signed(there['number'])}"
    place = f"t {there['t']}, {there['value']}[{there['unit']}]{number}"
    around = ", wrapped around" if one.wrapped else ""
    data = {"found": one.text, "wrapped": one.wrapped, **there}
    return Outcome(f"{one.text}{around}: {place}", data)


ACTIONS = (
    Action(
        "find",
        ("slash",),
        "find",
        "a name, or where it holds; last …, written …",
        _GROUP,
        takes=Takes.TEXT,
        goes=find,
        checks=checks.sought,
        words=words.FIND,
    ),
    Action("find_next", ("n",), "", "the next of what find looked for", _GROUP, goes=find_next),
    Action("find_previous", ("N",), "", "the one before", _GROUP, goes=find_previous),
)
