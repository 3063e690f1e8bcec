"""The page of breakpoints: let one stop or pass, take one away."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnnstep.commands.breaks import list_breaks
from rnnstep.session import Session
from rnnstep.tui.binding import bind_list


class BreakpointsPage(ModalScreen[None]):
    """Every breakpoint with its hits; changes are made at once."""

    CSS_PATH = "pages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "close"),
        Binding("space", "let", show=False),
        Binding("x,delete,backspace", "remove", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def compose(self) -> ComposeResult:
        """A line a breakpoint."""
        options = OptionList(id="page")
        options.border_title = "breakpoints"
        options.border_subtitle = "Enter lets it stop or pass · x takes it away · Esc closes"
        yield options

    def on_mount(self) -> None:
        """Show them."""
        bind_list(self, "breakpoints")
        self._show(0)

    def _show(self, highlighted: int) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        known = self.session.breakpoints.all
        lines = list_breaks(self.session, "").text.splitlines()
        for number, line in enumerate(lines):
            sign = "● " if known and known[number].enabled else "○ " if known else ""
            options.add_option(Option(Text(sign + line)))
        options.highlighted = min(highlighted, max(len(lines) - 1, 0))

    def action_move(self, direction: str) -> None:
        """``j`` and ``k`` as the arrows."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if direction == "down" else options.action_cursor_up()

    def action_let(self) -> None:
        """Let the one in the light stop, or pass."""
        at = self.query_one(OptionList).highlighted or 0
        for known in self.session.breakpoints.all[at : at + 1]:
            self.session.breakpoints.enable(known.number, not known.enabled)
            self._show(at)

    def action_remove(self) -> None:
        """Take it away."""
        at = self.query_one(OptionList).highlighted or 0
        for known in self.session.breakpoints.all[at : at + 1]:
            self.session.breakpoints.remove(known.number)
            self._show(at)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter is as Space."""
        event.stop()
        self.action_let()
