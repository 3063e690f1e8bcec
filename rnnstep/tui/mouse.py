"""The mouse: what a click, a drag and the wheel over a panel do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnstep.render.axis import Stretch
from rnnstep.tui.panel import Panel
from rnnstep.tui.panels import Inside, Operation, Timeline
from rnnstep.tui.view import place_of

if TYPE_CHECKING:
    from rnnstep.tui.app import Debugger


class Mouse:
    """From what a panel tells to the session and the view.

    Args:
        app: whose they are.
    """

    def __init__(self, app: Debugger) -> None:
        self.app = app

    def pick(self, message: Panel.Picked) -> None:
        """Go to what was clicked."""
        session, panel, target = self.app.session, message.panel, message.target
        if not message.dragged:
            self.app.shows.to_panel(panel)
        if isinstance(panel, Timeline) and isinstance(target, Stretch):
            self._pick_moment(panel, target, message)
        elif isinstance(panel, Operation) and isinstance(target, int):
            session.goto_unit(target)
        elif isinstance(panel, Inside):
            term = panel.ranks().get(message.row)
            if term is not None:
                self.app.choose(term=(term, place_of(session.cursor)))
        elif isinstance(target, tuple):
            session.goto_line(*target)
        elif isinstance(target, str):
            self._pick_value(target)

    def _pick_moment(self, panel: Timeline, shown: Stretch, message: Panel.Picked) -> None:
        """A timestep, and the unit of the row; on its label the unit alone."""
        session = self.app.session
        if message.dragged or message.x >= shown.indent:
            session.goto(shown.timestep(message.x))
        unit = None if message.dragged else panel.unit(message.row)
        if unit is not None and unit < session.units:
            session.goto_unit(unit)

    def _pick_value(self, name: str) -> None:
        """The line that makes a value; what no line makes is explained."""
        session = self.app.session
        layer = session.trace.model.layers[session.cursor.layer]
        cell = layer.cell
        names = [equation.name for equation in cell.equations]
        title = layer.title(name)
        if name in names:
            session.goto_line(session.cursor.layer, names.index(name))
        elif name in cell.carried:
            after = layer.title(cell.carried[name])
            which = "after" if layer.reverse else "before"
            self.app.shows.say(f"{title} is {after} of the timestep {which}")
        else:
            self.app.shows.say(f"{title} is the input: no line makes it")

    def turn(self, message: Panel.Turned) -> None:
        """The wheel: time, units, terms or lines, whichever the panel shows."""
        session = self.app.session
        match message.panel:
            case Timeline():
                session.step(message.lines)
            case Operation():
                session.next_unit(message.lines)
            case Inside():
                self.app.shows.go_to_term(message.lines)
            case _:
                session.next_line(message.lines)
