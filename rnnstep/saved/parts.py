"""The parts of a session itself: breakpoints, watches, bookmarks, forks, the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rnnstep.bookmarks import Bookmark
from rnnstep.errors import InputError, RnnstepError
from rnnstep.frame import Cursor
from rnnstep.notes import printable
from rnnstep.saved.forks import read_forks, write_forks
from rnnstep.saved.part import Bound, Part, bound, entries, field
from rnnstep.trace import INITIAL

if TYPE_CHECKING:
    from rnnstep.session import Session


def _each(value: Any, name: str, one: str, take: Callable[[Any], None]) -> Iterator[str]:
    """Take the entries of a list one by one; what one of them lacks is said, the others stay."""
    for number, entry in enumerate(entries(value, name), start=1):
        try:
            take(entry)
        except RnnstepError as error:
            yield f"{one} {number} is left out: {error}"


def _place(session: Session, entry: Any) -> Cursor:
    """A place of the run, its line by the name of the value that it makes."""
    model = session.trace.model
    t, unit = field(entry, "t", int), field(entry, "unit", int)
    layer, name = model.resolve(field(entry, "value", str))
    names = [equation.name for equation in model.layers[layer].cell.equations]
    if name not in names:
        raise InputError(f"no line makes {name}")
    if not INITIAL <= t < len(session.trace):
        raise InputError(f"t {t} is out of range, 0 to {len(session.trace) - 1}")
    place = Cursor(t, layer, names.index(name), unit)
    if not 0 <= unit < session.units_at(place):
        raise InputError(f"unit {unit} is out of range, 0 to {session.units_at(place) - 1}")
    return place


def _written(session: Session, place: Cursor) -> dict[str, Any]:
    model = session.trace.model
    name = model.layers[place.layer].cell.equations[place.line].name
    return {"t": place.t, "value": model.qualified(place.layer, name), "unit": place.unit}


def _write_cursor(session: Session) -> Any:
    begins = session.cursor == Cursor(layer=session.trace.model.focus)
    return None if begins else _written(session, session.cursor)


def _read_cursor(session: Session, value: Any) -> Iterator[str]:
    place = _place(session, value)
    session.goto_line(place.layer, place.line)
    session.goto_unit(place.unit)
    session.goto(place.t)
    yield from ()


def _write_breakpoints(session: Session) -> Any:
    return [
        {
            "condition": known.condition.text,
            "enabled": known.enabled,
            "ignore": known.ignore,
            "once": known.once,
        }
        for known in session.breakpoints.all
    ]


def _read_breakpoints(session: Session, value: Any) -> Iterator[str]:
    def take(entry: Any) -> None:
        text = field(entry, "condition", str)
        enabled = field(entry, "enabled", bool, True)
        ignore, once = field(entry, "ignore", int, 0), field(entry, "once", bool, False)
        if ignore < 0:
            raise InputError(f"it cannot ignore {ignore} hits")
        try:
            added = session.add_break(text, ignore, once)
        except RnnstepError as error:
            raise InputError(f"'{text[:40]}': {error}") from None
        session.breakpoints.enable(added.number, enabled)

    yield from _each(value, "breakpoints", "breakpoint", take)


def _write_watches(session: Session) -> Any:
    return [known.expression.text for known in session.watches]


def _read_watches(session: Session, value: Any) -> Iterator[str]:
    def take(entry: Any) -> None:
        if not isinstance(entry, str):
            raise InputError("not a text")
        try:
            session.add_watch(entry)
        except RnnstepError as error:
            raise InputError(f"'{entry[:40]}': {error}") from None

    yield from _each(value, "watches", "watch", take)


def _write_bookmarks(session: Session) -> Any:
    known = session.bookmarks
    return [_written(session, one.place) | {"note": one.note} for one in known]


def _read_bookmarks(session: Session, value: Any) -> Iterator[str]:
    def take(entry: Any) -> None:
        note = printable(field(entry, "note", str, ""))
        session.add_bookmark(Bookmark(_place(session, entry), note))

    yield from _each(value, "bookmarks", "bookmark", take)


PARTS: Mapping[str, Part[Session]] = {
    "breakpoints": Part(_write_breakpoints, _read_breakpoints),
    "watches": Part(_write_watches, _read_watches),
    "bookmarks": Part(_write_bookmarks, _read_bookmarks),
    "forks": Part(write_forks, read_forks),
    "cursor": Part(_write_cursor, _read_cursor),
}
"""Every part of a session, in the order in which they are given back: a part may need what those
before it gave. What else is to be saved is entered here."""


def parts_of(session: Session) -> dict[str, Bound]:
    """The parts of a session."""
    return bound(PARTS, session)
