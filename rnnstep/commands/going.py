"""On to the next stop and back, and what a script asserts of a run."""

from __future__ import annotations

from typing import Any

from rnnstep.breaks.breakpoints import Search, Stop
from rnnstep.commands.action import Outcome, Parts, ending
from rnnstep.commands.breakpoints import as_data, describe
from rnnstep.progress import Progress
from rnnstep.render.numbers import signed
from rnnstep.session import Session

_SHOWN = 48
"""Columns of a condition that are shown before the number that it is about."""


def go_on(session: Session, said: str) -> Parts:
    """To the next stop, or to the so-manyth."""
    found = _seek(session, True, int(said or 1))
    return ending(found, lambda stop: _arrived(session, stop, "after"))


def go_back(session: Session, said: str) -> Parts:
    """To the stop before, or to the so-manyth."""
    found = _seek(session, False, int(said or 1))
    return ending(found, lambda stop: _arrived(session, stop, "before"))


def _seek(session: Session, forward: bool, count: int) -> Search:
    """Go from stop to stop, and say where the last of so many is; nothing if there are fewer."""
    for left in range(max(count, 1) - 1, -1, -1):
        t = session.cursor.t
        for report in session.seek(forward):
            if isinstance(report, Progress) or not left:
                yield report
        if session.cursor.t == t:
            return


def _arrived(session: Session, stop: Stop | None, side: str) -> Outcome:
    """Where a search has ended: the timestep, the breakpoint and the number it is about."""
    if stop is None:
        nothing = "" if session.breakpoints.all else ": there are no breakpoints, :break sets one"
        told = f"no stop {side} t {session.cursor.t}{nothing}"
        here = session.stop_here()
        if here is None:
            return Outcome(told, {"t": None})
        there = _arrived(session, here, side)
        return Outcome(f"{there.text}; {told}", there.data)
    data: dict[str, Any] = {"t": stop.t, **as_data(stop.breakpoint)}
    text = f"t {stop.t}: breakpoint {describe(session, stop.breakpoint, _SHOWN)}"
    if stop.place is not None:
        model = session.trace.model
        name = model.qualified(stop.place.layer, stop.place.name)
        values = session.trace.frame(stop.t).layers[stop.place.layer]
        data |= {"value": name, "unit": stop.place.unit}
        if stop.place.name in values:
            number = float(values[stop.place.name].reshape(-1)[stop.place.unit])
            data["number"] = number
            text += f"; {name}[{stop.place.unit}] = {signed(number)}"
    return Outcome(text, data)


def holds(session: Session, said: str) -> Parts:
    """Check that a condition holds here, or at every timestep, or at none."""
    word, _, text = said.partition(" ")
    if word in ("always", "never"):
        never = word == "never"
        found = session.seek_violation(text, never)
        yield from ending(found, lambda t: _over_the_run(session, said, text, t, never))
        return
    t, holds = session.cursor.t, session.holds(said)
    told = f"t {t}: {said} {'holds' if holds else 'does not hold'}"
    yield Outcome(told, {"assert": said, "t": t, "holds": holds}, failed=not holds)


def _over_the_run(session: Session, said: str, text: str, t: int | None, never: bool) -> Outcome:
    if t is None:
        told = f"{said}: true of all {len(session.trace)} timesteps"
        return Outcome(told, {"assert": said, "holds": True})
    told = f"t {t}: {text} {'holds' if never else 'does not hold'}"
    return Outcome(told, {"assert": said, "t": t, "holds": False}, failed=True)
