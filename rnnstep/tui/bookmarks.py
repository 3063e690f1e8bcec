"""The page of bookmarks: go to one, take one away."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from rnnstep.commands.bookmarks import list_bookmarks
from rnnstep.session import Session
from rnnstep.tui.listing import ListPage


class BookmarksPage(ListPage[int]):
    """Ends with the number of the one to go to, or with nothing; what is taken away is so at once.

    Args:
        session: whose.
    """

    OPENED_BY = ("bookmarks",)
    ABOUT = ("bookmarks", "Enter goes there · x takes it away · Esc closes")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x,delete,backspace", "remove", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def show(self, light: int = 0) -> None:
        """A line a bookmark."""
        self.fill(map(Text, list_bookmarks(self.session, "").text.splitlines()), light)

    def action_remove(self) -> None:
        """Take the one in the light away."""
        at = self.at
        if at < len(self.session.bookmarks):
            self.session.unmark(at + 1)
            self.show(at)

    def choose(self, line: int) -> None:
        """Go there."""
        self.dismiss(line + 1 if self.session.bookmarks else None)
