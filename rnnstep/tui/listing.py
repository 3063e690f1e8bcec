"""What every page that is a list has: its window, the keys for up and down, those that close it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnnstep.tui.binding import bind_list

T = TypeVar("T")

_WIDEST = 102


class ListPage(ModalScreen[T]):
    """A page of lines, one of them in the light.

    Attributes:
        OPENED_BY: the names of the actions that open it, whose keys close it again.
        ABOUT: what its border says: above, and below.
    """

    CSS_PATH = "pages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close")]
    OPENED_BY: ClassVar[tuple[str, ...]] = ()
    ABOUT: ClassVar[tuple[str, str]] = ("", "Enter goes there · Esc closes")

    def compose(self) -> ComposeResult:
        """The lines, which are not there yet."""
        options = OptionList(id="page")
        options.border_title, options.border_subtitle = self.ABOUT
        yield options

    def on_mount(self) -> None:
        """Bind the reader's keys, and show the lines."""
        bind_list(self, *self.OPENED_BY)
        self.show()

    def show(self) -> None:
        """Put the lines in with :meth:`fill`."""
        raise NotImplementedError

    def fill(self, lines: Iterable[Text], light: int) -> None:
        """Show these lines in place of those that are there, one in the light."""
        self.options.clear_options()
        self.options.add_options(map(Option, lines))
        self.options.highlighted = min(light, max(self.options.option_count - 1, 0))

    @property
    def options(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    @property
    def at(self) -> int:
        """The line in the light, from 0."""
        return self.options.highlighted or 0

    def action_move(self, direction: str) -> None:
        """The keys for lines as the arrows."""
        up = direction == "up"
        self.options.action_cursor_up() if up else self.options.action_cursor_down()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A line was chosen."""
        event.stop()
        self.choose(event.option_index)

    def choose(self, line: int) -> None:
        """Do what a line that is chosen stands for."""
        raise NotImplementedError


def page_room(width: int) -> int:
    """The columns of a page's lines on a screen: its share, less border, padding, scroll bar."""
    return min(int(width * 0.9) - 8, _WIDEST)
