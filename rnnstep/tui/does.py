"""What every collection of actions has: the app, and a line to say things in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.tui.bars import NoteBar

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger


class Does:
    """Methods ``do_…``, each for the action of its name; what was said with it is given.

    Args:
        app: whose session, view, pages and panels they change.
    """

    def __init__(self, app: Debugger) -> None:
        self.app = app

    def say(self, text: str) -> None:
        """In the line of notes, for a moment."""
        self.app.query_one(NoteBar).say(text)
