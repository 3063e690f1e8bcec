"""A matrix as rows of cells: numbers, digits or colours, each kind with its own cell size."""

from __future__ import annotations

from enum import Enum

import numpy as np
from rich.segment import Segment

from rnnstep.equations import Array
from rnnstep.record import Record
from rnnstep.render.kept import kept
from rnnstep.render.numbers import signed, signed_width
from rnnstep.render.palette import digits
from rnnstep.render.pen import Mode, Pen
from rnnstep.render.rows import Row
from rnnstep.scale import finite, levels, strongest


class Kind(Enum):
    """What one entry looks like."""

    NUMBER = "number"
    DIGIT = "digit"
    WIDE = "two columns of colour"
    HALF = "half a character of colour"
    GLYPH = "one sign"


class Grid(Record):
    """How an array is laid out on the screen.

    Attributes:
        kind: what one entry looks like.
        rows: the entries, or blocks of entries, from top to bottom.
        columns: likewise, from left to right.
    """

    kind: Kind
    rows: int
    columns: int

    def height(self) -> int:
        """The lines that it takes."""
        return -(-self.rows // 2) if self.kind is Kind.HALF else self.rows

    def width(self, pen: Pen) -> int:
        """The columns of the screen that it takes."""
        return self.columns * cell_width(self.kind, pen)


def kinds(pen: Pen) -> tuple[Kind, ...]:
    """The kinds that a reader's mode allows, the most telling first."""
    coloured = pen.palette.coloured
    if pen.mode is Mode.NUMBERS:
        return (Kind.NUMBER,)
    small = Kind.HALF if coloured else Kind.GLYPH
    if pen.mode is Mode.HEATMAP:
        return (Kind.WIDE, small) if coloured else (small,)
    return (Kind.NUMBER, Kind.DIGIT, small)


def cell_width(kind: Kind, pen: Pen) -> int:
    """The columns of the screen that one entry takes."""
    if kind is Kind.NUMBER:
        return signed_width(pen.precision) + 1
    return 2 if kind in (Kind.DIGIT, Kind.WIDE) else 1


def heatmap(array: Array, limit: float, grid: Grid, pen: Pen) -> list[Row]:
    """Draw a matrix; where the grid has fewer places than entries, the strongest stand there.

    Args:
        array: (rows, columns).
        limit: the size that has the strongest colour.
        grid: the layout.
        pen: the reader's choices.
    """
    return kept(array, (limit, grid, pen), lambda: _drawn(array, limit, grid, pen))


def _drawn(array: Array, limit: float, grid: Grid, pen: Pen) -> list[Row]:
    blocks = grid.rows, grid.columns
    shown = kept(array, blocks, lambda: strongest(array, blocks))
    found = levels(shown, limit).tolist()
    if grid.kind is Kind.HALF:
        return _halves(found, pen)
    if grid.kind is Kind.NUMBER:
        return _numbers(shown, found, pen)
    return [_line(row, grid.kind, pen) for row in found]


def _line(row: list[int], kind: Kind, pen: Pen) -> Row:
    palette = pen.palette
    if kind is Kind.DIGIT:
        return [palette.digit(level) for level in row]
    if kind is Kind.WIDE:
        return [palette.cell(level, "  " if finite(level) else digits(level)) for level in row]
    return [palette.glyph(level) for level in row]


def _halves(found: list[list[int]], pen: Pen) -> list[Row]:
    half = pen.palette.half
    below: list[list[int] | list[None]] = [*found[1::2]]
    if len(found) % 2:
        below.append([None] * len(found[-1]))
    return [
        [half(top, bottom) for top, bottom in zip(upper, lower, strict=True)]
        for upper, lower in zip(found[::2], below, strict=True)
    ]


def _numbers(shown: Array, found: list[list[int]], pen: Pen) -> list[Row]:
    width = cell_width(Kind.NUMBER, pen)
    coloured = pen.mode is not Mode.NUMBERS
    rows: list[Row] = []
    for values, marks in zip(np.asarray(shown).tolist(), found, strict=True):
        row: Row = []
        for value, level in zip(values, marks, strict=True):
            text = signed(float(value), pen.precision).rjust(width - 1) + " "
            row.append(
                pen.palette.cell(level, text) if coloured or not finite(level) else Segment(text)
            )
        rows.append(row)
    return rows
