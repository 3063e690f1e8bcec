"""Keys on the screen of the panels: what each does, at once, with the count typed before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from rnnstep.commands.table import BY_NAME
from rnnstep.tui.keybar import KeyBar
from rnnstep.tui.prompt import Prompt

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger

_DIGITS, _ENTER = "0123456789", "enter"
_LONGEST = 9
"""Digits of a count."""


def _at_most(count: str) -> str:
    """The digits of a count; of one that is larger than any run, the largest."""
    return count if len(count) <= _LONGEST else "9" * _LONGEST


class Presses:
    """What keys do.

    A key is done before the next one is looked at. Were it done by what has the focus, keys that
    come faster than that would have gone there, too, though it opened the command line.

    Args:
        app: whose panels, command line and reader's keys.
    """

    def __init__(self, app: Debugger) -> None:
        self.app = app
        self.count = ""
        """The digits that were typed."""
        self._prompt: Prompt | None = None

    @property
    def keys(self) -> Iterable[str]:
        """Every key that may do something, by Textual's names."""
        return {*self.app.keys.by_key, *_DIGITS, _ENTER}

    def does(self, key: str) -> Callable[[], object] | None:
        """What a key does; ``None`` if it is a page's, or the command line's while that is open."""
        prompt = self._prompt = self._prompt or next(iter(self.app.main.query(Prompt)), None)
        # keys may come before there is anything to press them on
        if prompt is None or self.app.screen is not self.app.main:
            return None
        if prompt.display:
            return partial(self._enter, prompt) if key == _ENTER else None
        action = self.app.keys.by_key.get(key)
        if action is not None:
            return partial(self.act, action.name)
        # a count begins with no zero
        counts = key in _DIGITS and (self.count or key != "0")
        return partial(self._counted, _at_most(self.count + key)) if counts else None

    def act(self, name: str) -> None:
        """Do an action of the table, with the count that was typed before it."""
        action, count = BY_NAME[name], self.count
        self._counted("")
        if action.takes.asked:
            self.app.main.query_one(Prompt).open(f"{action.name} ")
        else:
            self.app.perform(action, count if action.takes.counts else "")

    async def _enter(self, prompt: Prompt) -> None:
        """Do what was typed on the command line."""
        text = await prompt.take()
        if text.strip():
            self.app.run_command(text)

    def _counted(self, digits: str) -> None:
        self.count = self.app.main.query_one(KeyBar).count = digits
