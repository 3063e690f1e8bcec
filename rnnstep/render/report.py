"""A run as text: what was inferred, then each step, its equations beside their values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from textwrap import wrap

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from rnnstep.engine import Step
from rnnstep.equations import Array
from rnnstep.layer import Layer, Values
from rnnstep.model import Model
from rnnstep.render.equation import heading
from rnnstep.render.numbers import signed, signed_width
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Row, clip
from rnnstep.session import Session


def report(session: Session, steps: range, pen: Pen, width: int) -> Iterator[Row]:
    """The title, the notes, the initial state and some timesteps, line by line.

    Args:
        session: the run.
        steps: which timesteps.
        pen: the reader's choices.
        width: columns of a line; what is longer ends in …, and notes go on below.
    """
    look, trace = pen.look, session.trace
    yield _line(f"rnnstep  {session.title}", width, look.accent)
    for note in session.notes:
        style = look.warning if note.warning else look.muted
        for line in _wrapped(f"{'! ' if note.warning else '  '}{note}", width):
            yield _line(line, width, style)
    for fork in session.tree.current.line[1:]:
        yield _line(f"  {fork}", width, look.accent)
    if trace.model.state_names and steps.start == 0:
        yield []
        yield _line("initial state (before t 0)", width, look.accent)
        yield from _states(trace.initial, trace.model, pen, width)
    for step in trace.frames(steps.start, steps.stop):
        label = session.labels.of("timesteps", step.t)
        named = "" if label == str(step.t) else f"  {label}"
        yield []
        yield _line(f"t {step.t} / {len(trace) - 1}{named}", width, look.accent)
        yield from _step(step, pen, width)


def _wrapped(text: str, width: int) -> list[str]:
    return (
        wrap(text, width, subsequent_indent=" " * 4, drop_whitespace=True) if width > 8 else [text]
    )


def _line(text: str, width: int, style: Style) -> Row:
    return [Segment(clip(text, width), style)]


def _states(step: Step, model: Model, pen: Pen, width: int) -> Iterator[Row]:
    for layer, values in zip(model.layers, step.layers, strict=True):
        yield from state_rows(layer, values, pen, width)


def _step(step: Step, pen: Pen, width: int) -> Iterator[Row]:
    for layer, values in zip(step.model.layers, step.layers, strict=True):
        if len(step.model.layers) > 1:
            yield _line(f"  {heading(layer)}", width, pen.look.muted)
        yield from layer_rows(layer, values, pen, width)


def state_rows(layer: Layer, values: Values, pen: Pen, width: int) -> Iterator[Row]:
    """The states of a layer before the first timestep, a line each."""
    for before, after in layer.cell.carried.items():
        if after in values:
            yield _value(layer.title(before), values[after], pen, width)


def layer_rows(layer: Layer, values: Values, pen: Pen, width: int) -> Iterator[Row]:
    """Every value of a layer at one timestep, a line each, beside its equation."""
    titles, texts = _leads(layer)
    room = width - max(_least(values[name], pen) for name in titles)
    # where an equation leaves no number any room, there is the name alone
    leads = titles | texts if _widest(texts) <= room else titles
    for name, lead in leads.items():
        yield _value(set_cell_size(lead, _widest(leads)), values[name], pen, width)


def _leads(layer: Layer) -> tuple[dict[str, str], dict[str, str]]:
    """The name of each value that a step has made, and its equation if it has one."""
    cell = layer.cell
    titles = {name: layer.title(name) for name in cell.values if name not in cell.carried}
    return titles, {e.name: f"{titles[e.name]} = {layer.mathematics(e)}" for e in cell.equations}


def _widest(leads: Mapping[str, str]) -> int:
    return max(map(cell_len, leads.values()))


def _value(lead: str, array: Array, pen: Pen, width: int) -> Row:
    told = clip(_told(lead, array), width)
    numbers = _numbers(array, pen.precision, width - cell_len(told))
    return [Segment(told, pen.look.muted), Segment(numbers, pen.look.plain)]


def _told(lead: str, array: Array) -> str:
    return f"    {lead}  ({', '.join(map(str, array.shape))})  "


def _least(array: Array, pen: Pen) -> int:
    """The columns of a value without its name: its shape and its first number."""
    more = len(" …") if array.size > 1 else 0
    return cell_len(_told("", array)) + signed_width(pen.precision) + more


def _numbers(array: Array, precision: int, room: int) -> str:
    """As many numbers as fit whole, and … if there are more."""
    texts = [signed(value, precision) for value in array.reshape(-1)[: room + 1].tolist()]
    if len(texts) == array.size and len(" ".join(texts)) <= room:
        return " ".join(texts)
    ends = list(accumulate(len(text) + 1 for text in texts))
    return clip(" ".join([*texts[: bisect_right(ends, room - 1)], "…"]), room)
