"""Breakpoints by command: set, list, change; on to the next stop, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rnnstep.breaks import PRESETS, Breakpoint, Preset, Search, Stop, parse_condition
from rnnstep.commands import words
from rnnstep.commands.action import Action, Does, Outcome, Parts, Takes, ending
from rnnstep.commands.saying import whole_number
from rnnstep.progress import Progress
from rnnstep.render.numbers import signed
from rnnstep.render.rows import clip
from rnnstep.session import Session

_GROUP = "Breakpoints"
_SHOWN = 48
"""Columns of a condition that are shown before the number that it is about."""
_TAIL = re.compile(r"(\s+(?P<once>once)|\s+ignore\s+(?P<ignore>\d{1,9}))$")
"""What may stand behind a condition: how often it is passed, and whether it goes away."""


def set_break(session: Session, said: str) -> Outcome:
    """Stop where a condition holds."""
    condition, once, ignore = said, False, 0
    while (tail := _TAIL.search(condition)) is not None:
        once = once or tail["once"] is not None
        ignore = int(tail["ignore"] or ignore)
        condition = condition[: tail.start()]
    added = session.add_break(condition, ignore, once)
    return Outcome(f"breakpoint {describe(added)}", as_data(added))


def describe(known: Breakpoint, width: int | None = None) -> str:
    """``2: h_t[7] changes sign, ignoring 3, once``; of its condition ``width`` columns at most."""
    text = known.condition.text
    parts = [f"{known.number}: {text if width is None else clip(text, width)}"]
    parts += [f"ignoring {known.ignore}"] * bool(known.ignore)
    parts += ["once"] * known.once + ["disabled"] * (not known.enabled)
    return ", ".join(parts)


def as_data(known: Breakpoint) -> Mapping[str, Any]:
    """A breakpoint for a program."""
    return {
        "breakpoint": known.number,
        "condition": known.condition.text,
        "enabled": known.enabled,
        "ignore": known.ignore,
        "once": known.once,
    }


def list_breaks(session: Session, _: str) -> Outcome:
    """All breakpoints."""
    known = session.breakpoints.all
    lines = [f"{describe(one)}{_counted(session, one)}" for one in known]
    data = [dict(as_data(one)) for one in known]
    return Outcome("\n".join(lines) or "no breakpoints", {"breakpoints": data})


def _counted(session: Session, known: Breakpoint) -> str:
    hits = session.breakpoints.hits(session.trace, known)
    count = f"{hits.known} hit{'s'[: hits.known != 1]}"
    return f"  ({count if hits.complete else f'{count} so far'})"


def delete(session: Session, said: str) -> Outcome:
    """Take one away, or all."""
    if said == "all":
        session.breakpoints.clear()
        return Outcome("no breakpoints are left")
    removed = session.breakpoints.remove(whole_number(said))
    return Outcome(f"deleted breakpoint {describe(removed)}", as_data(removed))


def enable(session: Session, said: str) -> Outcome:
    """Let one stop again."""
    return _told(session.breakpoints.enable(whole_number(said), True))


def disable(session: Session, said: str) -> Outcome:
    """Let one pass."""
    return _told(session.breakpoints.enable(whole_number(said), False))


def ignore(session: Session, said: str) -> Outcome:
    """Let one pass its first hits."""
    number, _, count = said.partition(" ")
    return _told(session.breakpoints.ignore(whole_number(number), whole_number(count.strip())))


def _told(changed: Breakpoint) -> Outcome:
    return Outcome(f"breakpoint {describe(changed)}", as_data(changed))


def go_on(session: Session, said: str) -> Parts:
    """To the next stop, or to the so-manyth."""
    found = _seek(session, True, int(said or 1))
    return ending(found, lambda stop: arrived(session, stop, "after"))


def go_back(session: Session, said: str) -> Parts:
    """To the stop before, or to the so-manyth."""
    found = _seek(session, False, int(said or 1))
    return ending(found, lambda stop: arrived(session, stop, "before"))


def _seek(session: Session, forward: bool, count: int) -> Search:
    """Go from stop to stop, and say where the last of so many is; nothing if there are fewer."""
    for left in range(max(count, 1) - 1, -1, -1):
        t = session.cursor.t
        for report in session.seek(forward):
            if isinstance(report, Progress) or not left:
                yield report
        if session.cursor.t == t:
            return


def arrived(session: Session, stop: Stop | None, side: str) -> Outcome:
    """Where a search has ended: the timestep, the breakpoint and the number it is about."""
    if stop is None:
        nothing = "" if session.breakpoints.all else ": there are no breakpoints, :break sets one"
        told = f"no stop {side} t {session.cursor.t}{nothing}"
        here = session.stop_here()
        if here is None:
            return Outcome(told, {"t": None})
        there = arrived(session, here, side)
        return Outcome(f"{there.text}; {told}", there.data)
    data: dict[str, Any] = {"t": stop.t, **as_data(stop.breakpoint)}
    text = f"t {stop.t}: breakpoint {describe(stop.breakpoint, _SHOWN)}"
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


def _preset(preset: Preset) -> Does:
    """Set a ready-made breakpoint, or take it away again."""

    def toggle(session: Session, _: str) -> Outcome:
        condition = parse_condition(preset.name, session.trace.model, session.cursor.layer)
        for known in session.breakpoints.all:
            if known.condition.text == condition.text:
                session.breakpoints.remove(known.number)
                return Outcome(
                    f"deleted breakpoint {known.number}: {preset.summary}", as_data(known)
                )
        data = set_break(session, preset.name).data
        # its condition may be longer than the screen is wide
        return Outcome(f"breakpoint {data['breakpoint']}: {preset.summary}", data)

    return toggle


def _holds(session: Session, said: str) -> Parts:
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


_KEYS = {"nan": ("exclamation_mark", "f2"), "saturation": ("f3",), "dead": ("f4",)}
_KEYS |= {"closed": ("f5",), "jump": ("f6",)}

ACTIONS = (
    Action(
        "break",
        ("b",),
        "break",
        "stop where a condition holds, as h_t[3] > 0.9",
        _GROUP,
        takes=Takes.TEXT,
        does=set_break,
        usage="CONDITION",
        words=words.BREAK,
    ),
    Action(
        "continue",
        ("c",),
        "continue",
        "to the next timestep that stops",
        _GROUP,
        takes=Takes.COUNT,
        goes=go_on,
    ),
    Action(
        "reverse",
        ("C",),
        "",
        "back to the previous timestep that stops",
        _GROUP,
        takes=Takes.COUNT,
        goes=go_back,
    ),
    Action("breakpoints", ("B",), "", "all breakpoints", _GROUP, does=list_breaks),
    *(
        Action(p.name, _KEYS[p.name], "", f"stop where {p.summary}", _GROUP, does=_preset(p))
        for p in PRESETS
    ),
    Action(
        "delete",
        (),
        "",
        "take a breakpoint away, or all",
        _GROUP,
        takes=Takes.TEXT,
        does=delete,
        usage="NUMBER | all",
        words=words.BREAKPOINTS,
    ),
    Action(
        "enable",
        (),
        "",
        "let a breakpoint stop",
        _GROUP,
        takes=Takes.TEXT,
        does=enable,
        usage="NUMBER",
        words=words.BREAKPOINTS,
    ),
    Action(
        "disable",
        (),
        "",
        "let a breakpoint pass",
        _GROUP,
        takes=Takes.TEXT,
        does=disable,
        usage="NUMBER",
        words=words.BREAKPOINTS,
    ),
    Action(
        "ignore",
        (),
        "",
        "let a breakpoint pass its first hits",
        _GROUP,
        takes=Takes.TEXT,
        does=ignore,
        usage="NUMBER COUNT",
        words=words.BREAKPOINTS,
    ),
    Action(
        "assert",
        (),
        "",
        "fail unless it holds: here, always …, never …",
        _GROUP,
        takes=Takes.TEXT,
        goes=_holds,
        usage="CONDITION",
        words=words.ASSERT,
    ),
)
