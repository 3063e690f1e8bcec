"""From one number that is not as expected to the next, by key and command."""

from __future__ import annotations

from rnnstep.check import SHADOW
from rnnstep.commands.action import Action, Outcome
from rnnstep.errors import InputError
from rnnstep.render.check import divergence_data, divergence_text
from rnnstep.session import Session

_GROUP = "Comparison"


def next_divergence(session: Session, _: str) -> Outcome:
    """To the next number that is wrong."""
    return _go(session, True)


def previous_divergence(session: Session, _: str) -> Outcome:
    """To the number before that is wrong."""
    return _go(session, False)


def _go(session: Session, forward: bool) -> Outcome:
    known = session.comparison
    if known is None:
        told = "rnnstep check SEQ --expect FILE --open, or :shadow int8"
        raise InputError(f"nothing is expected of this run: {told}")
    t = session.cursor.t
    found = session.goto_divergence(t, forward)
    if found is None:
        side = "after" if forward else "before"
        limit = f"within {known.tolerance.absolute:g} of the shadow"
        told = limit if known.reference.side == SHADOW else "as expected"
        return Outcome(f"all is {told} {side} t {t}", {"t": None})
    return Outcome(divergence_text(known, found), divergence_data(known, found))


ACTIONS = (
    Action(
        "divergence", ("e",), "", "to the next number that is wrong", _GROUP, does=next_divergence
    ),
    Action(
        "previous_divergence",
        ("E",),
        "",
        "to the number before that is wrong",
        _GROUP,
        does=previous_divergence,
    ),
)
