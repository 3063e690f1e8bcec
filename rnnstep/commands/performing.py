"""An action is done: whatever says its name, a key, the command line or a script."""

from __future__ import annotations

from rnnstep.commands.action import Action, Outcome, Parts, ending
from rnnstep.commands.moving import MOVED, whereabouts
from rnnstep.errors import ExpressionError, InputError, RnnstepError
from rnnstep.progress import last_of
from rnnstep.session import Session


def check(action: Action, said: str) -> None:
    """Refuse what cannot be done without a screen, or without more being said.

    Raises:
        InputError: it cannot.
    """
    if not action.headless:
        raise InputError(f"{action.name} is about the screen alone: a script has none")
    if action.takes.needed and not said:
        raise InputError(f"say more: {action.name} {action.says}")


def perform(session: Session, action: Action, said: str = "") -> Outcome:
    """All of :func:`performing` at once; what there is to say."""
    return last_of(performing(session, action, said)) or MOVED


def performing(session: Session, action: Action, said: str = "") -> Parts:
    """Do an action of the table with a session, without a screen.

    Args:
        session: what it is done with.
        action: of the table.
        said: the count, number or text given with it; empty if none.

    Yields:
        how far it is, if it may go through the whole run; and then what there is to say, but not
        where a motion led. Who goes on no more has given it up.

    Raises:
        RnnstepError: it cannot be done, in one line.
    """
    check(action, said)
    if action.goes is not None:
        yield from action.goes(session, said)
    else:
        yield _at_once(session, action, said)


def _at_once(session: Session, action: Action, said: str) -> Outcome:
    if action.does is not None:
        return action.does(session, said)
    method = getattr(session, action.method)
    if action.takes.counts:
        method(int(said or 1))
    else:
        method(*[said] if said else [])
    return MOVED


def performing_and_telling(session: Session, action: Action, said: str = "") -> Parts:
    """The same, for who sees no screen: of a motion, where it led."""
    return ending(
        performing(session, action, said), lambda outcome: _led(session, outcome or MOVED)
    )


def _led(session: Session, outcome: Outcome) -> Outcome:
    if not outcome.moved:
        return outcome
    there = whereabouts(session)
    return Outcome(outcome.text or there.text, {**there.data, **outcome.data}, outcome.failed)


def mistake_in(
    error: RnnstepError, line: str, start: int = 0, said: int = 0, place: str = ""
) -> ExpressionError:
    """What a command could not do, as a mistake in the line that it was typed in.

    Args:
        error: what went wrong; its column, if it has one, is of a part of the line.
        line: the whole line.
        start: where in the line the command begins, from 0.
        said: where in the line what is said with it begins.
        place: where the line is, ``file:line``; empty if it was typed.
    """
    if not isinstance(error, ExpressionError) or error.place:
        return ExpressionError(str(error), line, start + 1, place)
    # what it is a mistake in is what was said, or the command as a whole
    at = max(line.find(error.text, said), line.find(error.text, start, start + len(error.text)))
    if at < 0:
        return ExpressionError(error.message, line, start + 1, place)
    return error.at(place, line, at)
