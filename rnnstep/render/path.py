"""What a number came from, as a tree: each line a number, and how much it counts of the first."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.forks.unedited import is_set, scalings, unedited
from rnnstep.labels import Labels
from rnnstep.layer import Layer
from rnnstep.provenance import Branch, Cause, Kind, Path
from rnnstep.render.numbers import signed
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Drawing, Row, clip
from rnnstep.trace import Trace

_BAR, _LONGEST_BAR, _SHORTEST = "█", 10, 30
_SHARE = len(" 100 % ")
TOLD = "terms of a sum share it, factors of a product count whole"
"""What the shares are."""


def path_tree(path: Path, trace: Trace, labels: Labels, pen: Pen, width: int) -> Drawing:
    """Draw a path.

    Args:
        path: the numbers.
        trace: the run; an edit may have given a timestep lines of its own.
        labels: names for timesteps.
        pen: the reader's choices.
        width: columns of the screen.

    Returns:
        rows whose targets are the places of the branches in the path.
    """
    deepest = max(branch.depth for branch in path.branches)
    indent = 2 if deepest * 2 <= width // 3 else 1
    bars = width >= 2 * _SHORTEST
    room = max(width - (_SHARE + _LONGEST_BAR if bars else 0), 1)
    rows: list[Row] = []
    for place in path.order:
        branch = path.branches[place]
        above = path.branches[branch.parent].cause if branch.parent >= 0 else None
        lead = " " * (indent * min(branch.depth, width // 3))
        layer = trace.model_at(branch.cause.t).layers[branch.cause.layer]
        texts = lead + _number(branch.cause, layer, pen), _where(branch, above, layer, labels)
        row = _row(*texts, _made_of(branch, layer), pen, room)
        rows.append([*row, *_counts(branch, pen, bars)])
    caption = f"{len(rows)} number{'s'[: len(rows) != 1]}: {TOLD}"
    return Drawing(rows, caption, path.order)


def _number(cause: Cause, layer: Layer, pen: Pen) -> str:
    """``hₜ[5] = +0.500``, and its weight if it has one: ``× Wh[3,5] +0.620``."""
    edited = layer.edits.get(cause.name)
    if edited is not None and edited.part != "set":
        return f"{edited.part} {signed(cause.value, pen.precision)}"
    entry = f"[{cause.unit}]" if layer.cell.shapes[cause.name] else ""
    name = layer.title(edited.value if edited else cause.name)
    text = f"{name}{entry} = {signed(cause.value, pen.precision)}"
    if cause.weight is None:
        return text
    place = ",".join(map(str, cause.weight.place))
    return f"{text} × {cause.weight.name}[{place}] {signed(cause.weight.value, pen.precision)}"


def _where(branch: Branch, above: Cause | None, layer: Layer, labels: Labels) -> str:
    """What is other than above: the timestep, the layer; and what is not followed."""
    cause = branch.cause
    told = []
    if above is None or above.layer != cause.layer:
        told.append(layer.name)
    if above is None or above.t != cause.t:
        label = labels.of("timesteps", cause.t)
        told.append(f"t {cause.t}" + (f" {label}" if label != str(cause.t) else ""))
    if cause.kind is not Kind.LINE and not (cause.kind is Kind.EDITED and cause.edit):
        told.append(cause.kind.value)
    if cause.edit:
        told.append(cause.edit)
    if branch.again:
        told.append("as elsewhere")
    return ", ".join(told)


def _made_of(branch: Branch, layer: Layer) -> str:
    """The right side of the line, and the edits that scale it; none of what is set instead."""
    cause = branch.cause
    if cause.kind is not Kind.LINE or branch.again:
        return ""
    equation = layer.cell.equations[cause.cursor.line]
    if is_set(layer, equation.node, cause.unit):
        return ""
    line = layer.mathematics(equation.replaced(node=unedited(layer, equation.node)))
    return ", ".join([line, *scalings(layer, equation.node)])


def _row(text: str, where: str, line: str, pen: Pen, room: int) -> Row:
    """The number, where it is, and if there is room its line, in ``room`` columns."""
    where = f"  {where}" if where else ""
    found = clip(text, room)
    row = [Segment(found, pen.look.plain)]
    left = room - cell_len(found)
    for piece, style in ((where, pen.look.accent), (f"  {line}" if line else "", pen.look.muted)):
        # half of an equation says nothing
        told = piece if cell_len(piece) <= left else clip(piece, left) if piece is where else ""
        row.append(Segment(told, style))
        left -= cell_len(told)
    return [*row, Segment(" " * left)]


def _counts(branch: Branch, pen: Pen, bars: bool) -> Row:
    """``  54 % █████``: the share of the first number."""
    if not bars:
        return []
    bar = _BAR * round(branch.whole * _LONGEST_BAR)
    return [
        Segment(f"{percent(branch.whole).rjust(_SHARE - 1)} ", pen.look.plain),
        Segment(bar, pen.palette.ink(branch.cause.value)),
    ]


def percent(share: float) -> str:
    """``54 %``; some, but less than one, is ``<1 %``."""
    return "<1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")
