"""The lines of a panel as they go to the screen: each is put together once, then kept.

Textual works out the border at every line, and filters every segment, of which a line of a heatmap
has a hundred. The border beside a drawing is the same at every line, and what filters make of a
style the same at every segment: both are asked for once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Spacing
from textual.strip import Strip

from rnnstep.render.ground import Ground
from rnnstep.render.rows import Row

Drawn = Callable[[int], Strip]
"""A line of a panel as Textual draws it, with the border."""


class Strips:
    """The lines of one panel, numbered from its upper border, which is line 0.

    Args:
        textual: draws a line.
    """

    def __init__(self, textual: Drawn) -> None:
        self._textual = textual
        self._key: Hashable = None
        self._ground = Ground(Style.null())
        self._sides: tuple[Row, Row] | None = None
        self._width = 0
        self._made: dict[int, Strip] = {}

    def lie_on(self, style: Style, filters: Sequence[LineFilter], background: Color) -> None:
        """Say what is under the lines and how they are filtered; if that is new, forget all."""
        key = (style, *filters, background)
        if key == self._key:
            return

        def filtered(one: Style) -> Style:
            strip = Strip([Segment(" ", one)], 1)
            for each in filters:
                strip = strip.apply_filter(each, background)
            return next(iter(strip)).style or Style.null()

        self._key, self._ground = key, Ground(style, filtered)
        self.forget()

    def forget(self, lines: Iterable[int] | None = None) -> None:
        """These are out of date; without any all are, and what stands beside the drawing."""
        if lines is None:
            self._sides = None
            self._made.clear()
            return
        for line in lines:
            self._made.pop(line, None)

    def of(self, lines: range, drawing: Sequence[Row], gutter: Spacing) -> list[Strip]:
        """Some lines as they go to the screen.

        Args:
            lines: which.
            drawing: the rows of the drawing.
            gutter: what is around it.
        """
        made = self._made
        for line in lines:
            if line not in made:
                made[line] = self._put_together(line, drawing, gutter)
        return [made[line] for line in lines]

    def _put_together(self, line: int, drawing: Sequence[Row], gutter: Spacing) -> Strip:
        row = line - gutter.top
        if not 0 <= row < len(drawing):
            return self._textual(line)
        if self._sides is None:
            strip = self._textual(line)
            end = strip.cell_length - gutter.right
            self._width = strip.cell_length
            self._sides = list(strip.crop(0, gutter.left)), list(strip.crop(end))
        left, right = self._sides
        return Strip([*left, *self._ground.under(drawing[row]), *right], self._width)
