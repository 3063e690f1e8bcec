"""The five panels: each names the pure drawing that it shows."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive

from rnnstep.frame import Frame
from rnnstep.render.drilldown import drilldown
from rnnstep.render.equation import equations
from rnnstep.render.operation import operation
from rnnstep.render.rows import Drawing
from rnnstep.render.strip import strips
from rnnstep.render.timeline import timeline
from rnnstep.tui.panel import Panel
from rnnstep.tui.view import View


class Timeline(Panel):
    """One value over time; click or drag to move."""

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """The state of the layer, or the value of the current line."""
        name = self.value_name(frame, view)
        return timeline(frame, name, view.timeline_zoom, view.pen, width, height)

    def title(self, frame: Frame) -> str:
        """The value's name."""
        name = frame.layer.title(self.value_name(frame, self.view))
        return f"timeline: {name} of {frame.layer.name}"

    @staticmethod
    def value_name(frame: Frame, view: View) -> str:
        """Which value the timeline shows."""
        cell = frame.layer.cell
        states = list(cell.carried.values())
        return frame.equation.name if view.follows or not states else states[-1]

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the cursor."""
        if event.button == 1:
            self._pick(event)


class Equations(Panel):
    """The source: every equation of every layer."""

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """All lines, the current one marked."""
        return equations(frame, view.pen, width)


class Operation(Panel):
    """The current line at work."""

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """Operands, signs and result."""
        return operation(frame, view.pen, width, height)

    def title(self, frame: Frame) -> str:
        """The line."""
        if frame.initial:
            return "initial state"
        layer, equation = frame.layer, frame.equation
        return f"{layer.title(equation.name)} = {layer.mathematics(equation)}"


class Values(Panel):
    """Every value of the layer."""

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """A strip for each value."""
        return strips(frame, view.pen, width)

    def title(self, frame: Frame) -> str:
        """The layer's name."""
        return f"values of {frame.layer.name}"


class Inside(Panel):
    """What one number is made of."""

    term: reactive[int] = reactive(0, layout=False)

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """Terms or arithmetic."""
        drawing = drilldown(frame, view.pen, width, height, self.term)
        return Drawing(drawing.rows, "", drawing.targets, drawing.focus)

    def title(self, frame: Frame) -> str:
        """The number."""
        return drilldown(frame, self.view.pen, 1, 1).caption

    def watch_term(self) -> None:
        """Draw again."""
        self._forget()

    def move(self, count: int) -> None:
        """Go to another term, as far as there is one."""
        if self.frame is None or self.frame.equation.name not in self.frame.values:
            return
        terms = drilldown(self.frame, self.view.pen, 1, 1).total
        self.term = min(max(self.term + count, 0), max(terms - 1, 0))
