"""The six panels: each names the pure drawing that it shows."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.geometry import Size

from rnnstep.frame import Frame
from rnnstep.render.axis import Stretch
from rnnstep.render.difference import differs, futures
from rnnstep.render.drilldown import drilldown
from rnnstep.render.equation import equations
from rnnstep.render.errors import number_beside
from rnnstep.render.operation import lay_out, operation
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Drawing, window
from rnnstep.render.strip import strips
from rnnstep.render.timeline import are_paired, rows_under, rows_wanted, stretch, timeline
from rnnstep.render.watches import watches
from rnnstep.tui.folds import timeline_lines
from rnnstep.tui.panel import Panel
from rnnstep.tui.view import View


class Timeline(Panel):
    """One value over time; click or drag to move."""

    _pressed_at = 0
    _dragged = False
    _wanted = (0, False)
    """The lines that it would take to show all, and whether they are of two runs."""

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """The state of the layer, or the value of the current line."""
        name = self.value_name(frame, view)
        zoom, beside = view.timeline_zoom, view.beside
        return timeline(frame, name, zoom, view.pen, width, height, beside)

    def border(self, frame: Frame, drawing: Drawing) -> tuple[str, str]:
        """The value's name and how a fork differs in it, and the scale."""
        name = self.value_name(frame, self.view)
        title = f"timeline: {frame.layer.title(name)} of {frame.layer.name}"
        room = self.size.width - cell_len(f"{title} · ") - 4
        told = differs(frame, name, self.view.precision, room)
        return f"{title} · {told}" if told else title, drawing.caption

    def stretch(self, frame: Frame, view: View, zoom: int | None) -> Stretch:
        """Which timesteps are shown with a zoom."""
        name = self.value_name(frame, view)
        paired = are_paired(frame, name, self.size.height, view.beside)
        return stretch(frame, name, zoom, self.size.width, paired)

    def watch_frame(self) -> None:
        """Take as many lines as there are units to show, if there is room."""
        self._make_room()
        super().watch_frame()

    def watch_view(self) -> None:
        """Likewise."""
        self._make_room()
        super().watch_view()

    def _make_room(self) -> None:
        wanted = self._wanted
        self._wanted = self._lines_wanted()
        if self._wanted != wanted:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines between the borders, where the style sheet leaves that to the panel."""
        return timeline_lines(viewport, *self._wanted)

    def _lines_wanted(self) -> tuple[int, bool]:
        """For the largest of the layers' states, so that it is the same at all of them."""
        frame, beside = self.frame, self.view.beside
        if frame is None:
            return 0, False
        layers = frame.step.model.layers
        states = [layer.shape(name) for layer in layers for name in layer.cell.carried.values()]
        shapes = states or [layer.shape(layer.cell.output) for layer in layers]
        units = max(int((*shape, 1)[0]) for shape in shapes)
        return rows_wanted(frame, units, beside), beside and frame.effect is not None

    @staticmethod
    def value_name(frame: Frame, view: View) -> str:
        """Which value the timeline shows."""
        cell = frame.layer.cell
        states = list(cell.carried.values())
        return frame.equation.name if view.follows or not states else states[-1]

    def unit(self, row: int) -> int | None:
        """The first unit that stands in a row; none in the axis."""
        drawing, frame = self._drawn(), self.frame
        if frame is None:
            return None
        lines = len(drawing.rows) - rows_under(frame) if drawing else 0
        if not 0 <= row < lines:
            return None
        lines //= futures(frame, lines, self.view.beside)
        row %= lines
        count = int((*frame.layer.shape(self.value_name(frame, self.view)), 1)[0])
        # where there are more units than lines, a line in colours has two rows of cells
        halves = 2 if self.view.coloured and lines < count else 1
        rows = min(count, lines * halves)
        return row * halves * count // rows

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Perhaps the beginning of a drag."""
        self._pressed_at, self._dragged = event.x, False

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the cursor."""
        if event.button == 1 and (self._dragged or event.x != self._pressed_at):
            self._dragged = True
            self.clicked(event, dragged=True)

    def clicked(self, event: events.MouseEvent, dragged: bool = False) -> None:
        """The end of a drag is no click."""
        if dragged or not self._dragged:
            super().clicked(event, dragged)


class Watches(Panel):
    """What is watched; not there while nothing is."""

    _count = 0

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """A line a watch."""
        return watches(frame, view.pen, width)

    def watch_frame(self) -> None:
        """Be there if there is anything to watch, and as high as that needs."""
        count = len(self.frame.watches) if self.frame else 0
        if count != self._count:
            self._count = count
            self.set_class(count > 0, "-some")
            self.refresh(layout=True)
        super().watch_frame()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line a watch, up to four."""
        return min(self._count, 4)


class Equations(Panel):
    """The source: every equation of every layer."""

    _last: tuple[tuple[object, ...], Drawing] | None = None

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """All lines, the current one marked; the same drawing at every timestep."""
        place = frame.cursor.layer, frame.cursor.line
        key = (frame.step.model, place, view.pen, width)
        if self._last is None or self._last[0] != key:
            self._last = key, equations(frame, view.pen, width)
        return self._last[1]


class Operation(Panel):
    """The current line at work."""

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """Operands, signs and result."""
        return operation(frame, view.pen, width, height, view.column)

    def columns(self, frame: Frame, view: View) -> tuple[range, int]:
        """Which columns of the largest array are shown, and how many it has."""
        layout = lay_out(frame, view.pen, *self.size, view.column)
        if layout is None:
            return range(0), 0
        biggest = max(layout.placed, key=lambda one: one.block.array.size)
        return biggest.columns, biggest.block.array.shape[1]

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

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """Terms or arithmetic."""
        term = view.term_of(frame.cursor)
        drawn = drilldown(frame, view.pen, width, height, term)
        chosen = (row for row, rank in _ranks(drawn, term).items() if rank == term)
        return Drawing(drawn.rows, drawn.caption, drawn.targets, next(chosen, 0), drawn.total)

    def border(self, frame: Frame, drawing: Drawing) -> tuple[str, str]:
        """The number, and what is expected of it."""
        return drawing.caption, number_beside(frame, self.view.pen)

    def marked(self) -> int | None:
        """The chosen term: while inside the number, or once one was chosen."""
        drawing = self._drawn()
        if drawing is None or self.frame is None or not drawing.total:
            return None
        chosen = self.view.inside or self.view.term_of(self.frame.cursor)
        return drawing.focus if chosen else None

    def ranks(self) -> dict[int, int]:
        """The rows of terms, and for each which term it is, by size."""
        drawing, frame = self._drawn(), self.frame
        return _ranks(drawing, self.view.term_of(frame.cursor)) if drawing and frame else {}

    @staticmethod
    def terms(frame: Frame) -> int:
        """How many terms the number at the cursor has; 0 if it is no product."""
        return drilldown(frame, Pen(), 1, 1).total


def _ranks(drawing: Drawing, term: int) -> dict[int, int]:
    rows = [row for row, target in enumerate(drawing.targets) if target is not None]
    return dict(zip(rows, window(drawing.total, len(rows), term), strict=True))
