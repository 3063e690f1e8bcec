"""The command line at the bottom of the screen."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input

from rnnstep.tui.actions import BY_NAME


class Prompt(Input):
    """Hidden until it is opened; Enter gives the line, Escape takes it away."""

    class Given(Message):
        """A line was entered."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    def __init__(self) -> None:
        names = SuggestFromList(BY_NAME, case_sensitive=True)
        super().__init__(placeholder="a command, or a timestep", suggester=names, compact=True)
        self.display = False

    def open(self, text: str = "") -> None:
        """Show the line, with ``text`` already in it."""
        self.value = text
        self.display = True
        self.focus()
        self.cursor_position = len(text)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the line."""
        event.stop()
        self.display = False
        if event.value.strip():
            self.post_message(self.Given(event.value))

    def on_blur(self) -> None:
        """Close when something else is looked at."""
        self.display = False

    def key_escape(self, event: events.Key) -> None:
        """Close."""
        event.stop()
        self.display = False
        self.screen.focus_previous()
