"""The timeline: one value over time, units from top to bottom, the cursor's timestep marked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.segment import Segment

from rnnstep.frame import Frame
from rnnstep.render.heatmap import Grid, Kind, heatmap
from rnnstep.render.numbers import unsigned
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.rows import Drawing, Row, clip
from rnnstep.scale import largest

ZOOMS = (6, 3, 2, 1, -2, -4, -8, -16, -32, -64)
"""Columns of a timestep; a negative number is timesteps of a column."""

_LONGEST_LABEL = 8


@dataclass(frozen=True)
class Stretch:
    """The part of the run that is on the screen.

    Attributes:
        first: the first column's block of timesteps.
        columns: how many blocks are shown.
        block: timesteps in a block.
        width: columns of the screen that a block takes.
        indent: columns of the screen before the first block.
    """

    first: int
    columns: int
    block: int
    width: int
    indent: int

    def timestep(self, x: int) -> int:
        """The timestep at a column of the screen."""
        return (self.first + max(x - self.indent, 0) // self.width) * self.block


def fitting_zoom(timesteps: int, width: int) -> int:
    """The widest zoom at which the run fits, at least one column a timestep."""
    return next((zoom for zoom in ZOOMS if zoom > 0 and zoom * timesteps <= width), 1)


def stretch(frame: Frame, name: str, zoom: int | None, width: int) -> Stretch:
    """Which timesteps to show so that the cursor is among them."""
    indent = min(_label_width(frame, name), max(width // 4, 2)) + 1
    room = max(width - indent, 1)
    timesteps = len(frame.trace)
    zoom = fitting_zoom(timesteps, room) if zoom is None else zoom
    block, cell = (1, zoom) if zoom > 0 else (-zoom, 1)
    blocks, columns = -(-timesteps // block), max(room // cell, 1)
    at = max(frame.cursor.t, 0) // block
    # the window moves in halves, so that a step seldom moves the whole picture
    half = max(columns // 2, 1)
    first = (
        max(min((at - half // 2) // half * half, blocks - columns), 0) if blocks > columns else 0
    )
    return Stretch(first, min(columns, blocks - first), block, cell, indent)


def timeline(
    frame: Frame, name: str, zoom: int | None, pen: Pen, width: int, height: int
) -> Drawing:
    """Draw a value of the cursor's layer over time.

    Args:
        frame: the moment.
        name: the value's own name.
        zoom: one of :data:`ZOOMS`; ``None`` is the widest that fits.
        pen: the reader's choices.
        width: columns of the screen.
        height: lines of the screen, the axis among them.

    Returns:
        rows whose targets are the :class:`Stretch` that they show.
    """
    shown = stretch(frame, name, zoom, width)
    layer = frame.cursor.layer
    stop = shown.first + shown.columns
    values = frame.history.blocks(layer, name, shown.block, shown.first, stop).T
    limit = frame.ranges.of(layer, name) if pen.scale is Scale.SEQUENCE else largest(values)
    grid = _grid(len(values), shown, pen, max(height - 1, 1))
    drawn = heatmap(values, limit, grid, _coloured(pen))
    rows = [
        [_label(frame, name, number, grid, shown, pen), *_spread(row, grid, shown)]
        for number, row in enumerate(drawn)
    ]
    rows.append(_axis(frame, shown, pen))
    blocks = f" · a column: {shown.block} steps, the largest" if shown.block > 1 else ""
    entries = "" if grid.rows == len(values) else f" · {len(values)} units in {grid.rows} rows"
    caption = f"±{unsigned(limit, pen.precision)} ({pen.scale.value}){blocks}{entries}"
    return Drawing(rows, caption, [shown] * len(rows))


def _coloured(pen: Pen) -> Pen:
    """A timeline of plain numbers would have no room: it keeps its colours."""
    return pen if pen.mode is not Mode.NUMBERS else replace(pen, mode=Mode.BOTH)


def _grid(units: int, shown: Stretch, pen: Pen, lines: int) -> Grid:
    small = Kind.HALF if pen.palette.coloured else Kind.GLYPH
    if units <= lines:
        wide = shown.width >= 2 and pen.mode is not Mode.HEATMAP
        return Grid(Kind.DIGIT if wide else Kind.GLYPH, units, shown.columns)
    most = lines * 2 if small is Kind.HALF else lines
    return Grid(small, min(units, most), shown.columns)


def _spread(row: Row, grid: Grid, shown: Stretch) -> Row:
    """Cells made as wide as a block is."""
    missing = shown.width - (2 if grid.kind is Kind.DIGIT else 1)
    if missing <= 0:
        return row
    fill = "▀" if grid.kind is Kind.HALF else " "
    return [Segment(cell.text.rjust(len(cell.text) + missing, fill), cell.style) for cell in row]


def _label_width(frame: Frame, name: str) -> int:
    layer = frame.layer
    count = int(layer.shape(name)[0]) if layer.shape(name) else 1
    names = [frame.label(frame.cursor.layer, name, entry) for entry in range(min(count, 64))]
    return min(max(map(len, names), default=1), _LONGEST_LABEL)


def _label(frame: Frame, name: str, number: int, grid: Grid, shown: Stretch, pen: Pen) -> Segment:
    width = shown.indent - 1
    shape = frame.layer.shape(name)
    count = shape[0] if shape else 1
    per_line = -(-grid.rows // 2) if grid.kind is Kind.HALF else grid.rows
    entry = number * count // max(per_line, 1)
    text = clip(frame.label(frame.cursor.layer, name, entry), width)
    chosen = frame.cursor.unit == entry
    return Segment(text.ljust(width) + " ", pen.look.accent if chosen else pen.look.muted)


def _axis(frame: Frame, shown: Stretch, pen: Pen) -> Row:
    """Labels or numbers of timesteps, and the cursor under its own."""
    length = shown.columns * shown.width
    text = [" "] * length
    labels = frame.labels.timesteps
    if shown.block == 1 and labels and max(map(len, labels)) <= shown.width:
        for column in range(shown.columns):
            label = frame.labels.of("timesteps", shown.first + column)
            text[column * shown.width : column * shown.width + len(label)] = label
    else:
        every = 10 if shown.width == 1 else 5 if shown.width < 6 else 2
        for column in range(shown.columns):
            number = str((shown.first + column) * shown.block)
            place = column * shown.width
            if (shown.first + column) % every == 0 and place + len(number) <= length:
                text[place : place + len(number)] = number
    at = frame.cursor.t // shown.block - shown.first
    style = pen.look.muted
    if frame.initial or not 0 <= at < shown.columns:
        mark = Segment("▸" if frame.initial else " ", pen.look.accent)
        return [Segment(" " * (shown.indent - 1)), mark, Segment("".join(text), style)]
    start = at * shown.width
    under = "".join(text[start : start + shown.width])
    if not under.strip():
        under = "▲".ljust(shown.width)
    return [
        Segment(" " * shown.indent),
        Segment("".join(text[:start]), style),
        Segment(under, pen.look.cursor),
        Segment("".join(text[start + shown.width :]), style),
    ]
