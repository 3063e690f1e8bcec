"""The values panel: every value of the layer as one strip of cells."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.render.heatmap import Grid, Kind, cell_width, heatmap, kinds
from rnnstep.render.numbers import unsigned
from rnnstep.render.pen import Pen, Scale
from rnnstep.render.rows import Drawing, Row, clip
from rnnstep.scale import largest

_LONGEST_TITLE = 10


def strips(frame: Frame, pen: Pen, width: int) -> Drawing:
    """Draw the values of the cursor's layer, one a line, their entries from left to right.

    Args:
        frame: the moment.
        pen: the reader's choices.
        width: columns of the screen.

    Returns:
        rows whose targets are the names of the values.
    """
    cell = frame.layer.cell
    names = [name for name in cell.values if name in frame.values]
    limits = _limits(frame, names, pen.scale)
    titles = {name: _title(frame, name) for name in names}
    widest = min(max(map(cell_len, titles.values()), default=0), _LONGEST_TITLE)
    rows: list[Row] = []
    for name in names:
        current = name == frame.equation.name and not frame.initial
        title = clip(titles[name], widest)
        style = pen.look.cursor if current else pen.look.plain
        row = [Segment(f"{title}{' ' * (widest - cell_len(title))} ", style)]
        row += strip(frame.values[name], limits[name], pen, width - widest - 1)
        rows.append(row)
    focus = names.index(frame.equation.name) if frame.equation.name in names else 0
    caption = f"each its own scale ({pen.scale.value})"
    if pen.scale is Scale.STEP and names:
        caption = f"±{unsigned(limits[names[0]], pen.precision)} (step)"
    return Drawing(rows, caption, names, focus)


def strip(array: Array, limit: float, pen: Pen, width: int) -> Row:
    """One line of cells: numbers if all fit, else smaller cells, else blocks."""
    flat = np.asarray(array).reshape(1, -1)
    count = flat.shape[1]
    offered = [Kind.GLYPH if kind is Kind.HALF else kind for kind in kinds(pen)]
    for kind in offered:
        if count * cell_width(kind, pen) <= width:
            return heatmap(flat, limit, Grid(kind, 1, count), pen)[0]
    kind = offered[-1]
    columns = max((width - 1) // cell_width(kind, pen), 1)
    if kind is Kind.NUMBER:
        return [*heatmap(flat[:, :columns], limit, Grid(kind, 1, columns), pen)[0], Segment("…")]
    return heatmap(flat, limit, Grid(kind, 1, columns), pen)[0]


def _title(frame: Frame, name: str) -> str:
    layer = frame.layer
    if frame.initial:
        before = {after: state for state, after in layer.cell.carried.items()}
        return layer.title(before[name])
    return layer.title(name)


def _limits(frame: Frame, names: Iterable[str], scale: Scale) -> dict[str, float]:
    if scale is Scale.SEQUENCE:
        return {name: frame.ranges.of(frame.cursor.layer, name) for name in names}
    sizes = {name: largest(frame.values[name]) for name in names}
    if scale is Scale.STEP:
        return dict.fromkeys(sizes, max(sizes.values(), default=0.0))
    return sizes
