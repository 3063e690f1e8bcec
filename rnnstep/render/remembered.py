"""A state's memory as lines: what each timestep wrote, what is left of it, and the sum."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.equations import Node, to_unicode
from rnnstep.labels import Labels
from rnnstep.layer import AFTER, BEFORE, Layer
from rnnstep.provenance import End, Memory, Written
from rnnstep.render.numbers import signed, signed_width
from rnnstep.render.path import percent
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Drawing, Row, clip, fit

_BAR, _LONGEST_BAR, _GAP = "█", 12, "  "


@dataclass(frozen=True)
class _Line:
    """A part of the state, and what its timestep is called."""

    part: Written
    name: str


def remembered(
    found: Memory,
    layer: Layer,
    labels: Labels,
    pen: Pen,
    width: int,
    *,
    by_size: bool = False,
    most: int = 200,
) -> Drawing:
    """Draw what each timestep wrote to an entry of a state.

    Args:
        found: the memory.
        layer: the layer whose state it is.
        labels: names for timesteps.
        pen: the reader's choices.
        width: columns of the screen.
        by_size: whether the largest is first, not the newest.
        most: timesteps to show.

    Returns:
        rows whose targets are timesteps; the rest's and the sum's are ``None``.
    """
    parts = list(found.written)
    if by_size:
        parts.sort(key=lambda part: -math.inf if math.isnan(part.now) else -abs(part.now))
    shown = [_Line(part, _timestep(part.t, labels)) for part in parts[:most]]
    rest = _Line(found.rest, found.end.value)
    names = max((cell_len(line.name) for line in shown), default=0)
    rows = [_part(line, names, found, pen, width) for line in shown]
    targets: list[object] = [line.part.t for line in shown]
    if len(parts) > most:
        others = sum(part.now for part in parts[most:])
        told = f"of {len(parts) - most} more timesteps"
        rows.append(_told(others, told, pen, width))
    if found.rest.now or found.end is not End.INITIAL:
        rows.append(_part(rest, names, found, pen, width))
    rows.append(_sum(found, layer, pen, width))
    targets += [None] * (len(rows) - len(targets))
    return Drawing(rows, _caption(found, layer, pen), targets, 0, len(parts))


def _caption(found: Memory, layer: Layer, pen: Pen) -> str:
    """``cₜ[1] = +0.341 at t 9: each timestep kept fₜ and wrote iₜ × gₜ``."""
    value = signed(found.value, pen.precision)
    kept, wrote = (_text(part, layer) for part in (found.form.keep, found.form.write))
    return f"{_entry(found, layer)} = {value} at t {found.t}: each t keeps {kept}, writes {wrote}"


def _text(node: Node | None, layer: Layer) -> str:
    text = to_unicode(node, layer.title) if node is not None else "nothing"
    return text.replace(BEFORE, AFTER) if layer.reverse else text


def _entry(found: Memory, layer: Layer) -> str:
    entry = f"[{found.unit}]" if layer.cell.shapes[found.name] else ""
    return f"{layer.title(found.name)}{entry}"


def _timestep(t: int, labels: Labels) -> str:
    label = labels.of("timesteps", t)
    return f"t {t}" + (f" {label}" if label != str(t) else "")


def _part(line: _Line, names: int, found: Memory, pen: Pen, width: int) -> Row:
    """``+0.213  34 %  ████  t 7 (  = +0.215 × 0.991``."""
    part, ink = line.part, pen.palette.ink(line.part.now)
    size = abs(part.now) / found.size if found.size else 0.0
    share = "?" if math.isnan(size) else percent(size)
    bar = "" if math.isnan(size) else _BAR * round(size * _LONGEST_BAR)
    name = line.name + " " * (names - cell_len(line.name))
    wrote = f"= {_number(part.wrote, pen)} × {signed(part.left, pen.precision)} left"
    row = [
        Segment(f"{_number(part.now, pen)}{_GAP}{share.rjust(5)}{_GAP}", ink),
        Segment(bar.ljust(_LONGEST_BAR), ink),
        Segment(f"{_GAP}{name}", pen.look.plain),
    ]
    left = width - sum(segment.cell_length for segment in row) - len(_GAP)
    # half of a product says nothing
    row += [Segment(f"{_GAP}{wrote}", pen.look.muted)] if cell_len(wrote) <= left else []
    return fit(row, width, pad=False)


def _sum(found: Memory, layer: Layer, pen: Pen, width: int) -> Row:
    off = found.value - found.sum
    told = f"sum; {_entry(found, layer)} is {signed(found.value, pen.precision)}"
    told += f", rounding {signed(off, 1)}" if math.isfinite(off) and off else ""
    return _told(found.sum, told, pen, width)


def _told(value: float, text: str, pen: Pen, width: int) -> Row:
    return [Segment(clip(f"{_number(value, pen)}{_GAP}{text}", width), pen.look.accent)]


def _number(value: float, pen: Pen) -> str:
    return signed(value, pen.precision).rjust(signed_width(pen.precision))
