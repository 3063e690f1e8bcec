"""A line of a cell at work: its operands, its signs and its result, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.render.blocks import Block, Part, initial_parts, parts_of
from rnnstep.render.heatmap import heatmap
from rnnstep.render.matrix import Placed, arrange
from rnnstep.render.numbers import unsigned
from rnnstep.render.pen import Mode, Pen
from rnnstep.render.rows import Drawing, Row, clip, fit
from rnnstep.render.rows import width as row_width

_HEADING = 2
"""Lines above the arrays: titles and shapes."""
_MARK = "▸"


def operation(frame: Frame, pen: Pen, width: int, height: int) -> Drawing:
    """Draw the line at the cursor, or before the first timestep the initial states.

    Args:
        frame: the moment.
        pen: the reader's choices.
        width: columns of the screen.
        height: lines of the screen.

    Returns:
        rows whose targets are the units of the result.
    """
    parts = initial_parts(frame, pen.scale) if frame.initial else parts_of(frame, pen.scale)
    if not parts:
        note = "nothing is carried into this layer: it has no initial state"
        return Drawing([[Segment(clip(note, width), pen.look.muted)]])
    unit = frame.cursor.unit
    # a column for the mark, and some for the names of the units
    placed = arrange(parts, pen, width - 1, max(height - _HEADING, 1), unit)
    lines = max(one.grid.height() for one in placed)
    columns = list(_columns(parts, placed, lines, unit, pen))
    rows = [[segment for part in line for segment in part] for line in zip(*columns, strict=True)]
    result = placed[-1]
    _name_units(rows, result, frame, pen, width)
    shown = {result.line(entry): entry for entry in reversed(result.rows)}
    targets = [None] * _HEADING + [shown.get(line) for line in range(lines)]
    focus = _HEADING + (result.line(unit) or 0)
    return Drawing(rows, _caption(placed, pen), targets, focus)


def _columns(
    parts: Sequence[Part], placed: Sequence[Placed], lines: int, unit: int, pen: Pen
) -> Iterator[list[Row]]:
    """The drawing from left to right, each column with the same number of rows."""
    arrays = iter(placed)
    last = placed[-1].block
    for part in parts:
        if isinstance(part, Block):
            if part is last:
                yield _marks(placed[-1], lines, unit, pen)
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


def _caption(placed: Sequence[Placed], pen: Pen) -> str:
    """The scale, and what is not shown in full."""
    notes = [] if pen.mode is Mode.NUMBERS else [_scale_note(placed, pen)]
    result = placed[-1]
    count = result.block.array.shape[0]
    if len(result.rows) < count:
        notes.append(f"{result.rows.start}–{result.rows.stop - 1} of {count}")
    biggest = max(placed, key=lambda one: one.block.array.size)
    down, across = biggest.block_size
    if down * across > 1:
        notes.append(f"one cell: the largest of {down}×{across}")
    if len(biggest.columns) < biggest.block.array.shape[1]:
        of = biggest.block.array.shape[1]
        notes.append(f"columns 0–{biggest.columns.stop - 1} of {of}")
    return " · ".join(notes)


def _scale_note(placed: Sequence[Placed], pen: Pen) -> str:
    """What the strongest colour stands for: ``±2.464, Wh ±0.213 (sequence)``."""
    vectors = {one.block.limit for one in placed if not one.block.matrix}
    shared = f"±{unsigned(max(vectors), pen.precision)}" if len(vectors) == 1 else ""
    own = [
        f"{one.block.title} ±{unsigned(one.block.limit, pen.precision)}"
        for one in placed
        if one.block.matrix
    ]
    told = ", ".join([shared, *own] if shared else own) or "each its largest"
    return f"{told} ({pen.scale.value})"
