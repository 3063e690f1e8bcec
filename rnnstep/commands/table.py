"""The table of actions: key bindings, footer, help, palette and ``:`` commands are read from it."""

from __future__ import annotations

from rnnstep.commands import (
    bookmarks,
    breaks,
    divergences,
    motions,
    provenance,
    screen,
    search,
    shadows,
    showing,
    watches,
    what_if,
)

ACTIONS = (
    *motions.ACTIONS,
    *screen.INSIDE,
    *search.ACTIONS,
    *breaks.ACTIONS,
    *bookmarks.ACTIONS,
    *watches.ACTIONS,
    *showing.ACTIONS,
    *what_if.ACTIONS,
    *provenance.ACTIONS,
    *divergences.ACTIONS,
    *shadows.ACTIONS,
    *screen.ACTIONS,
)
"""Every action, in the order of the help; those of one group stand together."""

BY_NAME = {action.name: action for action in ACTIONS}

MOTIONS = ("step", "back", "first", "last", "play", "faster", "slower")
"""The names of the actions that move in time at the press of a key."""
