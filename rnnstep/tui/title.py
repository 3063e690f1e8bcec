"""The line above the panels: what is being debugged, and where in time we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.app import RenderResult
from textual.reactive import reactive
from textual.widget import Widget

from rnnstep.frame import Frame
from rnnstep.render.rows import clip

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
