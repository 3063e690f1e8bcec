"""The tree of forks in a session file: each by the text of its edit, below its parent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rnnstep.errors import InputError, RnnstepError
from rnnstep.saved.part import field

if TYPE_CHECKING:
    from rnnstep.session import Session


def write_forks(session: Session) -> Any:
    """Every fork in the order of the numbers, and which one is looked at; nothing if none is."""
    forks = [
        {"edit": str(fork.edit.absolute), "parent": fork.parent.number}
        for fork in session.tree.forks
        if fork.parent is not None and fork.edit is not None
    ]
    return {"edits": forks, "current": session.tree.current.number} if forks else None


def read_forks(session: Session, value: Any) -> Iterator[str]:
    """Make the edits again; what is below one that does not fit any more is left out with it.

    Yields:
        what is left out, and why.
    """
    begins = session.tree.current.number
    known = {0: begins}
    for number, entry in enumerate(field(value, "edits", list), start=1):
        try:
            text, parent = field(entry, "edit", str), field(entry, "parent", int)
            if parent not in known:
                raise InputError(f"'{text[:40]}' is below fork {parent}, which is left out")
            session.switch(known[parent])
            known[number] = session.edit(text).number
        except RnnstepError as error:
            yield f"fork {number} is left out: {error}"
    session.switch(known.get(field(value, "current", int, 0), begins))
