"""Breakpoints by command: set, listed and changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rnnstep.breaks.breakpoints import Breakpoint
from rnnstep.breaks.presets import Preset
from rnnstep.commands.action import Does, Outcome
from rnnstep.commands.saying import whole_number
from rnnstep.render.rows import clip
from rnnstep.session import Session

_TAIL = r"(\s+(?P<once>once)|\s+ignore\s+(?P<ignore>\d{1,9}))$"
"""What may stand behind a condition: how often it is passed, and whether it goes away."""


def set_break(session: Session, said: str) -> Outcome:
    """Stop where a condition holds."""
    condition, once, ignore = split_tail(said)
    added = session.add_break(condition, ignore, once)
    return Outcome(f"breakpoint {describe(session, added)}", as_data(added))


def split_tail(said: str) -> tuple[str, bool, int]:
    """The condition, whether it is for once, and how many hits it passes."""
    condition, once, ignore = said, False, 0
    while (tail := re.search(_TAIL, condition)) is not None:
        once = once or tail["once"] is not None
        ignore = int(tail["ignore"] or ignore)
        condition = condition[: tail.start()]
    return condition, once, ignore


def describe(session: Session, known: Breakpoint, width: int | None = None) -> str:
    """``2: h_t[7] changes sign, ignoring 3, once``, a preset's name before its condition.

    Args:
        session: whose breakpoint it is.
        known: the breakpoint.
        width: columns that its condition has at the most.
    """
    from rnnstep.breaks.parsing import preset_of

    text, preset = known.condition.text, preset_of(known.condition, session.trace.model)
    named = f"{preset.name}: " if preset else ""
    parts = [f"{known.number}: {named}{text if width is None else clip(text, width)}"]
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
    lines = [f"{describe(session, one)}{_counted(session, one)}" for one in known]
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
    return Outcome(f"deleted breakpoint {describe(session, removed)}", as_data(removed))


def enable(session: Session, said: str) -> Outcome:
    """Let one stop again."""
    return _told(session, session.breakpoints.enable(whole_number(said), True))


def disable(session: Session, said: str) -> Outcome:
    """Let one pass."""
    return _told(session, session.breakpoints.enable(whole_number(said), False))


def ignore(session: Session, said: str) -> Outcome:
    """Let one pass its first hits."""
    number, _, count = said.partition(" ")
    return _told(
        session, session.breakpoints.ignore(whole_number(number), whole_number(count.strip()))
    )


def _told(session: Session, changed: Breakpoint) -> Outcome:
    return Outcome(f"breakpoint {describe(session, changed)}", as_data(changed))


def preset(ready: Preset) -> Does:
    """Set a ready-made breakpoint, or take it away again."""
    about = f"{ready.name}: {ready.summary}"

    def toggle(session: Session, _: str) -> Outcome:
        from rnnstep.breaks.parsing import parse_condition

        condition = parse_condition(ready.name, session.trace.model, session.cursor.layer)
        for known in session.breakpoints.all:
            if known.condition.text == condition.text:
                session.breakpoints.remove(known.number)
                told = f"deleted breakpoint {known.number}: {about}"
                return Outcome(told, as_data(known))
        data = set_break(session, ready.name).data
        # its condition may be longer than the screen is wide
        return Outcome(f"breakpoint {data['breakpoint']}: {about}", data)

    return toggle
