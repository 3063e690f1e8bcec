"""A line of a cell at work: its operands, its signs and its result, side by side."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.render.blocks import Block, initial_parts, parts_of
from rnnstep.render.captions import operation_caption
from rnnstep.render.heatmap import heatmap
from rnnstep.render.matrix import Layout, arrange
from rnnstep.render.pen import Pen
from rnnstep.render.placed import Placed
from rnnstep.render.rows import Drawing, Row, clip, fit
from rnnstep.render.rows import width as row_width

_HEADING = 2
"""Lines above the arrays: titles and shapes."""
_MARK = "▸"


def operation(frame: Frame, pen: Pen, width: int, height: int, column: int = 0) -> Drawing:
    """Draw the line at the cursor, or before the first timestep the initial states.

    Args:
        frame: the moment.
        pen: the reader's choices.
        width: columns of the screen.
        height: lines of the screen.
        column: the first column that is wanted of a matrix of which not all fit.

    Returns:
        rows whose targets are the units of the result.
    """
    layout = lay_out(frame, pen, width, height, column)
    if layout is None:
        note = "nothing is carried into this layer: it has no initial state"
        return Drawing([[Segment(clip(note, width), pen.look.muted)]])
    unit = frame.cursor.unit
    lines = max(one.grid.height() for one in layout.placed)
    columns = list(_columns(layout, lines, unit))
    rows = [[segment for part in line for segment in part] for line in zip(*columns, strict=True)]
    result = layout.placed[-1]
    _name_units(rows, result, frame, pen, width)
    targets = [None] * _HEADING + [result.entry(line) for line in range(lines)]
    focus = _HEADING + (result.line(unit) or 0)
    return Drawing(rows, operation_caption(layout, pen, width - 2), targets, focus)


def lay_out(frame: Frame, pen: Pen, width: int, height: int, column: int = 0) -> Layout | None:
    """What :func:`operation` shows of each array; ``None`` if there is none."""
    parts = initial_parts(frame, pen.scale) if frame.initial else parts_of(frame, pen.scale)
    if not parts:
        return None
    # a column for the mark, and some for the names of the units
    room = width - 1, max(height - _HEADING, 1)
    return arrange(parts, pen, *room, frame.cursor.unit, column)


def _columns(layout: Layout, lines: int, unit: int) -> Iterator[list[Row]]:
    """The drawing from left to right, each column with the same number of rows."""
    arrays, pen = iter(layout.placed), layout.pen
    result = layout.placed[-1]
    for part in layout.parts:
        if isinstance(part, Block):
            if part is result.block:
                yield _marks(result, lines, unit, pen)
            yield _array(next(arrays), lines, pen)
        else:
            yield _sign(part, lines, pen)


def _array(placed: Placed, lines: int, pen: Pen) -> list[Row]:
    width, block = placed.width(pen), placed.block
    drawn = heatmap(_shown(placed), block.limit, placed.grid, pen)
    title = Segment(clip(block.title, width), pen.look.accent)
    rows = [[title], [Segment(clip(block.size, width), pen.look.muted)], *drawn]
    rows += [[] for _ in range(lines - len(drawn))]
    return [fit(row, width) for row in rows]


def _shown(placed: Placed) -> Array:
    rows, columns = placed.rows, placed.columns
    return placed.block.array[rows.start : rows.stop, columns.start : columns.stop]


def _sign(text: str, lines: int, pen: Pen) -> list[Row]:
    blank = [Segment(" " * cell_len(text))]
    rows = [blank] * (_HEADING + lines)
    rows[_HEADING + (lines - 1) // 2] = [Segment(text, pen.look.plain)]
    return rows


def _marks(placed: Placed, lines: int, unit: int, pen: Pen) -> list[Row]:
    """The mark beside the unit that is looked into."""
    at = placed.line(unit)
    mark = [Segment(_MARK, pen.look.accent)]
    return [mark if line == at else [Segment(" ")] for line in range(-_HEADING, lines)]


def _name_units(rows: list[Row], result: Placed, frame: Frame, pen: Pen, width: int) -> None:
    """Write the names of the units behind the result, where each has a line and there is room."""
    left = width - row_width(rows[0])
    if left < 2 or not result.one_a_line:
        return
    for line, entry in enumerate(result.rows, start=_HEADING):
        name = frame.label(frame.cursor.layer, result.block.name, entry)
        style = pen.look.accent if entry == frame.cursor.unit else pen.look.muted
        rows[line].append(Segment(" " + clip(name, left - 1), style))
