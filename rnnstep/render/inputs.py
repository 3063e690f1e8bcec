"""The shares that the timesteps of the sequence have of a number, as lines."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from rnnstep.labels import Labels
from rnnstep.provenance import Input, Inputs
from rnnstep.render.numbers import signed
from rnnstep.render.path import percent
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Drawing, Row, clip
from rnnstep.trace import Trace

_BAR, _LONGEST_BAR, _GAP = "█", 24, "  "


def input_shares(
    found: Inputs,
    trace: Trace,
    labels: Labels,
    pen: Pen,
    width: int,
    *,
    by_time: bool = False,
    most: int = 200,
) -> Drawing:
    """Draw which entries of the sequence a number came from.

    Args:
        found: the shares.
        trace: the run whose number it is.
        labels: names for timesteps and inputs.
        pen: the reader's choices.
        width: columns of the screen.
        by_time: whether the newest is first, not the largest.
        most: entries to show.

    Returns:
        rows whose targets are timesteps; those of what is no input are ``None``.
    """
    shown = list(found.inputs[:most])
    if by_time:
        shown.sort(key=lambda entry: (-entry.t, entry.unit))
    times = [f"t {entry.t}{_named(labels, 'timesteps', entry.t)}" for entry in shown]
    widest = max(map(cell_len, times), default=0)
    rows = []
    for entry, time in zip(shown, times, strict=True):
        text = f"{set_cell_size(time, widest)}{_GAP}{_text(entry, labels, pen)}"
        rows.append(_row(entry.share, text, pen, width))
    others = {
        f"{len(found.inputs) - most} more inputs": sum(e.share for e in found.inputs[most:]),
        "biases and numbers": found.weights,
        "initial and edited states": found.initial,
        **found.edits,
        "too small to be followed": found.rest,
    }
    rows += [_row(share, text, pen, width) for text, share in others.items() if share > 0]
    targets: list[object] = [entry.t for entry in shown]
    targets += [None] * (len(rows) - len(targets))
    return Drawing(rows, _caption(found, trace, pen), targets, 0, len(found.inputs))


def _text(entry: Input, labels: Labels, pen: Pen) -> str:
    """``x[0] ( = +1.000``."""
    name = f"x[{entry.unit}]{_named(labels, 'inputs', entry.unit)}"
    return f"{name} = {signed(entry.value, pen.precision)}"


def _named(labels: Labels, kind: str, index: int) -> str:
    """A label behind its number, if it has one."""
    label = labels.of(kind, index)
    return f" {label}" if label != str(index) else ""


def _caption(found: Inputs, trace: Trace, pen: Pen) -> str:
    cause = found.cause
    layer = trace.model_at(cause.t).layers[cause.layer]
    entry = f"[{cause.unit}]" if layer.cell.shapes[cause.name] else ""
    value = signed(cause.value, pen.precision)
    return f"inputs of {layer.title(cause.name)}{entry} = {value} at t {cause.t}, gates as they are"


def _row(share: float, text: str, pen: Pen, width: int) -> Row:
    """``34 %  ████████                  t 8 (  x[0] = +1.000``."""
    lead = f"{percent(share).rjust(5)}{_GAP}"
    room = width - cell_len(lead) - cell_len(text) - len(_GAP)
    longest = max(min(room, _LONGEST_BAR), 0)
    bar = (_BAR * round(share * longest)).ljust(longest) + _GAP if longest else ""
    row = [Segment(lead + bar, pen.palette.ink(1.0)), Segment(text, pen.look.plain)]
    return row if longest else [Segment(clip(lead + text, width), pen.look.plain)]
