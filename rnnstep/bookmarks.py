"""Places of a run to come back to, each with a note if one was made."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rnnstep.errors import InputError
from rnnstep.frame import Cursor
from rnnstep.notes import printable
from rnnstep.playing import Change
from rnnstep.record import Record


class Bookmark(Record):
    """A place to come back to.

    Attributes:
        place: the timestep, layer, line and unit.
        note: what was written about it; one line, empty if nothing was.
    """

    place: Cursor
    note: str = ""


class Marking(ABC):
    """What a session does with bookmarks.

    Attributes:
        cursor: where it stands.
        bookmarks: all of them, in the order of time; their numbers are from 1.
    """

    cursor: Cursor
    bookmarks: tuple[Bookmark, ...] = ()

    @abstractmethod
    def goto(self, t: int) -> Change:
        """Go to timestep ``t``, or as near as the run has one."""

    @abstractmethod
    def goto_line(self, layer: int, line: int) -> Change:
        """Go to a line of a layer's equations."""

    @abstractmethod
    def goto_unit(self, unit: int) -> Change:
        """Look into one entry of this line's value."""

    def mark(self, note: str = "") -> Bookmark:
        """Mark the place at the cursor; a mark that is there gets another note."""
        return self.add_bookmark(Bookmark(self.cursor, printable(note)))

    def add_bookmark(self, added: Bookmark) -> Bookmark:
        """Mark a place, wherever the cursor is."""
        others = (known for known in self.bookmarks if known.place != added.place)
        self.bookmarks = tuple(sorted([*others, added], key=lambda one: one.place.content))
        return added

    def unmark(self, number: int) -> Bookmark:
        """Take a bookmark away.

        Raises:
            InputError: there is none with this number.
        """
        found = self.bookmark(number)
        self.bookmarks = tuple(known for known in self.bookmarks if known is not found)
        return found

    def goto_bookmark(self, number: int) -> Change:
        """Go to a bookmark's place.

        Raises:
            InputError: there is none with this number.
        """
        place = self.bookmark(number).place
        changed = self.goto_line(place.layer, place.line)
        return changed | self.goto_unit(place.unit) | self.goto(place.t)

    def bookmark(self, number: int) -> Bookmark:
        """The bookmark with a number.

        Raises:
            InputError: there is none.
        """
        if 1 <= number <= len(self.bookmarks):
            return self.bookmarks[number - 1]
        known = f"1 to {len(self.bookmarks)}" if self.bookmarks else "there are none"
        raise InputError(f"no bookmark {number}: {known}")
