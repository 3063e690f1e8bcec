"""A line plot of some units over time, and a line where the cursor is."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

import numpy as np
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual_plot import HiResMode, PlotWidget

from rnnstep.commands.table import MOTIONS
from rnnstep.frame import Frame
from rnnstep.tui.binding import bind_actions
from rnnstep.tui.curves import Axis, Curves
from rnnstep.tui.pages import Page
from rnnstep.tui.title import moment

COLOURS = ("#0091ea", "#e07b00", "#00a078", "#cc79a7", "#d55e00", "#808080")
"""Told apart by the colour-blind, and to be seen on dark and on light."""


PARENT = "#6f6f6f"
"""What a fork's parent does instead: grey, below the fork's own lines."""


class Chart(PlotWidget, can_focus=False):
    """The plot; without the focus, its keys for panning do not take those for time."""


class PlotPage(Page):
    """The chosen units of a value; the keys that move in time work here, too."""

    def __init__(self, frame: Frame, name: str, units: Collection[int]) -> None:
        super().__init__()
        count = int((*frame.layer.shape(name), 1)[0])
        self.place, self.value = frame.cursor.layer, name
        self.units = [unit for unit in sorted(units) if unit < count]
        self.shown = frame

    def compose(self) -> ComposeResult:
        """What each line is, and the lines."""
        with Vertical(id="page") as window:
            title = self.shown.layer.title(self.value)
            window.border_title = f"{title} of {self.shown.layer.name} over time"
            yield Static(self._legend(), id="legend-line")
            yield Chart()

    def on_mount(self) -> None:
        """Draw, and again whenever the app has a new frame."""
        bind_actions(self, {name: f"app.act('{name}')" for name in MOTIONS})
        self.watch(self.app, "frame", self._draw)

    def say_more(self) -> None:
        """All is shown; below stands what is drawn."""

    def _legend(self) -> Text:
        text = Text()
        for place, unit in enumerate(self.units):
            label = self.shown.label(self.place, self.value, unit)
            text.append("⠒⠒ ", style=COLOURS[place % len(COLOURS)])
            text.append(f"unit {label}   ")
        if self.shown.effect is not None:
            text.append("⠒⠒ ", style=PARENT)
            text.append("of the parent")
        return text

    def _forked_from(self, frame: Frame) -> Curves | None:
        """The same units of the run that a fork was made of."""
        if frame.effect is None:
            return None
        history = frame.effect.history
        return Curves.around(frame, self.place, self.value, self.units, history)

    def _draw(self, frame: Frame) -> None:
        curves = Curves.around(frame, self.place, self.value, self.units)
        parent = self._forked_from(frame)
        plot = self.query_one(Chart)
        plot.clear()
        self._set_axes(plot, curves, parent)
        pieces = [parent.lines(place) for place in range(len(self.units))] if parent else []
        for times, values in chain(*pieces):
            plot.plot(times, values, PARENT, HiResMode.BRAILLE)
        for place in range(len(self.units)):
            colour = COLOURS[place % len(COLOURS)]
            for times, values in curves.lines(place):
                plot.plot(times, values, colour, HiResMode.BRAILLE)
            times, values = curves.points(place)
            plot.scatter(times, values, "•", colour)
        for mark, (times, heights) in curves.marks().items():
            plot.scatter(times, heights, mark, "bold #ff5fff")
        # a single timestep is where the cursor is: the line would only hide it
        if not frame.initial and len(curves.times) > 1:
            plot.add_v_line(frame.cursor.t, line_style="#808080")
        about = [*curves.told(), "Esc closes"]
        room = self.query_one("#page").size.width - len(" · ".join(about)) - 3
        notes = [moment(frame, room), *about]
        self.query_one("#page").border_subtitle = " · ".join(notes)

    @staticmethod
    def _set_axes(plot: Chart, curves: Curves, parent: Curves | None) -> None:
        drawn = [one.values for one in (curves, parent) if one is not None]
        across, up = Axis.of_times(curves.times), Axis.of_values(np.concatenate(drawn))
        plot.set_xlimits(across.low, across.high)
        plot.set_ylimits(up.low, up.high)
        plot.set_xticks(across.ticks)
        plot.set_xlabel("timestep")
