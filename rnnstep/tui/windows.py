"""Which panel has the focus and the room, and which part of it is in view."""

from __future__ import annotations

from rnnstep.tui.does import Does
from rnnstep.tui.frames import LONG
from rnnstep.tui.panel import Panel
from rnnstep.tui.panels import Inside, Operation, Timeline
from rnnstep.tui.view import zoomed


class Windows(Does):
    """The focus, the panel that fills the screen, the timeline's zoom, the matrix's columns."""

    def to_panel(self, panel: Panel) -> None:
        """Put the focus there; inside a number is where the panel of that name has it."""
        room = str(panel.id) if self.app.choices.zoomed else ""
        self.app.choose(inside=isinstance(panel, Inside), zoomed=room)
        self.app.main.set_focus(panel)

    def do_inside(self, _: str) -> None:
        """Look into the number at the cursor."""
        self.app.choose(zoomed="")
        self.to_panel(self.app.main.query_one(Inside))

    def do_out(self, _: str) -> None:
        """Out of a zoomed panel, then out of the number."""
        if self.app.choices.zoomed:
            self.app.choose(zoomed="")
        elif self.app.choices.inside:
            self.to_panel(self.app.main.query_one(Operation))

    def do_next_panel(self, _: str) -> None:
        """The focus, and the room if one panel has it all, to the next panel."""
        self._turn(1)

    def do_previous_panel(self, _: str) -> None:
        """Likewise to the panel before."""
        self._turn(-1)

    def _turn(self, steps: int) -> None:
        panels = list(self.app.main.query(Panel))
        if not self.app.choices.zoomed:
            panels = [panel for panel in panels if panel.size.area]
        now = next((at for at, panel in enumerate(panels) if panel is self.app.main.focused), 0)
        if panels:
            self.to_panel(panels[(now + steps) % len(panels)])

    def do_zoom(self, _: str) -> None:
        """The panel in focus on the whole screen, and back."""
        focused = self.app.main.focused
        name = focused.id if isinstance(focused, Panel) and focused.id else "operation"
        self.app.choose(zoomed="" if self.app.choices.zoomed else name)

    def do_zoom_in(self, _: str) -> None:
        """Fewer timesteps on the timeline."""
        self._zoom_timeline(-1)

    def do_zoom_out(self, _: str) -> None:
        """More timesteps on the timeline, until it shows all."""
        self._zoom_timeline(1)

    def _zoom_timeline(self, steps: int) -> None:
        frame = self.app.session.frame()
        view, panel = self.app.choices, self.app.main.query_one(Timeline)
        shown = panel.stretch(frame, view, view.timeline_zoom)
        if steps > 0 and shown.columns * shown.block >= len(frame.trace):
            self.say("the timeline shows all timesteps")
            return
        zoom = zoomed(shown.width if shown.block == 1 else -shown.block, steps)
        shown = panel.stretch(frame, view, zoom)
        self.app.choose(timeline_zoom=zoom)
        if shown.columns * shown.block > LONG:
            self.app.frames.slow = True

    def do_fit(self, _: str) -> None:
        """The timeline as wide as it fits."""
        self.app.choose(timeline_zoom=None)

    def do_follow(self, _: str) -> None:
        """The timeline shows the state, or the current line's value."""
        self.app.choose(follows=not self.app.choices.follows)

    def do_parent(self, _: str) -> None:
        """The timeline shows the future of a fork's parent below its own, or not."""
        self.app.choose(beside=not self.app.choices.beside)

    def do_columns_left(self, _: str) -> None:
        """The columns before those of the matrix that are shown."""
        self._pan(-1)

    def do_columns_right(self, _: str) -> None:
        """The columns after those of the matrix that are shown."""
        self._pan(1)

    def _pan(self, windows: int) -> None:
        panel = self.app.main.query_one(Operation)
        shown, count = panel.columns(self.app.session.frame(), self.app.choices)
        if len(shown) == count:
            self.say("all columns are shown")
        else:
            column = min(max(shown.start + windows * len(shown), 0), count - len(shown))
            self.app.choose(column=column)
