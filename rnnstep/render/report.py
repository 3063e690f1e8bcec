"""A run as text: what was inferred, then each step, its equations beside their values."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment

from rnnstep.engine import Step
from rnnstep.equations import Array
from rnnstep.model import Model
from rnnstep.render.equation import heading
from rnnstep.render.numbers import signed
from rnnstep.render.pen import Pen
from rnnstep.render.rows import Row, clip
from rnnstep.session import Session


def report(session: Session, steps: range, pen: Pen, width: int) -> Iterator[Row]:
    """The title, the notes, the initial state and some timesteps, line by line.

    Args:
        session: the run.
        steps: which timesteps.
        pen: the reader's choices.
        width: columns of a line; longer vectors are cut off with ….
    """
    look, trace = pen.look, session.trace
    yield [Segment(f"rnnstep  {session.title}", look.accent)]
    for note in session.notes:
        style = look.warning if note.warning else look.muted
        yield [Segment(f"{'! ' if note.warning else '  '}{note}", style)]
    if trace.model.state_names and steps.start == 0:
        yield []
        yield [Segment("initial state (before t 0)", look.accent)]
        yield from _states(trace.initial, trace.model, pen, width)
    for step in trace.frames(steps.start, steps.stop):
        label = session.labels.of("timesteps", step.t)
        named = "" if label == str(step.t) else f"  {label}"
        yield []
        yield [Segment(f"t {step.t} / {len(trace) - 1}{named}", look.accent)]
        yield from _step(step, trace.model, pen, width)


def _states(step: Step, model: Model, pen: Pen, width: int) -> Iterator[Row]:
    for layer, values in zip(model.layers, step.layers, strict=True):
        for before, after in layer.cell.carried.items():
            if after in values:
                yield from _value(layer.title(before), "", values[after], pen, width)


def _step(step: Step, model: Model, pen: Pen, width: int) -> Iterator[Row]:
    for layer, values in zip(model.layers, step.layers, strict=True):
        cell = layer.cell
        if len(model.layers) > 1:
            yield [Segment(f"  {heading(layer)}", pen.look.muted)]
        texts = {e.name: f" = {layer.mathematics(e)}" for e in cell.equations}
        widest = max(cell_len(layer.title(name) + text) for name, text in texts.items())
        for name in cell.values:
            if name not in cell.carried:
                title, text = layer.title(name), texts.get(name, "")
                fill = " " * (widest - cell_len(title + text))
                yield from _value(title, text + fill, values[name], pen, width)


def _value(title: str, text: str, array: Array, pen: Pen, width: int) -> Iterator[Row]:
    lead = f"    {title}{text}  ({', '.join(map(str, array.shape))})  "
    numbers = " ".join(signed(v, pen.precision) for v in array.reshape(-1)[:width].tolist())
    yield [
        Segment(lead, pen.look.muted),
        Segment(clip(numbers, max(width - cell_len(lead), 8)), pen.look.plain),
    ]
