"""The lines above and below the panels: where we are, what was inferred, what to press."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.app import RenderResult
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from rnnstep.commands.action import Action
from rnnstep.commands.keymap import Keys
from rnnstep.commands.table import ACTIONS, BY_NAME
from rnnstep.frame import Frame
from rnnstep.notes import Note
from rnnstep.render.rows import clip
from rnnstep.tui.view import View

if TYPE_CHECKING:
    from rnnstep.check import Comparison


class TitleBar(Widget):
    """What is being debugged, and the timestep."""

    frame: reactive[Frame | None] = reactive[Frame | None](None)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.about = title

    def render(self) -> RenderResult:
        """The title to the left, the time to the right."""
        if self.frame is None:
            return ""
        time = moment(self.frame)
        left = clip(f" rnnstep  {self.about}", max(self.size.width - cell_len(time) - 2, 0))
        gap = " " * max(self.size.width - cell_len(left) - cell_len(time) - 1, 1)
        return Text(left + gap + time, no_wrap=True, style="bold")


def moment(frame: Frame) -> str:
    """``h[t-1] → h[t]  t 12 / 31  2^12``."""
    t, last = frame.cursor.t, len(frame.trace) - 1
    known = frame.comparison
    verdict = f"{_verdict(known)}  " if known else ""
    enabled = sum(known.enabled for known in frame.breakpoints.all)
    tree = frame.tree
    forks = f"fork {tree.current.number} of {len(tree.forks) - 1}  " if len(tree.forks) > 1 else ""
    stops = f"● {enabled} breakpoint{'s'[: enabled != 1]}  " if frame.breakpoints.all else ""
    playing = f"▶ {frame.playback.speed:g}/s  " if frame.playback.playing else ""
    stops = verdict + stops
    if frame.initial:
        return f"{forks}{stops}{playing}initial state (before t 0)"
    label = frame.labels.of("timesteps", t)
    named = f"  {label}" if label != str(t) else ""
    return f"{forks}{stops}{playing}t {t} / {last}{named}"


def _verdict(known: Comparison) -> str:
    if known.reference.is_shadow:
        return f"shadow {known.reference.source}: error {known.worst:.3g}"
    return f"✗ wrong from t {known.first.t}" if known.first else "✓ as expected"


class NoteBar(Widget):
    """What was inferred, warnings first; for a moment, what a key has done."""

    said: reactive[str] = reactive("")
    working: reactive[bool] = reactive(False)
    progress: reactive[str] = reactive("")

    def __init__(self, notes: tuple[Note, ...], keys: Keys) -> None:
        super().__init__()
        self._silence: Timer | None = None
        self.keys = keys
        self.show(notes)

    def show(self, notes: tuple[Note, ...]) -> None:
        """Show these from now on."""
        self.notes = notes
        self.set_class(any(note.warning for note in notes), "-warning")
        self.refresh()

    def say(self, text: str) -> None:
        """Say something instead, for two seconds."""
        if self._silence is not None:
            self._silence.stop()
        self.said = text
        self._silence = self.set_timer(2, self._hush)

    def _hush(self) -> None:
        self.said = ""

    def render(self) -> RenderResult:
        """As many notes as fit; the others are a key away."""
        if self.working:
            return Text(" working…", no_wrap=True, style="bold")
        if self.progress:
            return Text(f" {clip(self.progress, self.size.width - 2)}", no_wrap=True, style="bold")
        if self.said:
            return Text(f" {clip(self.said, self.size.width - 2)}", no_wrap=True, style="bold")
        told = " · ".join(f"{'! ' if note.warning else ''}{note}" for note in self.notes)
        width = self.size.width - 2
        if cell_len(told) > width:
            more = f"  ({self.keys.first(BY_NAME['notes'])}: all {len(self.notes)})"
            told = clip(told, max(width - len(more), 0)) + more
        return Text(" " + told, no_wrap=True)


FIRST = (
    *("help", "quit", "out", "divergence", "explain"),
    *("step", "back", "down", "inside", "command"),
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
