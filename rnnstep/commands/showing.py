"""What there is to see, told: numbers, where the cursor is, the model, the notes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from rnnstep.commands import checks, printing, words
from rnnstep.commands.action import Action, Outcome, Parts, Takes
from rnnstep.commands.moving import moment, whereabouts
from rnnstep.commands.saying import array_data
from rnnstep.paths import typed_path
from rnnstep.progress import Progress
from rnnstep.session import Session

_GROUP = "Values"
WIDTH = 100
"""Columns of the lines that a layer's values are told in; of a longer one the rest is cut."""


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


def write(session: Session, said: str) -> Parts:
    """Every value of every timestep, to a file; there is none if it is given up."""
    from rnnstep.export import exporting

    run = session.trace
    with closing(exporting(run, typed_path(said))) as steps:
        for t in steps:
            yield Progress(t)
    count = len(run.model.value_names)
    told = f"{said}: {len(run)} timesteps of {count} values"
    yield Outcome(told, {"file": said, "timesteps": len(run), "values": count})


def run(session: Session, said: str) -> Parts:
    """The commands of a file."""
    # a script is read with the table that this stands in
    from rnnstep.commands.telling import run_file

    return run_file(session, said)


def layers(session: Session, _: str) -> Outcome:
    """The layers, and what they read."""
    from rnnstep.render.layers import layer_lines

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
        goes=printing.print_value,
        checks=checks.printed,
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
        goes=write,
        checks=checks.output,
        usage="FILE",
        words=words.FILES,
    ),
    Action(
        "run",
        (),
        "",
        "the commands of a file, one a line",
        _GROUP,
        takes=Takes.TEXT,
        goes=run,
        usage="FILE",
        words=words.FILES,
    ),
    Action("info", (), "", "what is being debugged: layers, notes", _GROUP, does=info),
)
