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
        """The title to the left, the time to the right; without room the time alone."""
        if self.frame is None:
            return ""
        time = moment(self.frame, self.size.width - 2)
        left = clip(f" rnnstep  {self.about}", max(self.size.width - cell_len(time) - 2, 0))
        gap = " " * max(self.size.width - cell_len(left) - cell_len(time) - 1, 0)
        return Text(left + gap + time, no_wrap=True, style="bold")


def moment(frame: Frame, room: int) -> str:
    """``fork 1 of 1  ● 2 breakpoints  t 12 / 31  2^12``; without room less, the timestep last."""
    times, about = _times(frame), _about(frame)
    for least_needed in ("stops", "fork", "verdict", "play"):
        if cell_len("  ".join([*about.values(), times[0]])) > room:
            about.pop(least_needed, None)
    told = ["  ".join([*about.values(), time]) for time in times]
    return next((one for one in told if cell_len(one) <= room), times[-1])


def _about(frame: Frame) -> dict[str, str]:
    """What is so at every timestep."""
    known, tree = frame.comparison, frame.tree
    about = {}
    if len(tree.forks) > 1:
        about["fork"] = f"fork {tree.current.number} of {tree.last}"
    if known:
        about["verdict"] = _verdict(known)
    if frame.breakpoints.all:
        enabled = sum(known.enabled for known in frame.breakpoints.all)
        about["stops"] = f"● {enabled} breakpoint{'s'[: enabled != 1]}"
    if frame.playback.playing:
        about["play"] = f"▶ {frame.playback.speed:g}/s"
    return about


def _times(frame: Frame) -> list[str]:
    """The timestep, with less and less about it."""
    t, last = frame.cursor.t, len(frame.trace) - 1
    if frame.initial:
        return ["initial state (before t 0)", "initial state", "t −1"]
    label = frame.labels.of("timesteps", t)
    named = [f"t {t} / {last}  {label}"] if label != str(t) else []
    return [*named, f"t {t} / {last}", f"t {t}"]


def _verdict(known: Comparison) -> str:
    if known.reference.is_shadow:
        return f"shadow {known.reference.source}: error {known.worst:.3g}"
    return f"✗ wrong from t {known.first.t}" if known.first else "✓ as expected"
