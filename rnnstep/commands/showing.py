"""What there is to see, told: numbers, where the cursor is, the model, the notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rnnstep.commands import words
from rnnstep.commands.action import Action, Outcome, Takes
from rnnstep.commands.moving import moment, whereabouts
from rnnstep.commands.saying import array_data
from rnnstep.equations import Array
from rnnstep.errors import InputError
from rnnstep.expressions import Expression
from rnnstep.render.layers import layer_lines
from rnnstep.render.numbers import signed
from rnnstep.session import Session

_GROUP = "Values"
_STRETCH = re.compile(r"\s+from\s+(?P<start>\S+)\s+to\s+(?P<stop>\S+)\s*$")
MOST = 1_000_000
"""Numbers that are told at the most: a stretch of a run can have any number."""
DIGITS = 6
"""Digits after the point of what is printed."""
WIDTH = 100
"""Columns of the lines that a layer's values are told in; of a longer one the rest is cut."""


def print_value(session: Session, said: str) -> Outcome:
    """The value of an expression at the cursor, or over a stretch of the run."""
    stretch = _STRETCH.search(said)
    text = said[: stretch.start()] if stretch else said
    expression = Expression.parse(text, session.trace.model)
    if stretch is not None:
        return _over(session, expression, stretch)
    t = session.cursor.t
    value = expression.at(session.trace, t)
    if value is None:
        raise InputError("before the first timestep an expression has no value: go to one")
    data = {"expression": expression.text, "t": t, "shape": list(value.shape)}
    told = f"{expression.text} ={_shape(value)}"
    return Outcome(_lines(told, value), data | {"value": array_data(value)})


def _over(session: Session, expression: Expression, stretch: re.Match[str]) -> Outcome:
    last = len(session.trace) - 1
    ends = []
    for end in stretch["start"], stretch["stop"]:
        if not re.fullmatch(r"\d{1,18}", end) or int(end) > last:
            raise InputError(f"'{end[:20]}' is no timestep of the run, 0 to {last}")
        ends.append(int(end))
    start, stop = ends
    if stop < start:
        raise InputError(f"from {start} to {stop} there is no timestep")
    if (stop - start + 1) * int(np.prod(expression.shape)) > MOST:
        raise InputError(f"more than {MOST:,} numbers: take fewer, or write them with trace FILE")
    values = expression.over(session.trace, start, stop + 1)
    data = {"expression": expression.text, "from": start, "to": stop, "shape": [*values.shape]}
    lines = [f"{expression.text}, t {start} to {stop}:{_shape(values)}"]
    lines += [_lines(f"t {start + row}:", value) for row, value in enumerate(values)]
    return Outcome("\n".join(lines), data | {"value": array_data(values)})


def _shape(value: Array) -> str:
    return f" ({', '.join(map(str, value.shape))})" if value.shape else ""


def _lines(lead: str, value: Array) -> str:
    """A vector in the line of its name; a row of a matrix has a line of its own."""
    if value.ndim < 2:
        return f"{lead} {_numbers(value)}"
    rows = value.reshape(-1, value.shape[-1])
    return "\n".join([lead, *(f"  {_numbers(row)}" for row in rows)])


def _numbers(value: Array) -> str:
    return " ".join(signed(number, DIGITS) for number in value.reshape(-1).tolist())


def values(session: Session, _: str) -> Outcome:
    """Every value of the layer at the cursor; before the first timestep its states."""
    from rnnstep.render.pen import Pen
    from rnnstep.render.report import layer_rows, state_rows
    from rnnstep.render.rows import plain

    frame = session.frame()
    tell = state_rows if frame.initial else layer_rows
    rows = tell(frame.layer, frame.values, Pen(), WIDTH)
    text = "\n".join([moment(session), *(plain(row).rstrip() for row in rows)])
    numbers = {name: array_data(value) for name, value in frame.values.items()}
    return Outcome(text, {"t": frame.cursor.t, "layer": frame.layer.name, "values": numbers})


def where(session: Session, _: str) -> Outcome:
    """Where the cursor is."""
    return whereabouts(session)


def write(session: Session, said: str) -> Outcome:
    """Every value of every timestep, to a file."""
    from rnnstep.export import export

    run = session.trace
    export(run, Path(said))
    count = len(run.model.value_names)
    told = f"{said}: {len(run)} timesteps of {count} values"
    return Outcome(told, {"file": said, "timesteps": len(run), "values": count})


def run(session: Session, said: str) -> Outcome:
    """The commands of a file."""
    # a script is read with the table that this stands in
    from rnnstep.commands.telling import run_file

    return run_file(session, said)


def layers(session: Session, _: str) -> Outcome:
    """The layers, and what they read."""
    model = session.trace.model
    data = [
        {
            "name": layer.name,
            "cell": layer.cell.name,
            "sizes": dict(layer.sizes),
            "dtype": str(layer.dtype),
            "reverse": layer.reverse,
            "values": list(layer.cell.values),
        }
        for layer in model.layers
    ]
    return Outcome("\n".join(layer_lines(model)), {"layers": data})


def notes(session: Session, _: str) -> Outcome:
    """What was inferred about the files."""
    told = [{"text": n.text, "flag": n.flag, "warning": n.warning} for n in session.notes]
    lines = [f"{'! ' if note.warning else '  '}{note}" for note in session.notes]
    return Outcome("\n".join(lines) or "nothing had to be inferred", {"notes": told})


def info(session: Session, _: str) -> Outcome:
    """What is being debugged."""
    length = len(session.trace)
    parts = [layers(session, ""), notes(session, "")]
    text = [session.title, f"{length} timesteps, t 0 to {length - 1}"]
    data = {"title": session.title, "timesteps": length, **parts[0].data, **parts[1].data}
    return Outcome("\n".join([*text, *(part.text for part in parts)]).strip(), data)


def commands(_: Session, __: str) -> Outcome:
    """Every command that needs no screen."""
    from rnnstep.commands.table import ACTIONS

    known = [action for action in ACTIONS if action.headless]
    lines = [f"{action.name} {action.says}".strip() for action in known]
    widest = max(map(len, lines))
    pairs = zip(lines, known, strict=True)
    text = "\n".join(f"{line:{widest}}  {action.help}" for line, action in pairs)
    return Outcome(text, {"commands": list(_described(known))})


def _described(known: list[Action]) -> Iterator[dict[str, str]]:
    for action in known:
        yield {"name": action.name, "takes": action.says, "help": action.help}


ACTIONS = (
    Action(
        "print",
        (),
        "",
        "an expression's value; with from 3 to 9 over time",
        _GROUP,
        takes=Takes.TEXT,
        does=print_value,
        usage="EXPRESSION",
        words=words.PRINT,
    ),
    Action("where", (), "", "timestep, line and unit, and the number there", _GROUP, does=where),
    Action("values", (), "", "every value of this layer at this timestep", _GROUP, does=values),
    Action(
        "trace",
        (),
        "",
        "write every value of every timestep to a file",
        _GROUP,
        takes=Takes.TEXT,
        does=write,
        usage="FILE",
        words=words.FILES,
        long=True,
    ),
    Action(
        "run",
        (),
        "",
        "the commands of a file, one a line",
        _GROUP,
        takes=Takes.TEXT,
        does=run,
        usage="FILE",
        words=words.FILES,
        long=True,
    ),
    Action("info", (), "", "what is being debugged: layers, notes", _GROUP, does=info),
)
