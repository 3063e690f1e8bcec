"""The names before a timeline's lines: of the unit that a line is of, or of both."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from rnnstep.frame import Frame
from rnnstep.render.axis import Stretch
from rnnstep.render.heatmap import Grid, Kind
from rnnstep.render.pen import Pen
from rnnstep.render.rows import clip
from rnnstep.scale import edge

_LONGEST = 8
_LOOKED_AT = 64
"""Units whose names are looked at for the longest."""


def label_width(frame: Frame, name: str, paired: bool) -> int:
    """The columns that the names of a value's units take.

    Args:
        frame: the moment.
        name: the value's own name.
        paired: whether a line is of up to two units, and has both names.
    """
    count = _count(frame, name)
    beside = 2 if paired else 1
    # the last one's number is the longest
    last = max(count - beside, 0)
    lines = {*range(min(last, _LOOKED_AT)), last}
    names = [_named(frame, name, range(n, min(n + beside, count))) for n in lines]
    return max(map(cell_len, names), default=1)


def line_label(
    frame: Frame, name: str, line: int, grid: Grid, shown: Stretch, pen: Pen, own: bool
) -> Segment:
    """The names of a line's two units, or of its first; lit if the cursor is on any of them."""
    width = shown.indent - 1
    units = _units_of(line, grid, _count(frame, name))
    text = _named(frame, name, units if len(units) == 2 else units[:1])
    if cell_len(text) > width:
        text = clip(_named(frame, name, units[:1]), width)
    style = pen.look.accent if own and frame.cursor.unit in units else pen.look.muted
    return Segment(set_cell_size(text, width + 1), style)


def _named(frame: Frame, name: str, units: range) -> str:
    labels = (frame.label(frame.cursor.layer, name, unit) for unit in units)
    return " ".join(clip(label, _LONGEST) for label in labels)


def _count(frame: Frame, name: str) -> int:
    return int((*frame.layer.shape(name), 1)[0])


def _units_of(line: int, grid: Grid, count: int) -> range:
    """The units whose cells, or the largest among them, stand in a line."""
    halves = 2 if grid.kind is Kind.HALF else 1
    first, stop = line * halves, min((line + 1) * halves, grid.rows)
    return range(edge(first, grid.rows, count), edge(stop, grid.rows, count))
