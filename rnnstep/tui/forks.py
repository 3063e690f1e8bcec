"""The page of forks: the tree of what-ifs; choose one to go to it, or let one go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.binding import Binding, BindingType

from rnnstep.commands.what_if import lines
from rnnstep.errors import RnnstepError
from rnnstep.session import Session
from rnnstep.tui.binding import bind_actions
from rnnstep.tui.listing import ListPage

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger


class ForksPage(ListPage[int]):
    """Ends with the number of the fork that was chosen, or with nothing."""

    OPENED_BY = ("forks",)
    ABOUT = ("forks", "Enter goes there · x lets it go, u brings it back · Esc closes")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x,delete,backspace", "remove", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._lines: list[tuple[int, str]] = []

    def on_mount(self) -> None:
        """Take the reader's keys."""
        super().on_mount()
        bind_actions(self, {"undo": "undo"})

    def show(self, light: int | None = None) -> None:
        """A line a fork; the one that is looked at in the light unless another is to be."""
        self._lines = lines(self.session)
        numbers = [number for number, _ in self._lines]
        current = numbers.index(self.session.tree.current.number)
        self.fill((Text(line) for _, line in self._lines), current if light is None else light)

    def action_remove(self) -> None:
        """Let the one in the light go."""
        self._do(partial(self.session.drop, self._lines[self.at][0]), self.at)

    def action_undo(self) -> None:
        """Bring back what was let go."""
        self._do(self.session.undo)

    def _do(self, does: Callable[[], object], light: int | None = None) -> None:
        try:
            does()
        except RnnstepError as error:
            cast("Debugger", self.app).complain(str(error))
        self.show(light)

    def choose(self, line: int) -> None:
        """Go there."""
        self.dismiss(self._lines[line][0])
