"""The line of notes: what was inferred, and all that is said."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from rnnstep.commands.keymap import Keys
from rnnstep.commands.table import BY_NAME
from rnnstep.notes import Note
from rnnstep.render.rows import clip, wrapped

SAID = 2.0
"""Seconds that a message stays at the least."""
_READ = 20
"""Letters of a longer one that are read in a second."""
_MOST = 4
"""Which part of the screen's lines, one in so many, a message takes at the most."""
_PASSING = 3
"""Lines that can be read in passing."""


class NoteBar(Widget):
    """What was inferred, warnings first; all messages, in as many lines as they need.

    What a key has done is said for a while; what went wrong, until the next key.
    """

    said: reactive[str] = reactive("")
    working: reactive[bool] = reactive(False)
    progress: reactive[str] = reactive("")

    def __init__(self, notes: tuple[Note, ...], keys: Keys) -> None:
        super().__init__()
        self._silence: Timer | None = None
        self.wrong = False
        """Whether what is said is what went wrong."""
        self.keys = keys
        self.show(notes)

    def show(self, notes: tuple[Note, ...]) -> None:
        """Show these from now on."""
        self.notes = notes
        self.set_class(any(note.warning for note in notes), "-warning")
        self.refresh()

    def say(self, text: str) -> None:
        """Say something instead, for as long as it takes to read."""
        self._say(text, wrong=False)
        self._silence = self.set_timer(max(SAID, len(text) / _READ), self.hush)

    def complain(self, text: str) -> None:
        """Say what went wrong, until :meth:`hush`."""
        self._say(text, wrong=True)

    def hush(self) -> None:
        """Say nothing any more."""
        self._say("", wrong=False)

    def _say(self, text: str, wrong: bool) -> None:
        if self._silence is not None:
            self._silence.stop()
            self._silence = None
        self.wrong = wrong
        self.set_class(wrong, "-wrong")
        self.said = text

    def watch_said(self) -> None:
        """Take as many lines as are said; the panels have the rest."""
        self.styles.height = len(self._lines())

    def on_resize(self, _: events.Resize) -> None:
        """The lines are others where the screen is narrower."""
        self.watch_said()

    def has_room(self, text: str) -> bool:
        """Whether a text is so short that it can be said here, and be read in passing."""
        width, most = self._room
        return len(wrapped(text, width, 99)) <= min(most, _PASSING)

    @property
    def _room(self) -> tuple[int, int]:
        """The columns of a line, and how many lines there may be."""
        return self.app.size.width - 2, max(self.app.size.height // _MOST, 1)

    def _lines(self) -> list[str]:
        """What is said, in the lines that there may be."""
        return wrapped(self.said, *self._room)

    def render(self) -> RenderResult:
        """What is said; or as many notes as fit: the others are a key away."""
        width = self.size.width - 2
        if self.working:
            return Text(" working…", no_wrap=True, style="bold")
        if self.progress:
            return Text(f" {clip(self.progress, width)}", no_wrap=True, style="bold")
        if self.said:
            lines = [f" {line}" for line in self._lines()]
            return Text("\n".join(lines), no_wrap=True, style="bold")
        told = " · ".join(f"{'! ' if note.warning else ''}{note}" for note in self.notes)
        if cell_len(told) > width:
            more = f"  ({self.keys.first(BY_NAME['notes'])}: all {len(self.notes)})"
            told = clip(told, max(width - len(more), 0)) + more
        return Text(" " + told, no_wrap=True)
