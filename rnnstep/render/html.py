"""A session as a static page: equations, the run over time, values of a few timesteps.

Pure: text out. Nothing is loaded from elsewhere, every text is escaped, and sign and size can be
read as numbers beside the colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

import numpy as np

from rnnstep.engine import Step
from rnnstep.equations import Array
from rnnstep.layer import Layer
from rnnstep.notes import printable
from rnnstep.render.equation import heading
from rnnstep.render.numbers import signed
from rnnstep.render.pen import Pen
from rnnstep.render.svg import heatmap
from rnnstep.scale import largest
from rnnstep.session import Session

_NUMBERS = 8
"""Entries of a value that are written as numbers."""
_LONGEST = 2_000
"""Timesteps of the run that the page looks at."""

_STYLE = """<style>
.rnnstep {font-family: sans-serif; line-height: 1.35}
.rnnstep table {border-collapse: collapse; margin: 0.3em 0}
.rnnstep td {padding: 0.05em 0.7em 0.05em 0; text-align: left; vertical-align: middle;
  white-space: pre; border: none}
.rnnstep .m {font-family: monospace}
.rnnstep .q {opacity: 0.65}
.rnnstep svg {display: block}
</style>"""


def page(session: Session, steps: Iterable[int], pen: Pen | None = None) -> str:
    """Draw a session.

    Args:
        session: the run.
        steps: the timesteps whose values are shown.
        pen: the reader's choices: the colour map and the digits.

    Returns:
        one ``div``, for a notebook's cell or a page of its own.
    """
    pen = pen or Pen()
    layers = session.trace.model.layers
    parts = [f'<div class="rnnstep">{_STYLE}', f"<h3>{_text(session.title)}</h3>"]
    parts += [f'<p class="q">{_text(str(fork))}</p>' for fork in session.tree.current.line[1:]]
    parts += _notes(session)
    for layer in layers:
        parts += _equations(layer)
    parts += _over_time(session, pen)
    for t in steps:
        parts += _step(session, session.trace.frame(t), pen)
    return "\n".join([*parts, "</div>"])


def _text(text: str) -> str:
    return escape(printable(text))


def _notes(session: Session) -> Iterator[str]:
    if session.notes:
        lines = (f"<li>{'! ' if n.warning else ''}{_text(str(n))}</li>" for n in session.notes)
        told = f"<summary>{len(session.notes)} notes</summary>"
        yield f"<details>{told}<ul>{''.join(lines)}</ul></details>"


def _equations(layer: Layer) -> Iterator[str]:
    yield f"<h4>{_text(heading(layer))}</h4><table>"
    for equation in layer.cell.equations:
        shape = ", ".join(map(str, layer.shape(equation.name)))
        comment = f"# {equation.comment}" if equation.comment else ""
        yield (
            f'<tr><td class="m">{_text(layer.title(equation.name))}</td>'
            f'<td class="m">= {_text(layer.mathematics(equation))}</td>'
            f'<td class="q">({shape})</td><td class="q">{_text(comment)}</td></tr>'
        )
    yield "</table>"


def _over_time(session: Session, pen: Pen) -> Iterator[str]:
    """What the layer in focus gives, units from top to bottom."""
    trace, model = session.trace, session.trace.model
    layer = model.layers[model.focus]
    name = model.qualified(model.focus, layer.cell.output)
    count = min(len(trace), _LONGEST)
    series = trace.series(name, 0, count).reshape(count, -1)
    title = f"{layer.name}: {layer.title(layer.cell.output)} at t = 0 … {count - 1}"
    yield f"<h4>{_text(title)}</h4>"
    yield heatmap(series.T, largest(series), pen, f"{name}, units by timesteps")


def _step(session: Session, step: Step, pen: Pen) -> Iterator[str]:
    label = session.labels.of("timesteps", step.t)
    named = "" if label == str(step.t) else f"  {label}"
    yield f"<h4>{_text(f't {step.t} / {len(session.trace) - 1}{named}')}</h4><table>"
    model = step.model
    for index, (layer, values) in enumerate(zip(model.layers, step.layers, strict=True)):
        if len(model.layers) > 1:
            yield f'<tr><td colspan="4" class="q">{_text(layer.name)}</td></tr>'
        for name in layer.cell.values:
            limit = session.ranges.of(index, name)
            yield _value(layer.title(name), values[name], limit, pen)
    yield "</table>"


def _value(title: str, array: Array, limit: float, pen: Pen) -> str:
    flat = np.asarray(array).reshape(-1)
    numbers = "  ".join(signed(v, pen.precision) for v in flat[:_NUMBERS].tolist())
    more = "  …" if flat.size > _NUMBERS else ""
    shape = ", ".join(map(str, np.shape(array)))
    return (
        f'<tr><td class="m">{_text(title)}</td><td class="q">({shape})</td>'
        f"<td>{heatmap(flat[np.newaxis], limit, pen, title)}</td>"
        f'<td class="m">{_text(numbers + more)}</td></tr>'
    )
