"""The actions of breakpoints: set them, go from stop to stop, assert what has to hold."""

from __future__ import annotations

from rnnstep.breaks.presets import PRESETS
from rnnstep.commands import breakpoints, checks, going, words
from rnnstep.commands.action import Action, Takes

_GROUP = "Breakpoints"
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
        does=breakpoints.set_break,
        checks=checks.condition,
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
        goes=going.go_on,
    ),
    Action(
        "reverse",
        ("C",),
        "",
        "back to the previous timestep that stops",
        _GROUP,
        takes=Takes.COUNT,
        goes=going.go_back,
    ),
    Action("breakpoints", ("B",), "", "all breakpoints", _GROUP, does=breakpoints.list_breaks),
    *(
        Action(
            p.name, _KEYS[p.name], "", f"stop where {p.summary}", _GROUP, does=breakpoints.preset(p)
        )
        for p in PRESETS
    ),
    Action(
        "delete",
        (),
        "",
        "take a breakpoint away, or all",
        _GROUP,
        takes=Takes.TEXT,
        does=breakpoints.delete,
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
        does=breakpoints.enable,
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
        does=breakpoints.disable,
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
        does=breakpoints.ignore,
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
        goes=going.holds,
        checks=checks.assertion,
        usage="CONDITION",
        words=words.ASSERT,
    ),
)
