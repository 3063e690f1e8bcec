"""The values panel: every value of the layer as one strip of cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from rnnstep.equations import Array
from rnnstep.frame import Frame
from rnnstep.render.captions import scale_caption
from rnnstep.render.errors import expectation
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
    # initial states stand as they were declared, other values as they are computed
    names = list(frame.values) if frame.initial else [n for n in cell.values if n in frame.values]
    limits = _limits(frame, names, pen.scale)
    titles = {name: _title(frame, name) for name in names}
    widest = min(max(map(cell_len, titles.values()), default=0), _LONGEST_TITLE)
    room = width - widest - 1
    rows: list[Row] = []
    targets: list[str] = []
    for name in names:
        current = name == frame.equation.name and not frame.initial
        style = pen.look.cursor if current else pen.look.plain
        title = set_cell_size(clip(titles[name], widest), widest + 1)
        rows.append([Segment(title, style), *strip(frame.values[name], limits[name], pen, room)])
        targets.append(name)
        for told, array, limit in _expectation(frame, name, limits[name]):
            lead = Segment(set_cell_size(told, widest + 1), pen.look.muted)
            rows.append([lead, *strip(array, limit, pen, room)])
            targets.append(name)
    focus = targets.index(frame.equation.name) if frame.equation.name in names else 0
    drawn = [_kind(np.size(frame.values[name]), pen, room) for name in names]
    return Drawing(rows, _caption(limits, drawn, pen), targets, focus)


def _expectation(frame: Frame, name: str, limit: float) -> Iterator[tuple[str, Array, float]]:
    """What a value is expected to be, and how far it is away, if anything is expected of it."""
    found = expectation(frame, name)
    if found is not None:
        side, expected, apart = found
        yield f" {side}", expected, limit
        yield " error", apart, largest(apart)


def strip(array: Array, limit: float, pen: Pen, width: int) -> Row:
    """One line of cells: numbers if all fit, else smaller cells, else blocks."""
    flat = np.asarray(array).reshape(1, -1)
    count = flat.shape[1]
    kind = _kind(count, pen, width)
    columns = count
    if count * cell_width(kind, pen) > width:
        columns = max((width - 1) // cell_width(kind, pen), 1)
    if kind is Kind.NUMBER and columns < count:
        return [*heatmap(flat[:, :columns], limit, Grid(kind, 1, columns), pen)[0], Segment("…")]
    return heatmap(flat, limit, Grid(kind, 1, columns), pen)[0]


def _kind(count: int, pen: Pen, width: int) -> Kind:
    """The most telling kind of cell that so many entries fit in."""
    offered = [Kind.GLYPH if kind is Kind.HALF else kind for kind in kinds(pen)]
    fitting = (kind for kind in offered if count * cell_width(kind, pen) <= width)
    return next(fitting, offered[-1])


def _caption(limits: dict[str, float], drawn: list[Kind], pen: Pen) -> str:
    if pen.scale is Scale.STEP and limits:
        size = unsigned(next(iter(limits.values())), pen.precision)
        return scale_caption(f"±{size} (step)", drawn)
    if {*drawn} == {Kind.DIGIT}:
        return f"digits: ninths, each of its own scale ({pen.scale.value})"
    digits = ", digits in ninths" if Kind.DIGIT in drawn else ""
    return f"each its own scale ({pen.scale.value}){digits}"


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
