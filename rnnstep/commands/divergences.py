"""From one number that is not as expected to the next, by key and command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.commands.action import Action, Outcome, Takes, Words
from rnnstep.errors import InputError, did_you_mean
from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.explaining import Explaining

_GROUP = "Comparison"
_ALL = "solve"
"""Said for up to three things together, which takes longer."""


def next_divergence(session: Session, _: str) -> Outcome:
    """To the next number that is wrong."""
    return _go(session, True)


def previous_divergence(session: Session, _: str) -> Outcome:
    """To the number before that is wrong."""
    return _go(session, False)


def _go(session: Session, forward: bool) -> Outcome:
    from rnnstep.render.check import divergence_data, divergence_text

    known = session.comparison
    if known is None:
        told = "rnnstep check SEQ --expect FILE --open, or :shadow int8"
        raise InputError(f"nothing is expected of this run: {told}")
    t = session.cursor.t
    found = session.goto_divergence(t, forward)
    if found is None:
        side = "after" if forward else "before"
        limit = f"within {known.tolerance.absolute:g} of the shadow"
        told = limit if known.reference.is_shadow else "as expected"
        return Outcome(f"all is {told} {side} t {t}", {"t": None})
    return Outcome(divergence_text(known, found), divergence_data(known, found))


def explanation(session: Session, said: str) -> Outcome:
    """What would explain all that is expected."""
    search = explaining(session, said)
    for _ in search:
        pass
    return explained(search)


def explaining(session: Session, said: str, left: Explaining | None = None) -> Explaining:
    """A search for what would explain all that is expected.

    Args:
        session: the run that something is expected of.
        said: how much is to be tried.
        left: a search that was given up: it is taken up again if it is the same.

    Raises:
        InputError: there is nothing to be explained, or no such search.
    """
    from rnnstep.explaining import Explaining
    from rnnstep.opening import batch_of

    known = session.comparison
    if known is None or known.passed:
        raise InputError("nothing is to be explained: all is as expected")
    if known.reference.is_shadow:
        raise InputError("what a shadow does otherwise is known: nothing is to be explained")
    if session.trace.parent is not None:
        raise InputError("the run as it was is explained, not a fork of it: fork 0 goes there")
    if said not in ("", _ALL):
        raise InputError(f"explain takes {_ALL} or nothing{did_you_mean(said, [_ALL])}")
    depth = 3 if said else 1
    if left is not None and (left.comparison, left.depth) == (known, depth):
        return left
    return Explaining(known, depth, batch=batch_of(session), deeper=f"explain {_ALL}")


def explained(search: Explaining) -> Outcome:
    """What a search has found out, at its end or where it was given up."""
    found = search.explained
    return Outcome("\n".join(found.lines).strip(), found.data)


ACTIONS = (
    Action(
        "divergence",
        ("e",),
        "next error",
        "to the next number that is wrong",
        _GROUP,
        does=next_divergence,
    ),
    Action(
        "previous_divergence",
        ("E",),
        "",
        "to the number before that is wrong",
        _GROUP,
        does=previous_divergence,
    ),
    Action(
        "explain",
        ("D",),
        "why?",
        "what would explain what is expected",
        _GROUP,
        takes=Takes.CHOICE,
        does=explanation,
        usage=f"[{_ALL}]",
        words=Words(lambda *_: [_ALL], whole=True),
    ),
)
