"""A panel: a bordered window on a drawing that is made anew when the frame or the view changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rnnstep.frame import Frame
from rnnstep.render.rows import Drawing, Row, changed, fit
from rnnstep.tui.strips import Strips
from rnnstep.tui.view import View


class Panel(Widget, can_focus=True):
    """Shows one drawing, scrolled so that its focus row is visible."""

    frame: reactive[Frame | None] = reactive[Frame | None](None, repaint=False)
    view: reactive[View] = reactive(View(), repaint=False)

    _quiet = False
    """Whether being drawn again as a whole is not wanted just now."""

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """As Textual's, but not while the border's texts are set."""
        if self._quiet:
            return self
        if not regions:
            self._strips.forget()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

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
        # before all else, for Textual asks at once that it be drawn again
        self._strips = Strips(self._by_textual)
        super().__init__(id=name)
        self.border_title = name
        self._drawing: Drawing | None = None
        self._top = 0
        self._lines: list[Row] = []
        self._border = ("", "")
        self._fitted = Size()
        """For which size it was drawn."""

    def draw(self, frame: Frame, view: View, width: int, height: int) -> Drawing:
        """What to show; pure."""
        raise NotImplementedError

    def title(self, frame: Frame) -> str:
        """What the border says."""
        return str(self.id)

    def border(self, frame: Frame, drawing: Drawing) -> tuple[str, str]:
        """The border's title, and what it says below."""
        return self.title(frame), drawing.caption

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
        """Draw again, every line, unless that was done when the lines were asked for."""
        if self._fitted != self.size:
            self._fit()
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines; those of another size may be asked for before the panel is told of it."""
        if self._fitted != self.size:
            self._fit()
        self._strips.lie_on(self.rich_style, self.get_line_filters(), self.background_colors[1])
        strips = self._strips.of(crop.line_range, self._lines, self.gutter)
        if crop.column_span == (0, self.outer_size.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def _by_textual(self, line: int) -> Strip:
        return super().render_lines(Region(0, line, self.outer_size.width, 1))[0]

    def _fit(self) -> None:
        self._fitted = self.size
        self._lines = []
        self._strips.forget()
        self._quiet = True
        self._forget()
        self._quiet = False

    def _forget(self) -> None:
        """Draw again; only what has changed of its lines goes to the terminal."""
        self._drawing = None
        # the border is drawn before the lines are, and so must know their caption now
        drawing = self._drawn()
        if drawing is None or self.frame is None:
            return
        before, self._lines = self._lines, list(self._visible(drawing))
        told = self.border(self.frame, drawing)
        # a panel may be told of a frame after it got another size, and before it is told of that
        if len(before) != len(self._lines):
            self.border_title, self.border_subtitle = self._border = told
            self.refresh()
            return
        regions = [
            Region(columns.start, y, len(columns), 1)
            for y, line in enumerate(self._lines)
            if line != before[y] and (columns := changed(before[y], line))
        ]
        if told != self._border:
            regions += [Region(-1, y, self.size.width + 2, 1) for y in self._entitle(*told)]
        if regions:
            self._strips.forget(region.y + self.gutter.top for region in regions)
            self.refresh(*regions)

    def _entitle(self, title: str, subtitle: str) -> list[int]:
        """Change the border's texts; the lines that they stand in."""
        before, self._border = self._border, (title, subtitle)
        # setting either one has all lines drawn again, which only the border's have to be
        self._quiet = True
        if title != before[0]:
            self.border_title = title
        if subtitle != before[1]:
            self.border_subtitle = subtitle
        self._quiet = False
        lines = (-1, self.size.height)
        return [y for y, old, new in zip(lines, before, self._border, strict=True) if old != new]

    def _visible(self, drawing: Drawing) -> Iterator[Row]:
        """The lines in view, as wide as the panel; those below the drawing are blank."""
        width, height = self.size
        marked = self.marked()
        for row in range(self._top, self._top + height):
            line = fit(drawing.rows[row] if row < len(drawing.rows) else [], width)
            lit = row == marked
            yield [_lit(segment, self.view.look.cursor) for segment in line] if lit else line

    def _drawn(self) -> Drawing | None:
        if self._drawing is None and self.frame is not None and self.size.area:
            width, height = self.size
            drawing = self.draw(self.frame, self.view, width, height)
            self._drawing = drawing
            self._scroll(drawing, height)
        return self._drawing

    def _scroll(self, drawing: Drawing, height: int) -> None:
        last = max(len(drawing.rows) - height, 0)
        if drawing.focus < self._top or drawing.focus >= self._top + height:
            self._top = drawing.focus - height // 2
        self._top = min(max(self._top, 0), last)

    def render_line(self, y: int) -> Strip:
        """One line of the drawing, as Textual wants it: before filters, without the border."""
        row = self._lines[y] if y < len(self._lines) else fit([], self.size.width)
        return Strip(Segment.apply_style(row, self.rich_style), self.size.width)

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
