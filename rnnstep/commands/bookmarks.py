"""Bookmarks by command: mark a place, list them, come back to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rnnstep.bookmarks import Bookmark
from rnnstep.commands.action import Action, Outcome, Takes
from rnnstep.commands.saying import whole_number
from rnnstep.session import Session

_GROUP = "Bookmarks"


def mark(session: Session, said: str) -> Outcome:
    """Mark the place at the cursor."""
    added = session.mark(said)
    number = session.bookmarks.index(added) + 1
    return Outcome(f"bookmark {describe(session, number)}", as_data(session, added))


def describe(session: Session, number: int) -> str:
    """``2: t 8  Wh·hₜ₋₁[1] of rnn  the carry is made``."""
    known = session.bookmark(number)
    place = known.place
    layer = session.trace.model.layers[place.layer]
    title = layer.title(layer.cell.equations[place.line].name)
    moment = f"t {place.t}" if place.t >= 0 else "initial state"
    return f"{number}: {moment}  {title}[{place.unit}] of {layer.name}  {known.note}".rstrip()


def as_data(session: Session, known: Bookmark) -> Mapping[str, Any]:
    """A bookmark for a program."""
    model, place = session.trace.model, known.place
    name = model.layers[place.layer].cell.equations[place.line].name
    value = model.qualified(place.layer, name)
    return {"t": place.t, "value": value, "unit": place.unit, "note": known.note}


def list_bookmarks(session: Session, _: str) -> Outcome:
    """All bookmarks."""
    numbers = range(1, len(session.bookmarks) + 1)
    lines = [describe(session, number) for number in numbers]
    data = [dict(as_data(session, known)) for known in session.bookmarks]
    return Outcome("\n".join(lines) or "no bookmarks", {"bookmarks": data})


def unmark(session: Session, said: str) -> Outcome:
    """Take one away, or all."""
    if said == "all":
        session.bookmarks = ()
        return Outcome("no bookmarks are left")
    number = whole_number(said)
    text = describe(session, number)
    return Outcome(f"took away bookmark {text}", as_data(session, session.unmark(number)))


def visit(session: Session, said: str) -> Outcome:
    """Go to one."""
    number = whole_number(said)
    session.goto_bookmark(number)
    known = session.bookmark(number)
    return Outcome(f"bookmark {describe(session, number)}", as_data(session, known))


ACTIONS = (
    Action(
        "mark",
        ("M",),
        "",
        "mark this place, with a note if there is one",
        _GROUP,
        takes=Takes.NOTE,
        does=mark,
    ),
    Action(
        "bookmarks",
        ("apostrophe",),
        "",
        "all bookmarks; Enter goes to one",
        _GROUP,
        does=list_bookmarks,
    ),
    Action(
        "visit",
        (),
        "",
        "to a bookmark",
        _GROUP,
        takes=Takes.TEXT,
        does=visit,
        usage="NUMBER",
    ),
    Action(
        "unmark",
        (),
        "",
        "take a bookmark away, or all",
        _GROUP,
        takes=Takes.TEXT,
        does=unmark,
        usage="NUMBER | all",
    ),
)
