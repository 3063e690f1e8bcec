"""The source panel: every layer's equations as mathematics, the current line marked."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.frame import Frame
from rnnstep.layer import Layer
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Drawing, Row, clip, fit

_MARK, _NO_MARK = "▸ ", "  "


def equations(frame: Frame, pen: Pen, width: int) -> Drawing:
    """Draw the equations of all layers, one a line.

    Args:
        frame: the moment.
        pen: the reader's choices.
        width: columns of the screen; shapes and comments are left out where there is no room.

    Returns:
        rows whose targets are pairs: layer and line.
    """
    rows: list[Row] = []
    targets: list[tuple[int, int] | None] = []
    focus = 0
    layers = frame.step.model.layers
    for index, layer in enumerate(layers):
        rows.append([Segment(clip(heading(layer), width), pen.look.muted)])
        targets.append((index, 0))
        titles = _padded([layer.title(e.name) for e in layer.cell.equations])
        for line, title in enumerate(titles):
            current = (frame.cursor.layer, frame.cursor.line) == (index, line)
            focus = len(rows) if current else focus
            lead = (_MARK if current else _NO_MARK) + title
            row = _line(layer, line, lead, pen, width)
            rows.append(_marked(row, pen, width) if current else row)
            targets.append((index, line))
    return Drawing(rows, "", targets, focus)


def heading(layer: Layer) -> str:
    """``rnn: SimpleRNN 2→5 tanh``; a layer against time's direction says so."""
    return f"{layer.name}: {layer.summary}"


def _padded(titles: list[str]) -> list[str]:
    widest = max(map(cell_len, titles))
    return [title + " " * (widest - cell_len(title)) for title in titles]


def _line(layer: Layer, line: int, lead: str, pen: Pen, width: int) -> Row:
    equation = layer.cell.equations[line]
    text = f"{lead} = {layer.mathematics(equation)}"
    row: Row = [Segment(clip(text, width), pen.look.plain)]
    shape = f"  ({', '.join(map(str, layer.shape(equation.name)))})"
    left = width - cell_len(text)
    if left >= len(shape):
        row.append(Segment(shape, pen.look.muted))
        left -= len(shape)
    # a comment cut off after a word or two says nothing
    if equation.comment and left >= min(cell_len(equation.comment) + 4, 24):
        row.append(Segment(clip(f"  # {equation.comment}", left), pen.look.muted))
    return row


def _marked(row: Row, pen: Pen, width: int) -> Row:
    """The row as one bar in the cursor's style."""
    return [Segment(segment.text, pen.look.cursor) for segment in fit(row, width)]
