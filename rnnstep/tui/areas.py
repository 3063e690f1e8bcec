"""What the panels lie on: covered by them, and so never drawn, as Textual would line by line."""

from __future__ import annotations

from textual import events
from textual.containers import Horizontal, Vertical
from textual.screen import Screen


class Main(Screen[None]):
    """The screen below the panels."""

    BLANK = True

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """The first time, everything on it has been mounted, and so styled, a moment ago."""
        event.refresh_styles = self.stack_updates > 0


class Row(Horizontal):
    """Beside each other."""

    BLANK = True


class Column(Vertical):
    """Below each other."""

    BLANK = True
