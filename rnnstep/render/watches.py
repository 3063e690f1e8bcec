"""The watches panel: each expression before, now and next, and over time."""

from __future__ import annotations

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.render.heatmap import Grid, Kind, heatmap
from rnnstep.render.numbers import signed, signed_width
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Drawing, Row, clip, window
from rnnstep.render.spark import spark
from rnnstep.scale import largest
from rnnstep.watching import Watch

_LONGEST_TEXT = 30


def watches(frame: Frame, pen: Pen, width: int) -> Drawing:
    """Draw the watches, one a line.

    A number has its value one timestep before, now and one later, and a sparkline; an array its
    entries now. What differs from one timestep before is lit.

    Args:
        frame: the moment.
        pen: the reader's choices.
        width: columns of the screen.

    Returns:
        rows whose targets are the watches.
    """
    texts = [f"{watch.number}: {watch.expression.text}" for watch in frame.watches]
    lead = min(max(map(cell_len, texts), default=0), _LONGEST_TEXT, width // 3)
    rows: list[Row] = []
    for watch, text in zip(frame.watches, texts, strict=True):
        title = set_cell_size(clip(text, lead), lead + 1)
        rows.append([Segment(title, pen.look.muted), *_values(frame, watch, pen, width - lead - 1)])
    return Drawing(rows, "before → now → next", frame.watches)


def _values(frame: Frame, watch: Watch, pen: Pen, room: int) -> Row:
    t, trace, expression = frame.cursor.t, frame.trace, watch.expression
    now = expression.at(trace, t)
    before = expression.at(trace, t - 1)
    if now is None:
        return [Segment("no value before t 0", pen.look.muted)]
    changed = before is not None and not np.array_equal(before, now, equal_nan=True)
    style = pen.look.accent if changed else pen.look.plain
    if now.ndim:
        mark = Segment("* " if changed else "  ", style)
        return [mark, *_entries(now, pen, room - 2)]
    cells = [_cell(before, pen), _cell(now, pen), _cell(expression.at(trace, t + 1), pen)]
    row = [
        Segment(f"{cells[0]} → ", pen.look.muted),
        Segment(f"{cells[1]}{'*' if changed else ' '}", style),
        Segment(f"→ {cells[2]}  ", pen.look.muted),
    ]
    return [*row, *_over_time(frame, watch, pen, room - sum(s.cell_length for s in row))]


def _cell(value: Array | None, pen: Pen) -> str:
    width = signed_width(pen.precision)
    return ("–" if value is None else signed(float(value), pen.precision)).rjust(width)


def _entries(array: Array, pen: Pen, room: int) -> Row:
    flat = array.reshape(1, -1)
    width = signed_width(pen.precision) + 1
    columns = min(flat.shape[1], max((room - 1) // width, 1))
    grid = Grid(Kind.NUMBER, 1, columns)
    row = heatmap(flat[:, :columns], largest(flat), grid, pen)[0]
    return [*row, Segment("…")] if columns < flat.shape[1] else row


def _over_time(frame: Frame, watch: Watch, pen: Pen, room: int) -> Row:
    """A bar a timestep, the cursor's lit; it stands in the middle where there is more."""
    if room < 3:
        return []
    t = frame.cursor.t
    shown = window(len(frame.trace), room, t)
    bars = spark(watch.expression.over(frame.trace, shown.start, shown.stop))
    at = t - shown.start
    return [
        Segment(bars[:at], pen.look.plain),
        Segment(bars[at], pen.look.cursor),
        Segment(bars[at + 1 :], pen.look.plain),
    ]
