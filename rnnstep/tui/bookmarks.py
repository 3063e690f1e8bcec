"""The page of bookmarks: go to one, take one away."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnnstep.commands.bookmarks import list_bookmarks
from rnnstep.session import Session
from rnnstep.tui.binding import bind_list


class BookmarksPage(ModalScreen[int]):
    """Ends with the number of the one to go to, or with nothing; what is taken away is so at once.

    Args:
        session: whose.
    """

    CSS_PATH = "pages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "close"),
        Binding("x,delete,backspace", "remove", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def compose(self) -> ComposeResult:
        """A line a bookmark."""
        options = OptionList(id="page")
        options.border_title = "bookmarks"
        options.border_subtitle = "Enter goes there · x takes it away · Esc closes"
        yield options

    def on_mount(self) -> None:
        """Show them."""
        bind_list(self, "bookmarks")
        self._show(0)

    def _show(self, highlighted: int) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        lines = list_bookmarks(self.session, "").text.splitlines()
        options.add_options(Option(Text(line)) for line in lines)
        options.highlighted = min(highlighted, len(lines) - 1)

    def action_move(self, direction: str) -> None:
        """The keys for lines as the arrows."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def action_remove(self) -> None:
        """Take the one in the light away."""
        at = self.query_one(OptionList).highlighted or 0
        if at < len(self.session.bookmarks):
            self.session.unmark(at + 1)
            self._show(at)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Go there."""
        event.stop()
        self.dismiss(event.option_index + 1 if self.session.bookmarks else None)
