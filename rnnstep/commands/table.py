"""The table of actions: key bindings, footer, help, palette and ``:`` commands are read from it."""

from __future__ import annotations

from rnnstep.commands import breaks, divergences, motions, provenance, screen, watches, what_if
from rnnstep.commands.keys import key_text

ACTIONS = (
    *motions.ACTIONS,
    *screen.INSIDE,
    *breaks.ACTIONS,
    *watches.ACTIONS,
    *what_if.ACTIONS,
    *provenance.ACTIONS,
    *divergences.ACTIONS,
    *screen.ACTIONS,
)
"""Every action, in the order of the help; those of one group stand together."""

BY_NAME = {action.name: action for action in ACTIONS}

MOTIONS = ("step", "back", "first", "last", "play", "faster", "slower")
"""The names of the actions that move in time at the press of a key."""

BY_KEY = {key_text(key): action for action in ACTIONS for key in action.keys}
