"""The command line at the bottom of the screen."""

from __future__ import annotations

from functools import cached_property

from textual import events
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, Static

from rnnstep.commands.table import BY_NAME


class Prompt(Horizontal):
    """Empty and hidden until it is opened; Enter gives the line, Escape takes it away."""

    class Given(Message):
        """A line was entered."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self._before: Widget | None = None

    @cached_property
    def line(self) -> Input:
        """What is typed into; its style sheet alone is a third of the screen's."""
        names = SuggestFromList(BY_NAME, case_sensitive=True)
        return Input(
            placeholder="a command, or a timestep",
            suggester=names,
            compact=True,
            select_on_focus=False,
        )

    def open(self, text: str = "") -> None:
        """Show the line, with ``text`` already in it."""
        if not self.children:
            self.mount(Static(":"), self.line)
        if not self.display:
            self._before = self.screen.focused
        self.line.value = text
        self.display = True
        self.screen.set_focus(self.line)
        self.line.cursor_position = len(text)

    def close(self) -> None:
        """Hide the line, and give the focus back to what had it."""
        self.display = False
        self.screen.set_focus(self._before)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the line."""
        event.stop()
        self.close()
        if event.value.strip():
            self.post_message(self.Given(event.value))

    def on_descendant_blur(self) -> None:
        """Close when something else is looked at; it may have been opened again meanwhile."""
        if self.screen.focused is not self.line:
            self.display = False

    def key_escape(self, event: events.Key) -> None:
        """Close."""
        event.stop()
        self.close()
