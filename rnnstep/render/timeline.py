"""The timeline: one value over time, units from top to bottom, the cursor's timestep marked."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment

from rnnstep.frame import Frame
from rnnstep.render.axis import Stretch, axis, marks
from rnnstep.render.captions import scale_caption
from rnnstep.render.difference import difference_row, future_of, futures
from rnnstep.render.errors import errors_over_time
from rnnstep.render.heatmap import Grid, Kind, heatmap
from rnnstep.render.line_labels import label_width, line_label
from rnnstep.render.numbers import unsigned
from rnnstep.render.pen import Mode, Pen, Scale
from rnnstep.render.rows import Drawing, Row
from rnnstep.scale import largest

ZOOMS = (6, 3, 2, 1, *(-(1 << power) for power in range(1, 15)))
"""Columns of a timestep; a negative number is timesteps of a column."""


def fitting_zoom(timesteps: int, width: int) -> int:
    """The widest zoom at which the run fits, at least one column a timestep."""
    return next((zoom for zoom in ZOOMS if zoom > 0 and zoom * timesteps <= width), 1)


def stretch(frame: Frame, name: str, zoom: int | None, width: int, paired: bool) -> Stretch:
    """Which timesteps to show so that the cursor is among them.

    Args:
        frame: the moment.
        name: the value's own name.
        zoom: one of :data:`ZOOMS`; ``None`` is the widest that fits.
        width: columns of the screen.
        paired: whether a line is of up to two units, and has both names.
    """
    indent = min(label_width(frame, name, paired), max(width // 4, 2)) + 1
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
    frame: Frame,
    name: str,
    zoom: int | None,
    pen: Pen,
    width: int,
    height: int,
    beside: bool = True,
) -> Drawing:
    """Draw a value of the cursor's layer over time.

    Args:
        frame: the moment.
        name: the value's own name.
        zoom: one of :data:`ZOOMS`; ``None`` is the widest that fits.
        pen: the reader's choices.
        width: columns of the screen.
        height: lines of the screen, the axis among them.
        beside: whether the future of a fork's parent stands below its own.

    Returns:
        rows whose targets are the :class:`Stretch` that they show.
    """
    lines = max(height - rows_under(frame), 1)
    shown = stretch(frame, name, zoom, width, are_paired(frame, name, height, beside))
    layer = frame.cursor.layer
    stop = shown.first + shown.columns
    runs = [frame.history]
    if futures(frame, lines, beside) == 2 and frame.effect is not None:
        runs.append(frame.effect.history)
    found = [run.blocks(layer, name, shown.block, shown.first, stop).T for run in runs]
    limit = frame.ranges.of(layer, name)
    if pen.scale is not Scale.SEQUENCE:
        limit = max(map(largest, found))
    units = len(found[0])
    grid = _grid(units, shown, pen, lines // len(runs))
    rows: list[Row] = []
    for values in found:
        drawn = heatmap(values, limit, grid, _coloured(pen))
        own = not rows
        rows += [
            [
                line_label(frame, name, number, grid, shown, pen, own),
                *_spread(row if own else future_of(frame, row, shown), grid, shown),
            ]
            for number, row in enumerate(drawn)
        ]
    if frame.effect is not None:
        rows.append(difference_row(frame, name, shown, pen))
    if frame.comparison is not None:
        rows.append(errors_over_time(frame.comparison, shown, pen))
    if has_marks(frame):
        rows.append(marks(frame, shown, pen))
    rows.append(axis(frame, shown, pen))
    blocks = f" · a column: {shown.block} steps, the largest" if shown.block > 1 else ""
    entries = "" if grid.rows == units else f" · {units} units in {grid.rows} rows"
    # what is largest at one step only is no scale for many
    of = "sequence" if pen.scale is Scale.SEQUENCE else "window"
    told = scale_caption(f"±{unsigned(limit, pen.precision)} ({of})", [grid.kind])
    parent = "below: its parent · " if len(runs) > 1 else ""
    return Drawing(rows, f"{parent}{told}{blocks}{entries}", [shown] * len(rows))


def rows_wanted(frame: Frame, units: int, beside: bool) -> int:
    """The lines in which each of so many units has one of its own, in each run."""
    runs = 2 if beside and frame.effect is not None else 1
    return units * runs + rows_under(frame)


def are_paired(frame: Frame, name: str, height: int, beside: bool) -> bool:
    """Whether a line of the timeline is of up to two units."""
    lines = max(height - rows_under(frame), 1)
    lines //= futures(frame, lines, beside)
    units = int((*frame.layer.shape(name), 1)[0])
    return lines < units <= 2 * lines


def rows_under(frame: Frame) -> int:
    """The lines below the units: the axis, and those of marks, errors and a fork's difference."""
    other = (frame.comparison is not None) + (frame.effect is not None)
    return 1 + has_marks(frame) + other


def has_marks(frame: Frame) -> bool:
    """Whether a timestep may be marked."""
    return bool(frame.breakpoints.all or frame.bookmarks) or frame.effect is not None


def _coloured(pen: Pen) -> Pen:
    """A timeline of plain numbers would have no room: it keeps its colours."""
    return pen if pen.mode is not Mode.NUMBERS else pen.replaced(mode=Mode.BOTH)


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
    return [_wider(cell, missing, fill) for cell in row]


@lru_cache(4096)
def _wider(cell: Segment, missing: int, fill: str) -> Segment:
    text = cell.text
    return Segment(text.rjust(len(text) + missing, fill if text.strip() else " "), cell.style)
