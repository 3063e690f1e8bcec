"""Watches by command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rnnstep.commands import checks, words
from rnnstep.commands.action import Action, Outcome, Takes
from rnnstep.commands.saying import array_data, array_text, whole_number
from rnnstep.session import Session
from rnnstep.watching import Watch

_GROUP = "Watches"


def watch(session: Session, said: str) -> Outcome:
    """Watch an expression."""
    added = session.add_watch(said)
    return Outcome(f"watch {_told(session, added)}", _data(session, added))


def watches(session: Session, _: str) -> Outcome:
    """All watches, with their values here."""
    lines = [_told(session, known) for known in session.watches]
    data = {"watches": [dict(_data(session, known)) for known in session.watches]}
    return Outcome("\n".join(lines) or "no watches: w adds one", data)


def unwatch(session: Session, said: str) -> Outcome:
    """Watch one no longer, or none."""
    if said == "all":
        session.clear_watches()
        return Outcome("no watches are left")
    removed = session.remove_watch(whole_number(said))
    return Outcome(f"no longer watched: {removed.expression.text}")


def _told(session: Session, known: Watch) -> str:
    value = known.expression.at(session.trace, session.cursor.t)
    shown = "no value before t 0" if value is None else array_text(value)
    return f"{known.number}: {known.expression.text} = {shown}"


def _data(session: Session, known: Watch) -> Mapping[str, Any]:
    value = known.expression.at(session.trace, session.cursor.t)
    shown = None if value is None else array_data(value)
    return {"watch": known.number, "expression": known.expression.text, "value": shown}


ACTIONS = (
    Action(
        "watch",
        ("w",),
        "watch",
        "show an expression at every timestep",
        _GROUP,
        takes=Takes.TEXT,
        does=watch,
        usage="EXPRESSION",
        words=words.EXPRESSION,
        checks=checks.expression,
    ),
    Action("watches", ("W",), "", "all watches", _GROUP, does=watches),
    Action(
        "unwatch",
        (),
        "",
        "watch one no longer, or all",
        _GROUP,
        takes=Takes.TEXT,
        does=unwatch,
        usage="NUMBER | all",
        words=words.WATCHES,
    ),
)
