"""Pages over the screen: what was inferred about the files, and what takes more than some lines."""

from __future__ import annotations

from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from rnnstep.notes import Note
from rnnstep.tui.binding import bind_actions


class Page(ModalScreen[None]):
    """Something to read; closed by Escape, or the key that opened it or a page like it."""

    CSS_PATH = "pages.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "close")]

    def on_mount(self) -> None:
        """Take the reader's keys."""
        bind_actions(self, dict.fromkeys(("quit", "help", "notes", "plot"), "dismiss"))

    def content(self) -> RenderableType:
        """What there is to read."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The content in a window that scrolls."""
        with VerticalScroll(id="page") as window:
            window.border_subtitle = self.about
            yield Static(self.content())

    def on_resize(self) -> None:
        """Say that there is more to read, where there is."""
        self.call_after_refresh(self.say_more)

    @property
    def about(self) -> str:
        """What its border says below, behind how to see more."""
        return "Esc closes"

    def say_more(self) -> None:
        """Say how to see more if there is more, and what else there is to press."""
        window = self.query_one("#page")
        more = "↑ ↓ for more · " if window.max_scroll_y else ""
        window.border_subtitle = f"{more}{self.about}"


class NotesPage(Page):
    """What was inferred, and the options that say otherwise."""

    def __init__(self, notes: tuple[Note, ...]) -> None:
        super().__init__()
        self.notes = notes

    def content(self) -> RenderableType:
        """One note a line."""
        lines = [Text(f"{'! ' if note.warning else '  '}{note}") for note in self.notes]
        return Text("\n").join(lines or [Text("nothing had to be inferred")])


_MOST = 50_000
"""Letters of a page: a window of far more would keep the keys waiting."""


class TextPage(Page):
    """What a command has to say, if that is more than a line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def content(self) -> RenderableType:
        """The lines; of a text that is too long its beginning."""
        if len(self.text) <= _MOST:
            return Text(self.text)
        end = self.text.rfind("\n", 0, _MOST)
        end = end if end > 0 else _MOST
        count = self.text.count("\n", end + 1) + 1
        more = f"{count:,} more line{'s'[: count > 1]}: without a screen, rnnstep run tells all"
        return Text(f"{self.text[:end]}\n… {more}")
