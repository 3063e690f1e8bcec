"""A line plot of some units over time."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual_plot import HiResMode, PlotWidget

from rnnstep.frame import Frame
from rnnstep.tui.pages import Page

LONGEST = 2000
"""Timesteps that are plotted at the most, the cursor's in the middle."""

_COLOURS = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2")


class PlotPage(Page):
    """The chosen units of a value over time, and a line where the cursor is."""

    def __init__(self, frame: Frame, name: str, units: Collection[int]) -> None:
        super().__init__()
        self.shown, self.value, self.units = frame, name, sorted(units)

    def compose(self) -> ComposeResult:
        """The plot."""
        with VerticalScroll(id="page") as window:
            title = self.shown.layer.title(self.value)
            window.border_title = f"{title} of {self.shown.layer.name} over time"
            window.border_subtitle = "Esc closes"
            yield PlotWidget()

    def on_mount(self) -> None:
        """Draw the lines."""
        frame, plot = self.shown, self.query_one(PlotWidget)
        start = max(min(frame.cursor.t - LONGEST // 2, len(frame.trace) - LONGEST), 0)
        stop = min(start + LONGEST, len(frame.trace))
        values = frame.history.window(frame.cursor.layer, self.value, start, stop)
        times = np.arange(start, stop)
        for place, unit in enumerate(u for u in self.units if u < values.shape[1]):
            label = frame.label(frame.cursor.layer, self.value, unit)
            finite = np.isfinite(values[:, unit])
            plot.plot(
                times[finite],
                values[finite, unit],
                line_style=_COLOURS[place % len(_COLOURS)],
                hires_mode=HiResMode.BRAILLE,
                label=f"unit {label}",
            )
        plot.add_v_line(max(frame.cursor.t, 0), line_style="#808080", label="cursor")
        plot.set_xlabel("timestep")
        plot.show_legend()
