"""What can be known of a command before any is done: whether its words are of this model at all.

A script is checked so, all of it, before its first command. What depends on what the commands
before it do, such as which breakpoints there are, is found out when it is done. What a check needs
is loaded when it is made: the table of actions, which names it, is loaded at every start.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial

from rnnstep.commands.action import Checks
from rnnstep.errors import RnnstepError
from rnnstep.frame import Cursor
from rnnstep.session import Session


def expression(session: Session, said: str) -> None:
    """An expression of the model."""
    from rnnstep.expressions import Expression

    Expression.parse(said, session.trace.model)


def printed(session: Session, said: str) -> None:
    """An expression, and perhaps the timesteps from and to which."""
    from rnnstep.commands.printing import parse_print

    parse_print(session, said)


def condition(session: Session, said: str) -> None:
    """A condition, with what may stand behind it."""
    from rnnstep.breaks.parsing import parse_condition
    from rnnstep.commands.breakpoints import split_tail

    text = split_tail(said)[0]
    _somewhere(session, lambda at: parse_condition(text, session.trace.model, at.layer))


def assertion(session: Session, said: str) -> None:
    """A condition, perhaps of the whole run."""
    word, _, text = said.partition(" ")
    condition(session, text if word in ("always", "never") else said)


def value(session: Session, said: str) -> None:
    """The name of a value."""
    session.trace.model.resolve(said)


def entry(session: Session, said: str) -> None:
    """An entry of a value; of a unit alone only what it is called can be known."""
    from rnnstep.provenance.places import is_unit, meant

    if not said or is_unit(said):
        return
    try:
        _somewhere(session, lambda at: meant(session.trace, at, said))
    except RnnstepError:
        labels = session.labels
        if said not in (*labels.units, *labels.inputs, *labels.outputs):
            raise


def output(_: Session, said: str) -> None:
    """A file that a run can be written to."""
    from rnnstep.export import writer_of
    from rnnstep.paths import typed_path

    writer_of(typed_path(said))


def unit(session: Session, said: str) -> None:
    """A unit: its number, or what some value's unit is called."""
    from rnnstep.commands.action import is_number
    from rnnstep.finding.named import units_called

    if said and not is_number(said):
        units_called(said, session.trace.model, session.labels)


def edit(word: str) -> Checks:
    """What may stand behind an edit's word."""

    def check(session: Session, said: str) -> None:
        from rnnstep.forks.language import parse_edit

        parse_edit(f"{word} {said}", session.trace.model, max(session.cursor.t, 0))

    return check


def sought(session: Session, said: str) -> None:
    """Something that may be found; nothing is looked for yet."""
    if not said.startswith("written"):
        _somewhere(session, partial(_find, session, said))


def _find(session: Session, said: str, at: Cursor) -> None:
    other = copy(session)
    other.cursor = at
    other.find(said).close()


def _somewhere(session: Session, check: Callable[[Cursor], object]) -> None:
    """At the first line of some layer: at which one it will be done is not known."""
    mistakes = []
    for layer in dict.fromkeys((session.cursor.layer, *range(len(session.trace.model.layers)))):
        try:
            check(session.cursor.replaced(layer=layer, line=0, unit=0))
        except RnnstepError as error:
            mistakes.append(error)
        else:
            return
    raise mistakes[0]
