"""The tree of forks in a session file: each by the text of its edit, below its parent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rnnstep.errors import InputError, RnnstepError
from rnnstep.forks.left_out import LeftOut
from rnnstep.saved.part import Kept, field

if TYPE_CHECKING:
    from rnnstep.session import Session


def write_forks(session: Session) -> Any:
    """Every fork in the order of the numbers, and which one is looked at; nothing if none is.

    Behind them come those that could not be made when the session came back.
    """
    # one that was let go leaves no gap, and what could not be made below it goes with it
    numbers: dict[int | LeftOut, int] = {}
    forks: list[dict[str, Any]] = []
    for fork in session.tree.forks:
        numbers[fork.number] = len(numbers)
        if fork.parent is not None and fork.edit is not None:
            parent = numbers[fork.parent.number]
            forks.append({"edit": str(fork.edit.absolute), "parent": parent})
    for left in session.left_out:
        if left.parent in numbers:
            numbers[left] = len(numbers)
            forks.append({"edit": left.edit, "parent": numbers[left.parent]})
    current = numbers[session.tree.current.number]
    return {"edits": forks, "current": current} if forks else None


def read_forks(session: Session, value: Any) -> Iterator[str]:
    """Make the edits again; what is below one that does not fit any more is left out with it.

    Yields:
        what is left out, and why.
    """
    begins = session.tree.current.number
    known: dict[int, int | LeftOut] = {0: begins}
    for number, entry in enumerate(field(value, "edits", list), start=1):
        try:
            text, parent = field(entry, "edit", str), field(entry, "parent", int)
            if parent not in known:
                raise InputError(f"there is no fork {parent} that it could be below")
        except InputError as error:
            yield f"fork {number} is left out: {error}"
            continue
        try:
            known[number] = _made(session, text, known[parent], parent)
        except RnnstepError as error:
            known[number] = left = LeftOut(text, known[parent])
            session.left_out += (left,)
            yield Kept(f"fork {number} is left out: {error}")
    current = known.get(field(value, "current", int, 0), begins)
    session.switch(begins if isinstance(current, LeftOut) else current)


def _made(session: Session, text: str, above: int | LeftOut, parent: int) -> int:
    """The number of the fork that an edit makes below another one."""
    if isinstance(above, LeftOut):
        raise InputError(f"'{text[:40]}' is below fork {parent}, which is left out")
    session.switch(above)
    return session.edit(text).number
