"""The table of actions: key bindings, footer, help, palette and ``:`` commands are read from it."""

from __future__ import annotations

from rnnstep.commands import breaks, motions, screen, what_if
from rnnstep.commands.keys import key_text

ACTIONS = (
    *motions.ACTIONS,
    *screen.ACTIONS[:2],
    *breaks.ACTIONS,
    *what_if.ACTIONS,
    *screen.ACTIONS[2:],
)
"""Every action, in the order of the help; those of one group stand together."""

BY_NAME = {action.name: action for action in ACTIONS}

MOTIONS = ("step", "back", "first", "last", "play", "faster", "slower")
"""The names of the actions that move in time at the press of a key."""

BY_KEY = {key_text(key): action for action in ACTIONS for key in action.keys}
