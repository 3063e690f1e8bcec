"""The page of forks: the tree of what-ifs; choose one to go to it."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnnstep.commands.what_if import lines
from rnnstep.session import Session
from rnnstep.tui.binding import bind_list


class ForksPage(ModalScreen[int]):
    """Ends with the number of the fork that was chosen, or with nothing."""

    CSS_PATH = "pages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "close"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._current = session.tree.current.number
        self._lines = lines(session)

    def compose(self) -> ComposeResult:
        """A line a fork."""
        options = OptionList(*(Option(Text(line)) for _, line in self._lines), id="page")
        options.border_title = "forks"
        options.border_subtitle = "Enter goes there · Esc closes"
        yield options

    def on_mount(self) -> None:
        """Stand on the one that is looked at."""
        bind_list(self, "forks")
        numbers = [number for number, _ in self._lines]
        self.query_one(OptionList).highlighted = numbers.index(self._current)

    def action_move(self, direction: str) -> None:
        """``j`` and ``k`` as the arrows."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        event.stop()
        self.dismiss(self._lines[event.option_index][0])
