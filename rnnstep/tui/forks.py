"""The page of forks: the tree of what-ifs; choose one to go to it."""

from __future__ import annotations

from rich.text import Text

from rnnstep.commands.what_if import lines
from rnnstep.session import Session
from rnnstep.tui.listing import ListPage


class ForksPage(ListPage[int]):
    """Ends with the number of the fork that was chosen, or with nothing."""

    OPENED_BY = ("forks",)
    ABOUT = ("forks", ListPage.ABOUT[1])

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._current = session.tree.current.number
        self._lines = lines(session)

    def show(self) -> None:
        """A line a fork; the one that is looked at in the light."""
        numbers = [number for number, _ in self._lines]
        self.fill((Text(line) for _, line in self._lines), numbers.index(self._current))

    def choose(self, line: int) -> None:
        """Go there."""
        self.dismiss(self._lines[line][0])
