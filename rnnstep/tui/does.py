"""What every collection of actions has: the app, and a line to say things in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.commands.action import Outcome
from rnnstep.tui.notebar import NoteBar
from rnnstep.tui.pages import TextPage

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger


class Does:
    """Methods ``do_…``, each for the action of its name; what was said with it is given.

    Args:
        app: whose session, view, pages and panels they change.
    """

    def __init__(self, app: Debugger) -> None:
        self.app = app

    def tell(self, outcome: Outcome, moved: bool = False) -> None:
        """What a command has to say: a line where lines are said, a long text on a page.

        Args:
            outcome: of the command.
            moved: whether it led elsewhere, or to another run: no page covers what is there.
        """
        long = not self.app.main.query_one(NoteBar).has_room(outcome.text) and not moved
        if "\n" in outcome.text or long:
            self.app.push_screen(TextPage(outcome.text))
        else:
            self.say(outcome.text)

    def say_where(self) -> None:
        """Where the cursor was led."""
        frame = self.app.session.frame()
        name = f"{frame.layer.title(frame.equation.name)}[{frame.cursor.unit}]"
        self.say(f"{name} of {frame.layer.name} at t {frame.cursor.t}; O goes back")

    def say(self, text: str) -> None:
        """In the line of notes, for as long as it takes to read."""
        self.app.main.query_one(NoteBar).say(text)
