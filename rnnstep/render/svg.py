"""A heatmap as SVG: one rectangle a cell, in the colours of the terminal's."""

from __future__ import annotations

from html import escape

import numpy as np

from rnnstep.equations import Array
from rnnstep.notes import printable
from rnnstep.render.numbers import signed
from rnnstep.render.palette import glyph, palette
from rnnstep.render.pen import Pen
from rnnstep.scale import finite, levels, strongest

_MOST = (32, 120)
"""Rows and columns at the most; of a larger array each cell is the strongest entry of its block."""
_CELL = 12
_WIDTH = 720


def heatmap(array: Array, limit: float, pen: Pen, title: str) -> str:
    """Draw two axes of numbers.

    Args:
        array: (rows, columns).
        limit: the size that has the strongest colour.
        pen: the reader's choices: the colour map.
        title: what it is, for those who cannot see it.

    Returns:
        an ``svg``; each cell tells its number, and what is not finite has a mark.
    """
    shown = np.asarray(array)
    blocks = tuple(min(size, most) for size, most in zip(shown.shape, _MOST, strict=True))
    shown = strongest(shown, blocks)
    rows, columns = shown.shape
    side = max(min(_CELL, _WIDTH // max(columns, 1)), 4)
    cells = [
        _cell(float(shown[row, column]), level, (column * side, row * side, side), pen)
        for row, line in enumerate(levels(shown, limit).tolist())
        for column, level in enumerate(line)
    ]
    size = f'width="{columns * side}" height="{rows * side}"'
    name = escape(printable(title), quote=True)
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}">'
    return f"{start}{''.join(cells)}</svg>"


def _cell(value: float, level: int, place: tuple[int, int, int], pen: Pen) -> str:
    x, y, side = place
    colour = _colour(level, pen)
    told = f"<title>{escape(signed(value, pen.precision))}</title>"
    box = f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="{colour}">{told}</rect>'
    if finite(level):
        return box
    mark = f'<text x="{x + 1}" y="{y + side - 2}" font-size="{side - 1}">{glyph(level)}</text>'
    return box + mark


def _colour(level: int, pen: Pen) -> str:
    background = palette(pen.colour_map).style(level).bgcolor
    return background.triplet.hex if background and background.triplet else "none"
