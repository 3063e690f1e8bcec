"""Pages over the screen: the keys, and what was inferred about the files."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from rnnstep.commands.keymap import DEFAULT, Keys
from rnnstep.commands.table import ACTIONS
from rnnstep.notes import Note
from rnnstep.tui.binding import bind_actions

_CLOSES = "Esc closes"
_MORE = f"↑ ↓ for more · {_CLOSES}"


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
            window.border_subtitle = _CLOSES
            yield Static(self.content())

    def on_resize(self) -> None:
        """Say that there is more to read, where there is."""
        self.call_after_refresh(self._say_more)

    def _say_more(self) -> None:
        window = self.query_one("#page")
        # a page may have more to say there
        if window.border_subtitle in (_CLOSES, _MORE):
            window.border_subtitle = _MORE if window.max_scroll_y else _CLOSES


class HelpPage(Page):
    """Every key and command, from the table of actions."""

    def __init__(self, keys: Keys = DEFAULT) -> None:
        super().__init__()
        self.keys = keys

    def content(self) -> RenderableType:
        """A table for each group under its title, their columns below each other."""
        keys = {action: " ".join(self.keys.texts(action)) for action in ACTIONS}
        widest = max(map(cell_len, keys.values()))
        parts: list[RenderableType] = []
        for group, actions in groupby(ACTIONS, key=lambda action: action.group):
            table = Table.grid(padding=(0, 2, 0, 0))
            table.add_column(width=widest)
            table.add_column(width=max(cell_len(action.help) for action in ACTIONS))
            for action in actions:
                command = f":{action.name} {action.says}".rstrip()
                row = Text(keys[action], style="bold"), action.help, Text(command, style="dim")
                table.add_row(*row)
            parts += [Text(group, style="bold underline"), table]
        return Group(*parts, Text("a number before a key is its count: 10l, 12g"))


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
