"""The page of every key and command, and the search in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from rnnstep.commands.action import Action
from rnnstep.commands.keymap import DEFAULT, Keys
from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.render.rows import wrapped
from rnnstep.tui.binding import bind_actions
from rnnstep.tui.pages import Page

_GAP = 2
_COUNT = "a number before a key is its count: 10l, 12g"


class Listing:
    """The actions that have a text in them, each in a line, under the titles of their groups.

    Args:
        keys: of the reader.
        sought: the text; all if it is empty.
    """

    def __init__(self, keys: Keys, sought: str = "") -> None:
        self.keys = keys
        self.actions = [action for action in ACTIONS if self._has(action, sought.lower())]

    def _has(self, action: Action, sought: str) -> bool:
        told = (self._keys(action), action.help, f":{action.name} {action.says}", action.group)
        return any(sought in text.lower() for text in told)

    def _keys(self, action: Action) -> str:
        return " ".join(self.keys.texts(action))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """The lines, for so many columns."""
        for group, actions in groupby(self.actions, key=lambda action: action.group):
            yield Text(group, style="bold underline")
            for action in actions:
                yield from self._lines(action, options.max_width)
        yield Text(_COUNT if self.actions else "nothing has that in it")

    def _lines(self, action: Action, width: int) -> Iterator[Text]:
        """The keys, what it does, and the command as far as there is room."""
        before = max(cell_len(self._keys(known)) for known in ACTIONS) + _GAP
        first, *others = wrapped(action.help, width - before, 9)
        line = Text(self._keys(action).ljust(before), style="bold")
        line.append(first, style="not bold")
        place = before + max(cell_len(known.help) for known in ACTIONS) + _GAP
        for command in (f":{action.name} {action.says}".rstrip(), f":{action.name}"):
            start = min(place, width - cell_len(command))
            if start >= line.cell_len + _GAP:
                line.append(" " * (start - line.cell_len))
                line.append(command, style="not bold dim")
                break
        yield line
        yield from (Text(" " * before + other) for other in others)


class Search(Input):
    """What is looked for; Enter leaves it as it is, Escape gives it up."""

    def key_escape(self, event: events.Key) -> None:
        """Show all again."""
        event.stop()
        self.value = ""
        self.key_enter(event)

    def key_enter(self, event: events.Key) -> None:
        """Back to the page."""
        event.stop()
        self.display = bool(self.value)
        self.screen.set_focus(self.screen.query_one("#page"))


class HelpPage(Page):
    """Every key and command, from the table of actions."""

    def __init__(self, keys: Keys = DEFAULT) -> None:
        super().__init__()
        self.keys = keys

    @property
    def about(self) -> str:
        """How to look for something."""
        return f"{self.keys.first(BY_NAME['find'])} finds · {super().about}"

    def content(self) -> RenderableType:
        """All of them."""
        return Listing(self.keys)

    def compose(self) -> ComposeResult:
        """The lines in a window that scrolls, and below what is looked for."""
        yield from super().compose()
        yield Search(placeholder="a key, a command, or what it does", compact=True)

    def on_mount(self) -> None:
        """Take the reader's keys."""
        super().on_mount()
        bind_actions(self, {"find": "search"})
        self.query_one(Search).display = False

    def action_search(self) -> None:
        """Look for something."""
        self.query_one(Search).display = True
        self.set_focus(self.query_one(Search))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has it, from the first line on."""
        self.query_one(Static).update(Listing(self.keys, event.value))
        window = self.query_one(VerticalScroll)
        window.border_title = escape(f"find: {event.value}") if event.value else ""
        window.scroll_home(animate=False)
        self.call_after_refresh(self.say_more)
