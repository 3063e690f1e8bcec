"""Where a number came from, by command: the path to it, and what a state remembers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rnnstep.commands import checks, words
from rnnstep.commands.action import Action, Outcome, Parts, Takes, ending
from rnnstep.session import Session

if TYPE_CHECKING:
    from rnnstep.provenance import Branch, Cause, Inputs, Memory, Path

_GROUP = "Provenance"
_WIDTH, _MOST = 100, 40


def why(session: Session, said: str) -> Outcome:
    """What a number came from."""
    from rnnstep.render.path import path_tree
    from rnnstep.render.pen import Pen

    path = session.why(said)
    drawing = path_tree(path, session.trace, session.labels, Pen(colour_map=""), _WIDTH)
    return Outcome(f"{drawing.plain}\n{drawing.caption}", path_data(session, path))


def memory(session: Session, said: str) -> Outcome:
    """What each timestep wrote to a state, and what is left of it."""
    from rnnstep.render.pen import Pen
    from rnnstep.render.remembered import remembered

    found = session.memory(said)
    layer = session.trace.model.layers[found.layer]
    pen = Pen(colour_map="")
    drawing = remembered(found, layer, session.labels, pen, _WIDTH, most=_MOST)
    return Outcome(f"{drawing.caption}\n{drawing.plain}", memory_data(session, found))


def inputs(session: Session, said: str) -> Parts:
    """Which timesteps of the sequence a number came from."""
    return ending(session.seek_inputs(said), lambda found: _shares(session, found))


def _shares(session: Session, found: Inputs | None) -> Outcome:
    from rnnstep.render.inputs import input_shares
    from rnnstep.render.pen import Pen

    assert found is not None
    pen = Pen(colour_map="")
    drawing = input_shares(found, session.trace, session.labels, pen, _WIDTH, most=_MOST)
    return Outcome(f"{drawing.caption}\n{drawing.plain}", inputs_data(session, found))


def inputs_data(session: Session, found: Inputs) -> Mapping[str, Any]:
    """The shares of the sequence for a program."""
    return {
        "value": session.trace.model.qualified(found.cause.layer, found.cause.name),
        "unit": found.cause.unit,
        "t": found.cause.t,
        "number": found.cause.value,
        "inputs": [
            {"t": one.t, "unit": one.unit, "number": one.value, "share": one.share}
            for one in found.inputs
        ],
        "weights": found.weights,
        "initial": found.initial,
        "edits": dict(found.edits),
        "rest": found.rest,
    }


def path_data(session: Session, path: Path) -> Mapping[str, Any]:
    """A path for a program: each number with the place, in the list, of what it is a part of."""
    return {"why": [_branch(session, branch) for branch in path.branches]}


def _branch(session: Session, branch: Branch) -> Mapping[str, Any]:
    cause = branch.cause
    return {
        "value": _name(session, cause),
        "unit": cause.unit,
        "t": cause.t,
        "number": cause.value,
        "kind": cause.kind.name.lower(),
        "edit": cause.edit,
        "share": cause.share,
        "whole": branch.whole,
        "part_of": branch.parent,
    }


def _name(session: Session, cause: Cause) -> str:
    """The value that a number is of; of what an edit put in, the one that was edited."""
    edits = session.trace.model_at(cause.t).layers[cause.layer].edits
    name = edits[cause.name].value if cause.name in edits else cause.name
    return session.trace.model.qualified(cause.layer, name)


def memory_data(session: Session, found: Memory) -> Mapping[str, Any]:
    """A memory for a program."""
    return {
        "value": session.trace.model.qualified(found.layer, found.name),
        "unit": found.unit,
        "t": found.t,
        "number": found.value,
        "sum": found.sum,
        "written": [
            {"t": part.t, "wrote": part.wrote, "left": part.left, "now": part.now}
            for part in found.written
        ],
        "rest": {"kind": found.end.name.lower(), "t": found.rest.t, "now": found.rest.now},
    }


ACTIONS = (
    Action(
        "why",
        ("P",),
        "",
        "what this number came from, or another: h_t[3]",
        _GROUP,
        takes=Takes.REST,
        does=why,
        checks=checks.entry,
        usage="[VALUE]",
        words=words.VALUES,
    ),
    Action(
        "inputs",
        ("I",),
        "",
        "which timesteps' inputs this number came from",
        _GROUP,
        takes=Takes.REST,
        goes=inputs,
        checks=checks.entry,
        usage="[VALUE]",
        words=words.VALUES,
    ),
    Action(
        "memory",
        ("H",),
        "",
        "what each timestep wrote to a state, and is left",
        _GROUP,
        takes=Takes.REST,
        does=memory,
        checks=checks.entry,
        usage="[UNIT]",
        words=words.UNITS,
    ),
)
