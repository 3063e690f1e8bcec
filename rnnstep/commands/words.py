"""What the words behind a command may be: names, rules, files, labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from os.path import split

from rnnstep.breaks.presets import PRESETS
from rnnstep.commands.action import Words
from rnnstep.equations.functions import FUNCTIONS
from rnnstep.paths import typed_path
from rnnstep.render.palette import COLOUR_MAPS
from rnnstep.render.pen import Mode, Scale
from rnnstep.session import Session

_MOST = 10_000
"""Labels and files that are looked through while somebody types."""


def _values(session: Session, _: str) -> Iterable[str]:
    """Every value, by its bare name where that says which."""
    yield from _bare(session, weights=False)
    yield from session.trace.model.value_names


def _expression(session: Session, _: str) -> Iterable[str]:
    from rnnstep.expressions import TIMESTEP

    model = session.trace.model
    yield from _bare(session, weights=True)
    for index, layer in enumerate(model.layers):
        for name in (*layer.cell.values, *layer.weights):
            yield model.qualified(index, name)
    yield TIMESTEP
    yield from FUNCTIONS


def _bare(session: Session, weights: bool) -> Iterable[str]:
    """The names of the layer in focus, and those that only one other layer has."""
    model = session.trace.model
    having = Counter(
        name for layer in model.layers for name in (*layer.cell.values, *layer.weights)
    )
    order = sorted(range(len(model.layers)), key=lambda index: index != model.focus)
    for index in order:
        layer = model.layers[index]
        for name in (*layer.cell.values, *(layer.weights if weights else ())):
            if index == model.focus or having[name] == 1:
                yield name


def _condition(session: Session, begun: str) -> Iterable[str]:
    from rnnstep.breaks.rules import RULES

    yield from _expression(session, begun)
    for rule in RULES:
        yield from (word for word in rule.words.split() if word.islower())
    yield from (preset.name for preset in PRESETS)


def _break(session: Session, begun: str) -> Iterable[str]:
    yield from _condition(session, begun)
    yield from ("once", "ignore")


def _assert(session: Session, begun: str) -> Iterable[str]:
    yield from ("always", "never")
    yield from _condition(session, begun)


def _print(session: Session, begun: str) -> Iterable[str]:
    yield from _expression(session, begun)
    yield from ("from", "to")


def _find(session: Session, begun: str) -> Iterable[str]:
    yield from ("last", "written")
    yield from _condition(session, begun)
    labels = session.labels
    yield from (layer.name for layer in session.trace.model.layers)
    for names in (labels.units, labels.inputs, labels.outputs, labels.timesteps[:_MOST]):
        yield from names


def _units(session: Session, _: str) -> Iterable[str]:
    frame, cursor = session.frame(), session.cursor
    for unit in range(min(session.units, _MOST)):
        label = frame.label(cursor.layer, frame.equation.name, unit)
        if label != str(unit):
            yield label


def _labels(session: Session, _: str) -> Iterable[str]:
    labels = session.labels
    for names in (labels.units, labels.outputs, labels.inputs):
        yield from names[:_MOST]


def _breakpoints(session: Session, _: str) -> Iterable[str]:
    yield from (str(known.number) for known in session.breakpoints.all)


def _forks(session: Session, _: str) -> Iterable[str]:
    yield from (str(known.number) for known in session.tree.forks)


def _watches(session: Session, _: str) -> Iterable[str]:
    yield from (str(known.number) for known in session.watches)


def _files(_: Session, begun: str) -> Iterable[str]:
    """What is in the folder of the path that is begun; a folder ends in a slash."""
    folder, name = split(begun)
    try:
        found = sorted(typed_path(folder or ".").iterdir())[:_MOST]
        shown = [path for path in found if not path.name.startswith(".") or name.startswith(".")]
        lead = begun[: len(begun) - len(name)]
        return [f"{lead}{path.name}{'/' if path.is_dir() else ''}" for path in shown]
    except (OSError, ValueError):
        return []


VALUES, EXPRESSION, CONDITION = Words(_values), Words(_expression), Words(_condition)
BREAK, ASSERT, PRINT, FIND = Words(_break), Words(_assert), Words(_print), Words(_find)
UNITS, LABELS = Words(_units, whole=True), Words(_labels, whole=True)
FILES = Words(_files, whole=True)
FORKS = Words(_forks, whole=True)
BREAKPOINTS, WATCHES = Words(_breakpoints, whole=True), Words(_watches, whole=True)
MODES = Words(lambda *_: [mode.value for mode in Mode], whole=True)
SCALES = Words(lambda *_: [scale.value for scale in Scale], whole=True)
MAPS = Words(lambda *_: [name.rpartition(":")[2] for name in COLOUR_MAPS], whole=True)
