"""A panel: a bordered window on a drawing that is made anew when the frame or the view changes."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rnnstep.frame import Frame
from rnnstep.render.rows import Drawing
from rnnstep.tui.view import View


class Panel(Widget, can_focus=True):
    """Shows one drawing, scrolled so that its focus row is visible."""

    frame: reactive[Frame | None] = reactive[Frame | None](None, layout=False)
    view: reactive[View] = reactive(View(), layout=False)

    NAME = ""

    class Picked(Message):
        """The panel was clicked, or the mouse dragged over it.

        Attributes:
            panel: where.
            target: what the row stands for, if anything.
            row: its number in the drawing.
            x: the column.
            dragged: whether the mouse is on its way with its button held down.
        """

        def __init__(
            self, panel: Panel, target: object, row: int, x: int, dragged: bool = False
        ) -> None:
            self.panel = panel
            self.target = target
            self.row = row
            self.x = x
            self.dragged = dragged
            super().__init__()

    class Turned(Message):
        """The mouse wheel was turned over a panel; positive is down."""

        def __init__(self, panel: Panel, lines: int) -> None:
            self.panel = panel
            self.lines = lines
            super().__init__()

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.border_title = name
        self._drawing: Drawing | None = None
        self._top = 0

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """What to show; pure."""
        raise NotImplementedError

    def title(self, frame: Frame) -> str:
        """What the border says."""
        return str(self.id)

    def marked(self) -> int | None:
        """The row that is chosen with the arrow keys, if the panel has one."""
        return None

    def watch_frame(self) -> None:
        """Draw again."""
        self._forget()

    def watch_view(self) -> None:
        """Draw again."""
        self._forget()

    def on_resize(self) -> None:
        """Draw again."""
        self._forget()

    def _forget(self) -> None:
        self._drawing = None
        # the border is drawn before the lines are, and so must know their caption now
        self._drawn()
        self.refresh()

    def _drawn(self) -> Drawing | None:
        if self._drawing is None and self.frame is not None and self.size.area:
            width, height = self.size
            drawing = self.draw(self.frame, self.view, width, height)
            self._drawing = drawing
            self._scroll(drawing, height)
            self.border_title = self.title(self.frame)
            self.border_subtitle = drawing.caption
        return self._drawing

    def _scroll(self, drawing: Drawing, height: int) -> None:
        last = max(len(drawing.rows) - height, 0)
        if drawing.focus < self._top or drawing.focus >= self._top + height:
            self._top = drawing.focus - height // 2
        self._top = min(max(self._top, 0), last)

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        drawing, width = self._drawn(), self.size.width
        row = self._top + y
        if drawing is None or row >= len(drawing.rows):
            return Strip.blank(width, self.rich_style)
        line = Segment.adjust_line_length(list(drawing.rows[row]), width)
        if row == self.marked():
            line = [_lit(segment, self.view.look.cursor) for segment in line]
        return Strip(line, width).apply_style(self.rich_style)

    def on_click(self, event: events.Click) -> None:
        """Say what was clicked, with the first button."""
        if event.button == 1:
            self.clicked(event)

    def clicked(self, event: events.MouseEvent, dragged: bool = False) -> None:
        """Say what the mouse is on; on the border that is nothing but the panel."""
        drawing, offset = self._drawn(), event.get_content_offset(self)
        row, x = (-1, 0) if offset is None else (self._top + offset.y, offset.x)
        target = drawing.targets[row] if drawing and 0 <= row < len(drawing.targets) else None
        self.post_message(self.Picked(self, target, row, x, dragged))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn on."""
        event.stop()
        self.post_message(self.Turned(self, 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.post_message(self.Turned(self, -1))


def _lit(segment: Segment, style: Style) -> Segment:
    """The segment in the style of the cursor; a bar would vanish in it, and stays."""
    if segment.text and not segment.text.strip("█"):
        return segment
    return Segment(segment.text, (segment.style or Style()) + style)
