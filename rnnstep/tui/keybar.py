"""The line below the notes: what to press."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text
from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from rnnstep.commands.action import Action
from rnnstep.commands.keymap import Keys
from rnnstep.commands.table import ACTIONS
from rnnstep.frame import Frame
from rnnstep.tui.view import View

FIRST = (
    *("help", "quit", "out", "divergence", "explain"),
    *("command", "step", "back", "down", "inside"),
)
"""The actions whose keys are shown however narrow the screen is, the most needed first."""


class KeyBar(Widget):
    """The keys of the actions that have a label, and the count being typed."""

    count: reactive[str] = reactive("")
    view: reactive[View] = reactive(View(), repaint=False)
    frame: reactive[Frame | None] = reactive[Frame | None](None, repaint=False)
    idle: reactive[frozenset[str]] = reactive(frozenset(("out", "divergence", "explain")))
    """The actions that there is nothing for now."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self.keys = keys

    def render(self) -> RenderResult:
        """One line."""
        text = Text(no_wrap=True)
        if self.count:
            text.append(f" {self.count}… ", style="bold reverse")
        for action in self._fitting(self.size.width - text.cell_len):
            text.append(f" {self.keys.first(action)} ", style="bold")
            text.append(action.label + " ")
        return text

    def _fitting(self, room: int) -> list[Action]:
        """As many as there is room for, the most needed; in the table's order."""
        labelled = [
            action
            for action in ACTIONS
            if action.label and self.keys.of(action) and action.name not in self.idle
        ]
        chosen = set()
        for action in sorted(labelled, key=_need):
            room -= cell_len(self.keys.first(action) + action.label) + 3
            if room < 0:
                break
            chosen.add(action)
        return [action for action in labelled if action in chosen]

    def watch_view(self) -> None:
        """The number, or the panel on the whole screen, may have been left."""
        self.idle = frozenset(self._idle())

    def watch_frame(self) -> None:
        """Something may be expected of the run."""
        self.idle = frozenset(self._idle())

    def _idle(self) -> Iterator[str]:
        if not (self.view.inside or self.view.zoomed):
            yield "out"
        known = self.frame.comparison if self.frame else None
        if known is None or known.passed:
            yield "divergence"
        if known is None or known.passed or known.reference.is_shadow:
            yield "explain"


def _need(action: Action) -> int:
    return FIRST.index(action.name) if action.name in FIRST else len(FIRST)
