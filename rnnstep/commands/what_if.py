"""What-if by command: edits that fork the run, and the way between the forks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rnnstep.commands import checks, words
from rnnstep.commands.action import Action, Does, Outcome, Takes, is_number
from rnnstep.errors import InputError
from rnnstep.render.difference import difference_text, measured
from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.forks.effect import Difference, Effect
    from rnnstep.forks.tree import Fork

_GROUP = "What if"
_DEEPEST = 12


def target(session: Session) -> str:
    """The number at the cursor, as an edit calls it: ``h_t[3]``."""
    cursor, model = session.cursor, session.trace.model
    layer = model.layers[cursor.layer]
    name = layer.cell.equations[cursor.line].name
    shape = layer.shape(name)
    place = ", ".join(str(int(i)) for i in np.unravel_index(cursor.unit, shape)) if shape else ""
    return model.qualified(cursor.layer, name) + f"[{place}]" * bool(place)


def _edit(word: str) -> Does:
    """Do the edit of a word of the language."""

    def edit(session: Session, said: str) -> Outcome:
        return told(session, session.edit(f"{word} {said}"))

    return edit


scale = _edit("scale")
"""Scale a value: the action's own name is the colour scale's as well."""


def told(session: Session, fork: Fork) -> Outcome:
    """Which fork is looked at, and how far it differs from its parent."""
    text = str(fork)
    data = dict(as_data(fork))
    if session.effect is not None:
        index, name, found = _difference(session, session.effect, fork)
        layer = session.trace.model.layers[index]
        title = layer.title(name)
        title += f" of {layer.name}" if index != session.cursor.layer else ""
        text += f": {difference_text(found, title, len(session.trace))}"
        peak = found.peak if np.isfinite(found.peak) else None
        data |= {"value": session.trace.model.qualified(index, name), "from": found.start}
        data |= {"peak": peak, "at": found.at, "half_life": found.half_life}
    return Outcome(text, data)


def _difference(session: Session, effect: Effect, fork: Fork) -> tuple[int, str, Difference]:
    """In the state that the timeline shows; if there is none, in that of the layer edited."""
    here = _in_layer(session, effect, session.cursor.layer)
    if here[2].start is not None or fork.edit is None:
        return here
    from rnnstep.forks.making import place_of

    return _in_layer(session, effect, place_of(fork.edit, session.trace.model)[0])


def _in_layer(session: Session, effect: Effect, index: int) -> tuple[int, str, Difference]:
    cell = session.trace.model.layers[index].cell
    *_, name = (cell.output, *cell.carried.values())
    return index, name, measured(effect, index, name)


def as_data(fork: Fork) -> Mapping[str, Any]:
    """A fork for a program."""
    parent = fork.parent.number if fork.parent else None
    return {"fork": fork.number, "parent": parent, "edit": str(fork.edit or "")}


def ablate(session: Session, said: str) -> Outcome:
    """Silence a unit for the whole run, by number or label."""
    return told(session, session.ablate(int(said) if is_number(said) else said or None))


def hold(session: Session, _: str) -> Outcome:
    """Hold the input from here on, and say where that leads."""
    found = session.fixed_point()
    done = told(session, session.hold())
    steps = f"{found.iterations} step{'s'[: found.iterations != 1]}"
    leads = f"a fixed point after {steps}" if found.converged else f"no fixed point in {steps}"
    data = {"converged": found.converged, "iterations": found.iterations}
    moved = found.moved if np.isfinite(found.moved) else None
    text = f"{leads}, the last moved {found.moved:.1g}; {done.text}"
    return Outcome(text, {**done.data, **data, "moved": moved})


def undo(session: Session, _: str) -> Outcome:
    """Back to the run before the edit."""
    return told(session, session.undo())


def redo(session: Session, _: str) -> Outcome:
    """To the fork again."""
    return told(session, session.redo())


def switch(session: Session, said: str) -> Outcome:
    """To any fork."""
    return told(session, session.switch(_number(said)))


def drop(session: Session, said: str) -> Outcome:
    """Let a fork go, the current one unless another is said."""
    number = _number(said) if said else session.tree.current.number
    before = {fork.number for fork in session.tree.forks}
    there = session.drop(number)
    gone = sorted(before - {fork.number for fork in session.tree.forks})
    told = f"fork{'s'[: len(gone) > 1]} {', '.join(map(str, gone))} let go, undo brings back"
    return Outcome(f"{told}; now {there}", {**as_data(there), "dropped": gone})


def _number(said: str) -> int:
    if not re.fullmatch(r"\d{1,9}", said):
        raise InputError(f"give a fork's number, not '{said[:20]}'")
    return int(said)


def list_forks(session: Session, _: str) -> Outcome:
    """The tree."""
    forks = [dict(as_data(fork)) for fork in session.tree.forks]
    data = {"current": session.tree.current.number, "forks": forks}
    return Outcome("\n".join(line for _, line in lines(session)), data)


def lines(session: Session) -> list[tuple[int, str]]:
    """The tree, a line a fork, each below its parent: the fork's number and the line."""
    found: list[tuple[int, str]] = []
    rest: list[tuple[Fork, int]] = [(session.tree.forks[0], 0)]
    while rest:
        fork, depth = rest.pop()
        mark = "▸" if fork is session.tree.current else " "
        indent = "  " * min(depth, _DEEPEST)
        found.append((fork.number, f"{mark} {indent}{str(fork).removeprefix('fork ')}"))
        rest += [(child, depth + 1) for child in reversed(session.tree.below(fork))]
    return found


def _named(name: str, keys: tuple[str, ...], label: str, summary: str, usage: str) -> Action:
    """An edit whose prompt begins with the number at the cursor."""
    return Action(
        name,
        keys,
        label,
        summary,
        _GROUP,
        takes=Takes.TEXT,
        does=_edit(name),
        checks=checks.edit(name),
        usage=usage,
        begins=(lambda session: f"{target(session)} = ") if name == "set" else target,
    )


ACTIONS = (
    _named("set", ("r",), "edit", "fork with other numbers: h_t[3] = 0.5 always", "NAME = NUMBERS"),
    _named("zero", (), "", "fork with zeros: c_prev at 12", "NAME"),
    _named("noise", (), "", "fork with noise: h_prev 0.1 seed 3", "NAME NUMBER"),
    _named("swap", (), "", "fork with a file's numbers, or another timestep's", "NAME FILE"),
    Action(
        "ablate",
        ("a",),
        "",
        "fork with a unit silenced for the whole run",
        _GROUP,
        takes=Takes.REST,
        does=ablate,
        checks=checks.unit,
        usage="[UNIT]",
        words=words.LABELS,
    ),
    Action("hold", ("R",), "", "fork with the input held: to a fixed point?", _GROUP, does=hold),
    Action("undo", ("u",), "", "back to the run that this was forked from", _GROUP, does=undo),
    Action("redo", ("U",), "", "to the fork that was undone", _GROUP, does=redo),
    Action("forks", ("F",), "", "the tree of forks; Enter goes to one", _GROUP, does=list_forks),
    Action(
        "fork",
        (),
        "",
        "to a fork; 0 is the run as it was",
        _GROUP,
        takes=Takes.TEXT,
        does=switch,
        usage="NUMBER",
        words=words.FORKS,
    ),
    Action(
        "drop",
        (),
        "",
        "let a fork go, or this one; undo brings it back",
        _GROUP,
        takes=Takes.REST,
        does=drop,
        usage="[NUMBER]",
        words=words.FORKS,
    ),
)
