"""The command line at the bottom of the screen."""

from __future__ import annotations

from asyncio import Event
from functools import cached_property
from typing import TYPE_CHECKING

from textual import events
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

if TYPE_CHECKING:
    from rnnstep.tui.line import Complete, Line


class Prompt(Horizontal):
    """Empty and hidden until it is opened; the app takes the line, Escape closes it.

    Args:
        complete: what the last word of a line may become.

    Attributes:
        history: what was entered, the newest last.
    """

    def __init__(self, complete: Complete) -> None:
        super().__init__()
        self.display = False
        self.history: list[str] = []
        self._complete = complete
        self._before: Widget | None = None

    @cached_property
    def line(self) -> Line:
        """What is typed into; its style sheet alone is a third of the screen's."""
        from rnnstep.tui.line import Line

        return Line(self._complete, self.history)

    def open(self, text: str = "", column: int | None = None) -> None:
        """Show the line.

        Args:
            text: what is in it already.
            column: the letter that the cursor is before; ``None`` if it is behind a text that a
                key has begun, with its command.
        """
        if not self.children:
            self.mount(Static(":"), self.line)
        if not self.display:
            self._before = self.screen.focused
        self.display = True
        self.screen.set_focus(self.line)
        command, blank, _ = text.partition(" ")
        if column is None:
            self.line.begin(text, len(text), command + blank)
        else:
            self.line.begin(text, column)

    def close(self) -> None:
        """Hide the line, and give the focus back to what had it."""
        self.display = False
        self.screen.set_focus(self._before)

    async def take(self) -> str:
        """Close, and give what was typed: all of it, however fast it came."""
        typed = Event()
        if self.line.call_later(typed.set):
            await typed.wait()
        self.close()
        text = self.line.value
        if text.strip() and self.history[-1:] != [text.strip()]:
            self.history.append(text.strip())
        return text

    def on_descendant_blur(self) -> None:
        """Close when something else is looked at; it may have been opened again meanwhile."""
        if self.screen.focused is not self.line:
            self.display = False

    def key_escape(self, event: events.Key) -> None:
        """Close."""
        event.stop()
        self.close()
